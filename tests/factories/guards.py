"""What only the owner of the tables can do, and a state a test puts a case into with the event that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
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
def rewritable(table: str) -> Iterator[None]:
    """Inside, dated rows of the table may be rewritten; its other triggers go on, such as those that mark what is to be tallied anew."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER dated_kept")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER dated_kept")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def forced(rows: QuerySet, **values: Any) -> int:
    """Put cases into a state, as a move of long ago would have, with its event."""
    keys = list(rows.values_list("pk", flat=True))
    changed = rows.model._default_manager.filter(pk__in=keys).update(**values)
    for row in rows.model._default_manager.filter(pk__in=keys):
        record("test.forced", by=None, on=row, after=row.state)
    return changed
