"""A form worked out from what each class adds to its figures, or from the rows themselves; and the rows behind a cell.

`behind` and `work_out` read the same figures with the same limits, so a cell and its people cannot differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from eligibility.engine.model import RuleTable
from kit.money import yuan_text
from reports.domain.figures import FIGURES, Asked, Figure
from reports.domain.forms import Column, Form, figures_of
from reports.domain.rows import TOTAL, Row, look_up, rows_of
from reports.domain.tallies import Group, fits, tallied_groups, touched
from reports.enums import Measure, Span

NOTHING: dict[str, Any] = {Measure.COUNT: 0, Measure.AMOUNT: Decimal("0.00"), Measure.RATIO: 0}
TENTH = Decimal("0.1")
Key = tuple[str, str, str]
# By key of the axis: the month's numbers in the order of the form's columns, then the year's.
Sums = dict[str, list[Any]]


class NoCell(LookupError):
    """The form has no such row or column, or the column is a ratio without rows of its own."""


@dataclass(slots=True)
class Cell:
    """One number of a form: an integer, an amount in yuan exact to the fen, or a percentage (None where there is
    nothing to divide by).
    """

    row: Row
    column: Column
    span: str
    value: Any

    @property
    def text(self) -> str:
        if self.value is None:
            return "—"
        if self.column.measure == Measure.AMOUNT:
            return yuan_text(self.value)
        return f"{self.value}%" if self.column.measure == Measure.RATIO else f"{self.value:,}"

    @property
    def opens(self) -> bool:
        """Whether there are rows behind it to show."""
        return bool(self.value) and self.column.measure != Measure.RATIO


@dataclass(frozen=True)
class Table:
    """A form with its numbers: by code of the row the month's in the order of the form's columns, then the year's."""

    form: Form
    asked: Asked
    axis: str
    rows: list[Row]
    numbers: Mapping[str, list[Any]]

    def lines(self, columns: Iterable[Column]) -> Iterator[tuple[Row, list[Cell]]]:
        """Each row with its cells: the month's columns, then the year's."""
        wanted = {column.code for column in columns}
        every = enumerate(product(Span.values, self.form.columns))
        places = [(place, column, span) for place, (span, column) in every if column.code in wanted]
        for row in self.rows:
            numbers = self.numbers[row.code]
            yield row, [Cell(row, column, span, numbers[place]) for place, column, span in places]

    @property
    def cells(self) -> dict[Key, Cell]:
        """Every cell by the codes of its row, column and span."""
        return {
            (row.code, cell.column.code, cell.span): cell
            for row, cells in self.lines(self.form.columns)
            for cell in cells
        }


def work_out(
    form: Form, table: RuleTable, asked: Asked, axis: str, *, banners: bool = False, raw: bool = False
) -> Table:
    """The whole form, month and year to date, in a constant number of queries; `raw`: from the rows alone, whatever is
    tallied.

    An industry department's own cases are few and always counted from the rows.
    """
    rows = rows_of(form, table, asked.division, axis, banners=banners)
    without = None if raw or asked.body else touched()
    tallied = [f for code, f in figures_of(form).items() if without is not None and fits(f, _parts(form, code))]
    units = None if banners else [row.division for row in rows if row.division]
    sums: Sums = defaultdict(lambda: _nothing(form))
    if tallied:
        limits = {"types": form.training_types, "left_out": form.left_out(table)}
        _add(sums, form, tallied_groups(tallied, asked, look_up(axis), **limits, without=without or (), units=units))
    for figure in figures_of(form).values():
        if figure not in tallied or without:
            _add(sums, form, _groups(form, table, figure, asked, axis, without if figure in tallied else None))
    return Table(form, asked, axis, rows, _numbers(form, rows, sums))


def behind(form: Form, table: RuleTable, row: Row, column: Column, span: str, asked: Asked, axis: str) -> QuerySet:
    """The very rows of one cell, as a queryset: its count (or sum) is the cell (R-RPT-7). Raises NoCell for a ratio."""
    figure = figures_of(form).get(column.figure)
    if figure is None:
        raise NoCell(column.code)
    rows = figure.asked(asked, span).filter(form.limits(figure.of_class, table), **column.where)
    return rows if row.keys is None else rows.filter(**{f"{figure.of_class(look_up(axis))}__in": row.keys})


def find_cell(form: Form, table: RuleTable, asked: Asked, axis: str, row: str, column: str) -> tuple[Row, Column]:
    """A row and a column by their codes, rows of folded banners included. Raises NoCell."""
    rows = {found.code: found for found in rows_of(form, table, asked.division, axis, banners=True)}
    wanted = form.column(column)
    if row not in rows or wanted is None or not wanted.figure:
        raise NoCell(f"{row} × {column}")
    return rows[row], wanted


def measured(column: Column, rows: QuerySet) -> Any:
    """What a column says of its rows: their number, or their amount to the fen."""
    if column.measure == Measure.AMOUNT:
        return rows.aggregate(sum=Sum(FIGURES[column.figure].money))["sum"] or NOTHING[Measure.AMOUNT]
    return rows.count()


def _parts(form: Form, code: str) -> list[str]:
    return sorted({name for column in form.columns if column.figure == code for name in column.where})


def _groups(
    form: Form, table: RuleTable, figure: Figure, asked: Asked, axis: str, classes: Sequence[int] | None = None
) -> Iterator[Group]:
    """The figure by key of the axis and by whatever its columns part it by, of all classes or of some; one pass over
    the year's rows.
    """
    parts, month = _parts(form, figure.code), figure.during(asked.period, Span.MONTH)
    numbers = {"month_count": Count("pk", filter=month), "year_count": Count("*")}
    if figure.money:
        numbers |= {"month_amount": Sum(figure.money, filter=month), "year_amount": Sum(figure.money)}
    rows = (
        figure.asked(asked, Span.YEAR)
        .filter(form.limits(figure.of_class, table))
        .order_by()
        .annotate(key=F(figure.of_class(look_up(axis))))
    )
    if classes is not None:
        rows = rows.filter(**{figure.of_class("in"): classes})
    for group in rows.values("key", *parts).annotate(**numbers):
        yield (
            figure.code,
            group["key"],
            tuple((name, group[name]) for name in parts),
            {
                measure.value: (group.get(f"month_{measure}") or 0, group.get(f"year_{measure}") or 0)
                for measure in (Measure.COUNT, Measure.AMOUNT)
            },
        )


def _nothing(form: Form) -> list[Any]:
    return [NOTHING[column.measure] for column in form.columns] * len(Span)


def _add(sums: Sums, form: Form, groups: Iterable[Group]) -> None:
    """Add each group to its key's columns: those of its figure that count its parts."""
    fitting: dict[Any, list[tuple[int, str]]] = {}
    width = len(form.columns)
    for figure, key, parts, numbers in groups:
        if (figure, parts) not in fitting:
            counted = dict(parts).items()
            fitting[figure, parts] = [
                (place, str(column.measure))
                for place, column in enumerate(form.columns)
                if column.figure == figure and column.where.items() <= counted
            ]
        of_key = sums[key]
        for place, measure in fitting[figure, parts]:
            of_month, of_year = numbers[measure]
            of_key[place] += of_month
            of_key[width + place] += of_year


def _numbers(form: Form, rows: Iterable[Row], sums: Sums) -> dict[str, list[Any]]:
    """A row is the sum of its keys, and a ratio divides two columns of it."""
    numbers, width = {}, len(form.columns)
    place_of = {column.code: place for place, column in enumerate(form.columns)}
    ratios = [
        (place_of[column.code], *(place_of[code] for code in column.parts)) for column in form.columns if column.parts
    ]
    for row in rows:
        found = [sums[key] for key in (sums if row.keys is None else row.keys & sums.keys())] or [_nothing(form)]
        numbers[row.code] = of_row = [sum(values) for values in zip(*found, strict=True)]
        for start in range(0, len(of_row), width):
            for place, over, under in ratios:
                of_row[start + place] = _percent(of_row[start + over], of_row[start + under])
    return numbers


def _percent(over: int, under: int) -> Decimal | None:
    return (Decimal(over * 100) / under).quantize(TENTH, ROUND_HALF_UP) if under else None


__all__ = ["TOTAL", "Cell", "NoCell", "Table", "behind", "find_cell", "measured", "work_out"]
