"""P3: the forms of the region, one month and the year to date, from the rows themselves and from the summary rows."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path
from string import Template

from django.db import connection

from accounts.models import Division
from bench.measure import Bench, Line, Target, Variant, queries_of
from bench.scales import DAY
from reports.domain.figures import Asked
from reports.domain.forms import NoForm, form_on
from reports.domain.periods import Period
from reports.domain.rows import Row
from reports.domain.tables import TOTAL, Cell, Table, behind, measured, work_out
from reports.enums import Axis, Measure, Span

CODE = "P3"
SENTENCE = "forms A, B, C, D of the region, one month and the year to date"
PERIOD = Period(DAY.year, DAY.month)
RAW, SUMMARY = Target(multiple=1.5), Target(multiple=2)
BY_HAND = Path(__file__).parent / "sql" / "form_a.sql"
FROM_SUMMARY = BY_HAND.with_name("form_a_tallied.sql")
# The rows a page of the region needs: its own with all below it; or of each unit that reports to it, and its own alone.
OF_REGION = "division_id = '150000' AND whole"
UNITS = "ARRAY(SELECT code FROM accounts_division WHERE reports_to_id = '150000')"
OF_UNITS = f"(division_id = ANY ({UNITS}) AND whole OR division_id = '150000' AND NOT whole)"
SAMPLED = 12
# The statement by hand gives each completed enrolment once, under the last of the figures it counts in.
PART_OF = {"passed": ("completed", "passed"), "certified": ("completed", "passed", "certified")}
FORMS = "ABCD"


def measure(bench: Bench) -> list[Line]:
    """Form A both ways, from rows and from summary rows, against one statement by hand; the others have none and are
    shown beside it.
    """
    axes = {"": Axis.CATEGORY, ".divisions": Axis.DIVISION}
    lines = [form_a(bench, f"P3{name}", axis) for name, axis in axes.items()]
    lines += [summary(bench, f"P3.summary{name}", axis) for name, axis in axes.items()]
    return lines + [other_form(bench, code) for code in FORMS[1:]]


def region() -> Division:
    return Division.objects.get(path="150000/")


def form_a(bench: Bench, row: str, axis: str) -> Line:
    form, table = form_on("A", PERIOD)
    asked = Asked(region(), PERIOD)
    worked = work_out(form, table, asked, axis, raw=True)
    cells = [
        (r, c, span) for r, c, span in product(worked.rows, form.columns, Span.values) if c.measure != Measure.RATIO
    ]
    part = cells[:: max(1, len(cells) // SAMPLED)]
    line = Line(row, f"form A of the region by {axis}, from rows", RAW, unit="ms")
    check(worked, by_hand(axis))
    line.notes.append(
        f"{len(cells):,} cells; by hand: one statement over the enrolments; naive: an aggregate a cell, measured on"
        f" {len(part)}"
    )
    return bench.timed(
        line,
        ours=Variant(lambda: discard(work_out(form, table, asked, axis, raw=True))),
        limit=Variant(lambda: discard(by_hand(axis))),
        naive=Variant(
            lambda: discard([measured(c, behind(form, table, r, c, span, asked, axis)) for r, c, span in part]),
            times=len(cells) / len(part),
        ),
    )


def summary(bench: Bench, row: str, axis: str) -> Line:
    """The page's own way, held to the rows first."""
    form, table = form_on("A", PERIOD)
    asked = Asked(region(), PERIOD)
    line = Line(row, f"form A of the region by {axis}, from summary rows", SUMMARY, unit="ms")
    shown, counted = (work_out(form, table, asked, axis, raw=raw) for raw in (False, True))
    if {key: cell.value for key, cell in shown.cells.items()} != {
        key: cell.value for key, cell in counted.cells.items()
    }:
        raise ValueError("the summary and the rows differ")
    line.notes.append(
        f"{queries_of(lambda: work_out(form, table, asked, axis))} queries, every cell equal to the rows'; limit: one"
        " statement over the summary rows"
    )
    return bench.timed(
        line,
        ours=Variant(lambda: discard(shown_whole(work_out(form, table, asked, axis))), repeat=3),
        limit=Variant(lambda: discard(tallied_by_hand(axis)), repeat=3),
    )


def shown_whole(table: Table) -> list[tuple[Row, list[Cell]]]:
    """Every cell, as the page makes them."""
    return list(table.lines(table.form.columns))


def other_form(bench: Bench, code: str) -> Line:
    row = f"P3.{code}"
    try:
        form, table = form_on(code, PERIOD)
    except NoForm:
        return Line(row, f"form {code} of the region", RAW, missing=f"form {code} is not among the forms yet")
    asked, axis = Asked(region(), PERIOD), form.axes[0]
    line = Line(row, f"form {code} of the region by {axis}, from rows", RAW, unit="ms")
    line.notes.append("limit: the statement by hand of form A, which counts more rows")
    return bench.timed(
        line,
        ours=Variant(lambda: discard(work_out(form, table, asked, axis, raw=True))),
        limit=Variant(lambda: discard(by_hand(axis))),
    )


def discard(_value: object) -> None:
    """A variant's result is not its time."""


def by_hand(axis: str) -> list[tuple]:
    """The limit: (figure, key, part, part, month, year, month's amount, year's amount)."""
    (month, after), (year, _after) = PERIOD.moments(Span.MONTH), PERIOD.moments(Span.YEAR)
    sql = Template(BY_HAND.read_text(encoding="utf-8")).substitute(
        key="c.category" if axis == Axis.CATEGORY else "b.division_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"month": month, "year": year, "after": after})
        return cursor.fetchall()


def tallied_by_hand(axis: str) -> list[tuple]:
    """The limit of the summary path: the same groups, nothing done with them."""
    months = {
        f"months_of_{name}": " + ".join(f"{name}[{month}]" for month in range(1, PERIOD.month + 1))
        for name in ("counts", "fen")
    }
    key, places = ("category", OF_REGION) if axis == Axis.CATEGORY else ("division_id", OF_UNITS)
    sql = Template(FROM_SUMMARY.read_text(encoding="utf-8")).substitute(
        months, key=key, places=places, month=PERIOD.month, year=PERIOD.year
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def check(worked: Table, rows: list[tuple]) -> None:
    """Both ways count the same, or there is nothing to compare."""
    sums, cells = Counter[tuple[str, str]](), worked.cells
    for figure, _key, _one, _two, month, year, _month_amount, year_amount in rows:
        for name in PART_OF.get(figure, (figure,)):
            sums[name, Span.MONTH] += month
            sums[name, Span.YEAR] += year
        sums["subsidised_amount", Span.YEAR] += year_amount or 0
    for (column, span), value in sums.items():
        if cells[TOTAL, column, span].value != value:
            raise ValueError(f"{column} {span}: {cells[TOTAL, column, span].value} on the form, {value} by hand")
