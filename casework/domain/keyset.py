"""Pages of a long list by row comparison, as fast at the end as at the start (docs/performance.md, P4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value

from kit.whole import whole

PAGE = 25


class RowCompare(Func):
    """`(a, b) > (x, y)` as PostgreSQL compares rows, so that an index on (a, b) is walked from there."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, sign: str) -> None:
        super().__init__(*expressions)
        self.sign = ">" if sign == ">" else "<"

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        sql = "({}, {}) " + self.sign + " ({}, {})"
        return sql.format(*(part for part, _params in parts)), [value for _part, params in parts for value in params]


@dataclass(frozen=True)
class Page:
    """One page; `before` and `after` are the cursors of its neighbours, empty where there is none."""

    paginator = None  # how many there are is not counted
    rows: list[Any]
    before: str = ""
    after: str = ""

    @property
    def has_other_pages(self) -> bool:
        return bool(self.before or self.after)


def page_of(
    rows: QuerySet,
    field: str,
    *,
    descending: bool = False,
    after: str = "",
    before: str = "",
    size: int = PAGE,
    ids_first: bool = False,
) -> Page:
    """A page of `rows` ordered by (field, id), following `after` or preceding `before`; a cursor that is no cursor is
    ignored.

    `ids_first`: for a search that an index answers by itself. The rows are then read of the page only, not of
    everything that was found.
    """
    cursor, backwards = read_cursor(after, field), False
    if cursor is None and (cursor := read_cursor(before, field)):
        backwards = True
    down = descending != backwards
    if cursor:
        sign = "<" if down else ">"
        rows = rows.filter(RowCompare(F(field), F("id"), Value(cursor[0]), Value(cursor[1]), sign=sign))
    mark = "-" if down else ""
    order = f"{mark}{field}", f"{mark}id"
    rows = rows.order_by(*order)[: size + 1]
    if ids_first:
        along = rows.query.select_related
        rows = rows.model._default_manager.filter(pk__in=rows.values("pk")).order_by(*order)
        rows.query.select_related = along
    found = list(rows)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_before, has_after = (more, True) if backwards else (cursor is not None, more)
    return Page(
        found,
        before=cursor_of(found[0], field) if found and has_before else "",
        after=cursor_of(found[-1], field) if found and has_after else "",
    )


def cursor_of(row: Any, field: str) -> str:
    value = getattr(row, field)
    return f"{value if field == 'id' else value.isoformat() if value else ''}~{row.pk}"


def read_cursor(text: str, field: str = "") -> tuple[date | datetime | int, int] | None:
    """The value and id of a cursor; None for an empty or broken one. Lists ordered by their `id`
    alone have it twice.
    """
    value, _tilde, digits = text.partition("~")
    pk = whole(digits)
    if pk is None or field == "id":
        return None if pk is None or value != digits else (pk, pk)
    try:
        return (datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)), pk
    except ValueError:
        return None
