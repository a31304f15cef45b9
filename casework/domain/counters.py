"""Numbers behind the menu's lines that upper rooms know; asked inside the frame's one query."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import IntegerField, QuerySet, Subquery

from accounts.models import Membership

Waiting = Callable[[Membership], QuerySet | None]

_counters: dict[str, Waiting] = {}


def add_counter(name: str, waiting: Waiting) -> None:
    """Called from `ready()`. `waiting(membership)` gives the rows to count; None where this membership has no such
    line.
    """
    _counters[name] = waiting


def counters_for(membership: Membership) -> dict[str, Subquery]:
    """Each number of this membership as a part of a query, by name."""
    found = {name: waiting(membership) for name, waiting in _counters.items()}
    return {name: _counted(rows) for name, rows in found.items() if rows is not None}


def _counted(rows: QuerySet) -> Subquery:
    return Subquery(
        rows.order_by().values("pk"),
        template="(SELECT count(*) FROM (%(subquery)s) waiting)",
        output_field=IntegerField(),
    )
