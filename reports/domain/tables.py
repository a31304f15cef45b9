"""A form worked out: one grouped query a figure for month and year together, folded into rows here; and the rows behind a cell.

House.md, Cells: `behind` and `work_out` read the same figures with the same limits, so a cell and its people cannot differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Sum

from eligibility.engine.model import RuleTable
from kit.money import yuan_text
from reports.domain.figures import Asked, Figure
from reports.domain.forms import Column, Form, figures_of
from reports.domain.rows import TOTAL, Row, look_up, rows_of
from reports.enums import Measure, Span

NOTHING: dict[str, Any] = {Measure.COUNT: 0, Measure.AMOUNT: Decimal("0.00"), Measure.RATIO: None}
TENTH = Decimal("0.1")
Key = tuple[str, str, str]


class NoCell(LookupError):
    """The form has no such row or column, or the column is a ratio without rows of its own."""


@dataclass(frozen=True)
class Cell:
    """One number of a form: an integer, an amount in yuan exact to the fen, or a percentage (None where there is nothing to divide by)."""

    row: Row
    column: Column
    span: str
    value: Any

    @property
    def text(self) -> str:
        if self.value is None:
            return "—"
        return {Measure.AMOUNT: yuan_text, Measure.RATIO: lambda v: f"{v}%"}.get(self.column.measure, lambda v: f"{v:,}")(self.value)

    @property
    def opens(self) -> bool:
        """Whether there are rows behind it to show."""
        return bool(self.value) and self.column.measure != Measure.RATIO


@dataclass(frozen=True)
class Table:
    """A form with its numbers; `cells` by (row, column, span) codes."""

    form: Form
    asked: Asked
    axis: str
    rows: list[Row]
    cells: Mapping[Key, Cell]

    def line(self, row: Row, columns: Iterable[Column]) -> list[Cell]:
        """The cells of a row: the month's columns, then the year's."""
        columns = list(columns)
        return [self.cells[row.code, column.code, span] for span in Span.values for column in columns]


def work_out(form: Form, table: RuleTable, asked: Asked, axis: str, *, banners: bool = False) -> Table:
    """The whole form, month and year to date: one query for the divisions and one for each figure, whatever its size."""
    rows = rows_of(form, table, asked.division, axis, banners=banners)
    values: dict[Key, Any] = defaultdict(int)
    for code, figure in figures_of(form).items():
        columns = [column for column in form.columns if column.figure == code]
        _fold(values, rows, columns, _grouped(form, table, figure, columns, asked, axis))
    cells = {
        (row.code, column.code, span): Cell(row, column, span, _value(values, row, column, span))
        for row in rows for column in form.columns for span in Span.values
    }
    return Table(form, asked, axis, rows, cells)


def behind(form: Form, table: RuleTable, row: Row, column: Column, span: str, asked: Asked, axis: str) -> QuerySet:
    """The very rows of one cell, as a queryset: its count (or sum) is the cell (R-RPT-7). Raises NoCell for a ratio."""
    figure = figures_of(form).get(column.figure)
    if figure is None:
        raise NoCell(column.code)
    rows = figure.asked(asked, span).filter(form.limits(figure, table), **column.where)
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
        return rows.aggregate(sum=Sum("amount"))["sum"] or NOTHING[Measure.AMOUNT]
    return rows.count()


def _grouped(form: Form, table: RuleTable, figure: Figure, columns: list[Column], asked: Asked, axis: str) -> QuerySet:
    """The figure by key of the axis, by month or earlier, and by whatever its columns part it by; one pass over the year."""
    parts = sorted({name for column in columns for name in column.where})
    sums: dict[str, Any] = {Measure.COUNT.value: Count("*")}
    if figure.money:
        sums[Measure.AMOUNT.value] = Sum(figure.money)
    rows = figure.asked(asked, Span.YEAR).filter(form.limits(figure, table)).order_by()
    rows = rows.annotate(key=F(figure.of_class(look_up(axis))), in_month=_is(figure.during(asked.period, Span.MONTH)))
    return rows.values("key", "in_month", *parts).annotate(**sums)


def _is(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _fold(values: dict[Key, Any], rows: list[Row], columns: list[Column], groups: QuerySet) -> None:
    """Add each group to the rows that count its key and the columns that count its parts."""
    counting: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in row.keys or ():
            counting[key].append(row)
    always = [row for row in rows if row.keys is None]
    for group in groups:
        fitting = [c for c in columns if all(group[name] == value for name, value in c.where.items())]
        spans = Span.values if group["in_month"] else [Span.YEAR.value]
        for row in (*always, *counting[group["key"]]):
            for column in fitting:
                for span in spans:
                    values[row.code, column.code, span] += group[column.measure]


def _value(values: Mapping[Key, Any], row: Row, column: Column, span: str) -> Any:
    if column.measure == Measure.RATIO:
        over, under = (values.get((row.code, code, span), 0) for code in column.parts)
        return (Decimal(over * 100) / under).quantize(TENTH, ROUND_HALF_UP) if under else None
    return values.get((row.code, column.code, span), NOTHING[column.measure])


__all__ = ["TOTAL", "Cell", "NoCell", "Table", "behind", "find_cell", "measured", "work_out"]
