"""The figures from what each class adds to them: exact at any moment, without reading a year of enrolments (performance.md, P3).

The database marks a class as touched in the transaction that changes what it is counted from. A figure is what is tallied, less the
tallies of the touched classes, and their rows instead; `refresh` tallies those anew and takes their marks away. So the people who
decide cases never wait for a summary, and a summary is never shown for a class that has changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Count, DateField, F, Func, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Trunc
from django.utils import timezone

from accounts.enums import Level
from reports.domain.figures import FIGURES, Asked, Figure
from reports.enums import Measure, Span
from reports.models import Tally, Touched, YearTally

MOST_TOUCHED = 1_000
BATCH = 20_000
LOCK = 0x7A11
OF_CLASS = {"division": "division", "category": "category", "training_type": "project__training_type"}
PARTS = ("kind", "level", "fund", "item")
KEYS = ("figure", "division_id", "category", "training_type", *PARTS)
FILL_YEARS = """
    INSERT INTO reports_yeartally (whole, year, {keys}, counts, fen)
    SELECT false, year, {keys}, {counts}, {fen}
    FROM (SELECT extract(year FROM month)::int AS year, extract(month FROM month)::int AS m, {keys}, count, fen FROM reports_tally {only}) t
    GROUP BY year, {keys}
"""
# A group of rows: figure, key of the axis, its parts by look-up, and by measure the numbers of the month and of the year to date.
Group = tuple[str, str, tuple[tuple[str, Any], ...], dict[str, tuple[Any, Any]]]


def touched() -> list[int] | None:
    """The classes whose tallies may not be used now; None when there are so many that all is better counted from the rows."""
    found = list(Touched.objects.order_by().values_list("training_class_id", flat=True).distinct()[: MOST_TOUCHED + 1])
    return None if len(found) > MOST_TOUCHED else found


def refresh(most: int = BATCH) -> int:
    """Tally touched classes anew, up to so many marks; gives the number of classes. One at a time, another call does nothing.

    A mark that is seen belongs to a change that is committed, so the counting after it sees that change; one that is not seen stays.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "DELETE FROM reports_touched WHERE id IN (SELECT id FROM reports_touched ORDER BY id LIMIT %s) RETURNING training_class_id", [most])
        classes = sorted({pk for (pk,) in cursor.fetchall()})
        if not classes:
            return 0
        ours = Tally.objects.filter(training_class__in=classes)
        places = _places(ours)
        ours.delete()
        for figure in FIGURES.values():
            _insert(cursor, figure, figure.rows().filter(**{figure.of_class("in"): classes}))
        _add_up(cursor, places | _places(ours))
    return len(classes)


def tally_everything() -> None:
    """All tallies from nothing, in a few statements: for a database whose rows were loaded in bulk."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("DELETE FROM reports_touched; DELETE FROM reports_tally; DELETE FROM reports_yeartally")
        for figure in FIGURES.values():
            _insert(cursor, figure, figure.rows())
        cursor.execute(_fill_years(""))
        cursor.execute("SELECT reports_roll_up(NULL, NULL)")
        cursor.execute("ANALYZE reports_tally; ANALYZE reports_yeartally")


def _insert(cursor: Any, figure: Figure, rows: QuerySet) -> None:
    """The tallies of these rows, by class and month; one statement."""
    zone = None if figure.is_date else timezone.get_default_timezone()
    names = {"training_class_id": F(figure.to_class), "month": Trunc(figure.when, "month", output_field=DateField(), tzinfo=zone)}
    names |= {"division_id" if name == "division" else name: F(figure.of_class(look_up)) for name, look_up in OF_CLASS.items()}
    names |= {name: F(look_up) for look_up, name in figure.parts.items()}
    sums = {"count": Count("*"), "fen": Sum(F(figure.money) * 100) if figure.money else Value(0)}
    keys = {f"t_{name}": value for name, value in names.items()}
    grouped = rows.order_by().annotate(**keys).values(*keys).annotate(**{f"t_{name}": value for name, value in sums.items()})
    sql, values = grouped.query.sql_with_params()
    given, rest = [*names, *sums], [name for name in ("kind", "fund", "item") if name not in names]
    columns, texts = ", ".join(["figure", *given, *rest]), ", ".join([*(f"g.t_{name}" for name in given), *("''" for _name in rest)])
    cursor.execute(f"INSERT INTO reports_tally ({columns}) SELECT %s, {texts} FROM ({sql}) g", [figure.code, *values])  # noqa: S608 - our own names


def _places(tallies: QuerySet[Tally]) -> set[tuple[str, int]]:
    return set(tallies.order_by().values_list("division_id", "month__year").distinct())


def _add_up(cursor: Any, places: set[tuple[str, int]]) -> None:
    """The years of these places, and of those they report to, anew: nothing is carried forward, so nothing can drift."""
    for division, year in sorted(places):
        cursor.execute("DELETE FROM reports_yeartally WHERE year = %s AND division_id = %s AND NOT whole", [year, division])
        cursor.execute(_fill_years("WHERE division_id = %s AND month BETWEEN %s AND %s"), [division, f"{year}-01-01", f"{year}-12-01"])
    for year in sorted({year for _division, year in places}):
        cursor.execute("SELECT reports_roll_up(%s, %s)", [year, [division for division, of_year in places if of_year == year]])


def _fill_years(only: str) -> str:
    counts, fen = (
        f"ARRAY[{', '.join(f'coalesce(sum({column}) FILTER (WHERE m = {month}), 0)' for month in range(1, 13))}]" for column in ("count", "fen"))
    return FILL_YEARS.format(keys=", ".join(KEYS), counts=counts, fen=fen, only=only)


def fits(figure: Figure, look_ups: Sequence[str]) -> bool:
    """Whether the tallies are parted by all that a form's columns ask of a figure."""
    return set(look_ups) <= set(figure.parts)


def of_tally(name: str) -> str:
    """Where a tally carries a column of its class."""
    return name.removeprefix("project__")


def tallied_groups(
    figures: Sequence[Figure], limits: Q, asked: Asked, key: str, without: Sequence[int], units: Sequence[str] | None = None
) -> Iterator[Group]:
    """What is tallied of the figures by key and part, without some classes; one statement, so that it is of one moment.

    By division: every place by itself, or, with `units`, each of these with all that report to it and the place asked by itself.
    """
    limits &= Q(figure__in=[figure.code for figure in figures])
    found = YearTally.objects.filter(limits, _places_read(asked, key, units), year=asked.period.year)
    if asked.division.level != Level.REGION:
        limits &= Q(division__path__startswith=asked.division.path)
    names, sums = ["figure", key, *PARTS], _year_sums(asked)
    rows = found.order_by().values(*names).annotate(**sums).values_list(*names, *sums)
    if without:
        classes = _classes(asked, without).filter(limits)
        rows = rows.union(classes.order_by().values(*names).annotate(**(less := _class_sums(asked))).values_list(*names, *less), all=True)
    of = {figure.code: [(look_up, PARTS.index(name)) for look_up, name in figure.parts.items()] for figure in figures}
    for figure, of_key, *rest in rows:
        parts, (people, all_people, money, all_money) = rest[: len(PARTS)], rest[len(PARTS) :]
        numbers = {Measure.COUNT.value: (people, all_people), Measure.AMOUNT.value: (_yuan(money), _yuan(all_money))}
        yield figure, of_key, tuple((look_up, parts[place]) for look_up, place in of[figure]), numbers


def _places_read(asked: Asked, key: str, units: Sequence[str] | None) -> Q:
    """As few rows as the table needs: how many does not depend on how many places report to these."""
    if key == "category":
        return Q(division=asked.division, whole=True)
    if units is None:
        return Q(division__path__startswith=asked.division.path, whole=False)
    return Q(division__in=units, whole=True) | Q(division=asked.division, whole=False)


def _year_sums(asked: Asked) -> dict[str, Any]:
    """Month and year to date out of the twelve numbers of a row."""
    last = asked.period.month
    spans = {"month": (last,), "year": range(1, last + 1)}
    return {f"{span}_{name}": Sum(_of_months(field, months)) for name, field in (("count", "counts"), ("fen", "fen")) for span, months in spans.items()}


def _of_months(field: str, months: Iterable[int]) -> Func:
    """The months of a row together, as one expression: one look-up instead of twelve."""
    return Func(field, template=f"({' + '.join(f'%(expressions)s[{month}]' for month in months)})", output_field=BigIntegerField())


def _classes(asked: Asked, classes: Sequence[int]) -> QuerySet[Tally]:
    first, after = asked.period.days(Span.YEAR)
    return Tally.objects.filter(training_class__in=classes, month__gte=first, month__lt=after)


def _class_sums(asked: Asked) -> dict[str, Any]:
    """The same numbers of single classes, to be taken away."""
    now = Q(month=asked.period.days(Span.MONTH)[0])
    return {
        "month_count": Coalesce(Sum(-F("count"), filter=now), 0), "year_count": Sum(-F("count")),
        "month_fen": Coalesce(Sum(-F("fen"), filter=now), 0), "year_fen": Sum(-F("fen")),
    }  # fmt: skip


def _yuan(fen: Any) -> Decimal:
    return Decimal(fen).scaleb(-2)
