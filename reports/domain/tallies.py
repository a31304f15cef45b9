"""The figures from what each class adds to them: exact at any moment, no year of enrolments read (P3).

The database marks a class as touched in the transaction that changes what it is counted from. A figure is what is
tallied, less the tallies of the touched classes, and their rows instead; `refresh` tallies those anew and takes their
marks away. So the people who decide cases never wait for a summary, and a summary is never shown for a class that has
changed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, DateField, F, QuerySet, Sum, Value
from django.db.models.functions import Trunc
from django.utils import timezone

from kit.fast.prepared import prepared_sql
from reports.domain.figures import FIGURES, Asked, Figure
from reports.enums import Measure, Span
from reports.models import Tally

MOST_TOUCHED = 1_000
BATCH = 20_000
LOCK = 0x7A11
OF_CLASS = {"division": "body__division", "category": "category", "training_type": "project__training_type"}
PARTS = ("kind", "level", "fund", "item")
KEYS = ("figure", "division_id", "category", "training_type", *PARTS)
FILL_YEARS = """
    INSERT INTO reports_yeartally (whole, year, {keys}, counts, fen)
    SELECT false, year, {keys}, {counts}, {fen}
    FROM (SELECT extract(year FROM month)::int AS year, extract(month FROM month)::int AS m, {keys}, count, fen
      FROM reports_tally {only}) t
    GROUP BY year, {keys} ORDER BY year, division_id
"""
# What a table reads: the year rows of its places, less what the touched classes have in them.
COUNTED = "figure = ANY (%(figures)s) AND category <> ALL (%(left_out)s)"
UNDER = "division_id IN (SELECT code FROM accounts_division WHERE starts_with(path, %(path)s))"
WHOLE = "division_id = %(place)s AND whole"
UNITS = "(division_id = ANY (%(units)s) AND whole OR division_id = %(place)s AND NOT whole)"
OF_YEARS = """
    SELECT figure, {column}, {parts}, sum(counts[{month}]), sum({counts_to_date}), sum(fen[{month}])::bigint,
      sum({fen_to_date})::bigint
    FROM reports_yeartally WHERE year = %(year)s AND {places} AND {counted} GROUP BY figure, {column}, {parts}
"""
LESS_CLASSES = """
    UNION ALL
    SELECT figure, {column}, {parts}, coalesce(sum(-count) FILTER (WHERE month = %(month)s), 0), sum(-count),
        coalesce(sum(-fen) FILTER (WHERE month = %(month)s), 0)::bigint, sum(-fen)::bigint
    FROM reports_tally WHERE training_class_id = ANY (%(without)s) AND month >= %(first)s AND month < %(after)s
      AND {under} AND {counted}
    GROUP BY figure, {column}, {parts}
"""
# A group of rows: figure, key of the axis, its parts by look-up, and by measure the numbers of the month and of the
# year to date.
Group = tuple[str, str, tuple[tuple[str, Any], ...], dict[str, tuple[Any, Any]]]


_touched = prepared_sql(
    "touched classes",
    f"SELECT DISTINCT training_class_id FROM reports_touched LIMIT {MOST_TOUCHED + 1}",  # noqa: S608
)


def touched() -> list[int] | None:
    """The classes whose tallies may not be used now; None when there are so many that all is better counted from the
    rows.
    """
    found = [pk for (pk,) in _touched()]
    return None if len(found) > MOST_TOUCHED else found


def refresh(most: int = BATCH) -> int:
    """Tally touched classes anew, up to so many marks; gives the number of classes. One at a time, another call does
    nothing.

    A mark that is seen belongs to a change that is committed, so the counting after it sees that change; one that is
    not seen stays.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "DELETE FROM reports_touched WHERE id IN (SELECT id FROM reports_touched ORDER BY id LIMIT %s) RETURNING"
            " training_class_id",
            [most],
        )
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
    names = {
        "training_class_id": F(figure.to_class),
        "month": Trunc(figure.when, "month", output_field=DateField(), tzinfo=zone),
    }
    names |= {
        "division_id" if name == "division" else name: F(figure.of_class(look_up)) for name, look_up in OF_CLASS.items()
    }
    names |= {name: F(look_up) for look_up, name in figure.parts.items()}
    sums = {"count": Count("*"), "fen": Sum(F(figure.money) * 100) if figure.money else Value(0)}
    keys = {f"t_{name}": value for name, value in names.items()}
    grouped = (
        rows.order_by().annotate(**keys).values(*keys).annotate(**{f"t_{name}": value for name, value in sums.items()})
    )
    sql, values = grouped.query.sql_with_params()
    given, rest = [*names, *sums], [name for name in ("kind", "fund", "item") if name not in names]
    columns, texts = (
        ", ".join(["figure", *given, *rest]),
        ", ".join([*(f"g.t_{name}" for name in given), *("''" for _name in rest)]),
    )
    insert = f"INSERT INTO reports_tally ({columns}) SELECT %s, {texts} FROM ({sql}) g"  # noqa: S608 - our own names
    cursor.execute(insert, [figure.code, *values])


def _places(tallies: QuerySet[Tally]) -> set[tuple[str, int]]:
    return set(tallies.order_by().values_list("division_id", "month__year").distinct())


def _add_up(cursor: Any, places: set[tuple[str, int]]) -> None:
    """The years of these places, and of those they report to, anew: nothing is carried forward, so
    nothing can drift.
    """
    for division, year in sorted(places):
        cursor.execute(
            "DELETE FROM reports_yeartally WHERE year = %s AND division_id = %s AND NOT whole", [year, division]
        )
        cursor.execute(
            _fill_years("WHERE division_id = %s AND month BETWEEN %s AND %s"),
            [division, f"{year}-01-01", f"{year}-12-01"],
        )
    for year in sorted({year for _division, year in places}):
        cursor.execute(
            "SELECT reports_roll_up(%s, %s)", [year, [division for division, of_year in places if of_year == year]]
        )


def _fill_years(only: str) -> str:
    counts, fen = (
        f"ARRAY[{', '.join(f'coalesce(sum({column}) FILTER (WHERE m = {month}), 0)' for month in range(1, 13))}]"
        for column in ("count", "fen")
    )
    return FILL_YEARS.format(keys=", ".join(KEYS), counts=counts, fen=fen, only=only)


def fits(figure: Figure, look_ups: Sequence[str]) -> bool:
    """Whether the tallies are parted by all that a form's columns ask of a figure."""
    return set(look_ups) <= set(figure.parts)


def tallied_groups(
    figures: Sequence[Figure],
    asked: Asked,
    key: str,
    *,
    types: Sequence[str],
    left_out: Sequence[str],
    without: Sequence[int],
    units: Sequence[str] | None = None,
) -> Iterator[Group]:
    """What is tallied of the figures by key and part, without some classes; one statement, so that it is of one moment.

    Only `types` of training where any are named, and not the categories `left_out`. By division: every place by itself,
    or, with `units`, each of these with all that report to it and the place asked by itself.
    """
    first, after = asked.period.days(Span.YEAR)
    given = {
        "figures": [figure.code for figure in figures],
        "types": list(types),
        "left_out": list(left_out),
        "without": list(without),
        "place": asked.division.pk,
        "path": asked.division.path,
        "units": list(units or ()),
        "year": asked.period.year,
        "first": first,
        "after": after,
        "month": asked.period.days(Span.MONTH)[0],
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(asked.period.month, key, units, bool(types), bool(without)), given)
        rows = cursor.fetchall()
    by_code = {
        figure.code: (figure, [(look_up, PARTS.index(name)) for look_up, name in figure.parts.items()])
        for figure in figures
    }
    count, amount = str(Measure.COUNT.value), str(Measure.AMOUNT.value)
    for code, of_key, *parts, people, all_people, money, all_money in rows:
        figure, of_parts = by_code[code]
        numbers: dict[str, tuple[Any, Any]] = {count: (people, all_people)}
        if figure.money:
            numbers[amount] = (_yuan(money), _yuan(all_money))
        yield code, of_key, tuple([(look_up, parts[place]) for look_up, place in of_parts]), numbers


def _statement(month: int, key: str, units: Sequence[str] | None, some_types: bool, less: bool) -> str:
    """The SQL of a table: as few rows as it needs; how many does not depend on how many places report to these."""
    column = "category" if key == "category" else "division_id"
    counted = COUNTED + (" AND training_type = ANY (%(types)s)" if some_types else "")
    places = WHOLE if key == "category" else UNDER + " AND NOT whole" if units is None else UNITS
    to_date = {name: " + ".join(f"{name}[{number}]" for number in range(1, month + 1)) for name in ("counts", "fen")}
    words = {
        "column": column,
        "counted": counted,
        "month": month,
        "parts": ", ".join(PARTS),
        "under": UNDER,
        "places": places,
    }
    words |= {f"{name}_to_date": text for name, text in to_date.items()}
    return (OF_YEARS + LESS_CLASSES if less else OF_YEARS).format(**words)


def _yuan(fen: Any) -> Decimal:
    return Decimal(fen).scaleb(-2)
