"""What only the owner of the tables can do, and a state a test puts a case into with the event that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.domain.audit import record


def as_the_owner(table: str, *statements: str) -> None:
    """Lift a table's triggers, write, put them back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def rewritable(table: str, trigger: str = "dated_kept") -> Iterator[None]:
    """Inside, what the trigger keeps may be rewritten, mostly dated rows; the table's other triggers go on, such as
    those that mark what is to be tallied anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}; SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def verdicts_written(enrolments: QuerySet, verdict: str) -> int:
    """Verdicts that no judgement gave, as only the owner of the table can write them."""
    with rewritable("training_enrolment", "judged"):
        return enrolments.update(verdict=verdict)


def put_in(cases: Sequence[Any]) -> list[Any]:
    """New cases in the states they have, as moves of long ago would have left them, with their events."""
    if not cases:
        return []
    with transaction.atomic():
        made = type(cases[0])._default_manager.bulk_create(cases)
        for row in made:
            record("test.forced", by=None, on=row, after=row.state)
    return made


def forced(rows: QuerySet, **values: Any) -> int:
    """Put cases into a state, as a move of long ago would have, with its event."""
    keys = list(rows.values_list("pk", flat=True))
    changed = rows.model._default_manager.filter(pk__in=keys).update(**values)
    for row in rows.model._default_manager.filter(pk__in=keys):
        record("test.forced", by=None, on=row, after=row.state)
    return changed
