"""Seals over rows that never change: ranges of a table are digested the night after and compared ever after (R-SEC-2).

The triggers stop the application; a superuser can lift them. The seals go into the day's digest, which is kept outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from accounts.models import RecordSeal

RANGE = 20_000
# table → the columns that stay as they were written
_sealed: dict[str, Sequence[str]] = {}

ROWS = """
    SELECT count(*), coalesce(encode(sha256(convert_to(string_agg(t.line, chr(10) ORDER BY t.id), 'UTF8')), 'hex'), '')
    FROM (SELECT id, concat_ws(chr(31), {columns}) AS line FROM {table} WHERE id BETWEEN %s AND %s) t
"""


@dataclass(frozen=True)
class Broken:
    """A sealed range that is no longer as it was."""

    table: str
    first: int
    last: int
    rows: int
    rows_now: int


def register_sealed(table: str, columns: Sequence[str]) -> None:
    """Rows of this table keep these columns for ever; an upper room says so in its `ready()`."""
    _sealed[table] = ("id", *columns)


def _digest(cursor: Any, table: str, first: int, last: int) -> tuple[int, str]:
    quote = connection.ops.quote_name
    columns = ", ".join(f"coalesce(md5({quote(name)}::text), '-')" for name in _sealed[table])
    cursor.execute(ROWS.format(columns=columns, table=quote(table)), [first, last])
    return cursor.fetchone()


def seal_tables() -> int:
    """Seal what came since the last time, up to the newest row of each table; gives how many ranges.

    To be run at night: a transaction still open then may bring a row with a smaller number, which would be found as a
    change.
    """
    made = 0
    with connection.cursor() as cursor:
        for table in sorted(_sealed):
            first = (RecordSeal.objects.filter(table=table).aggregate(last=Max("last"))["last"] or 0) + 1
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {name}")  # noqa: S608 - registered names
            newest = cursor.fetchone()[0]
            while first <= newest:
                last = min(first + RANGE - 1, newest)
                rows, digest = _digest(cursor, table, first, last)
                RecordSeal.objects.create(
                    table=table, first=first, last=last, rows=rows, digest=digest, made_at=timezone.now()
                )
                first, made = last + 1, made + 1
    return made


def seals_now() -> list[list[Any]]:
    """[table, first, last, digest over all its seals] of every sealed table: one line each in the day's digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "table", min(first), max(last), encode(sha256(convert_to(string_agg(digest, chr(10) ORDER BY'
            " first), 'UTF8')), 'hex') FROM accounts_recordseal GROUP BY \"table\" ORDER BY \"table\""
        )
        return [list(row) for row in cursor.fetchall()]


def broken_seals(tables: Sequence[str] = ()) -> list[Broken]:
    """Every sealed range that is no longer as it was."""
    found = []
    with connection.cursor() as cursor:
        for seal in RecordSeal.objects.filter(table__in=tables or list(_sealed)).order_by("table", "first"):
            rows, digest = _digest(cursor, seal.table, seal.first, seal.last)
            if (rows, digest) != (seal.rows, seal.digest):
                found.append(Broken(seal.table, seal.first, seal.last, seal.rows, rows))
    return found


def seals_held_against(lines: Sequence[tuple[str, int, int, str]]) -> list[str]:
    """The tables whose seals are not those of a digest kept outside: removed or written anew."""
    missing = []
    with connection.cursor() as cursor:
        for table, first, last, digest in lines:
            cursor.execute(
                "SELECT encode(sha256(convert_to(coalesce(string_agg(digest, chr(10) ORDER BY first), ''), 'UTF8')),"
                " 'hex') FROM accounts_recordseal WHERE \"table\" = %s AND first >= %s AND last <= %s",
                [table, first, last],
            )
            if cursor.fetchone()[0] != digest:
                missing.append(table)
    return missing
