"""What a measurement leaves in the database is taken out again, append-only tables included: the data stay as they were
made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from bench.indexes import SEQUENCES

HALF_MEASURED = "half measured"
WITHOUT_NUMBERS = ("accounts_chainhead", "training_numberseries")


@contextmanager
def no_traces() -> Iterator[None]:
    """Rows added inside the block are gone after it. What is changed in rows that were there, the block puts back
    itself.

    Meanwhile the database has no stamp: when the process or the server dies in the middle, the next run makes the data
    anew.
    """
    with connection.cursor() as cursor:
        stamp = restamp(cursor, HALF_MEASURED)
        cursor.execute(SEQUENCES)
        columns = {table: column for table, column, _sequence in cursor.fetchall()}
        marks = {table: last(cursor, table, column) for table, column in columns.items()}
        kept = {table: rows(cursor, table) for table in WITHOUT_NUMBERS}
    try:
        yield
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            dirty = [table for table, column in columns.items() if last(cursor, table, column) > marks[table]]
            for table in dirty:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for table in dirty:
                cursor.execute(f"DELETE FROM {table} WHERE {columns[table]} > %s", [marks[table]])
            for table, before in kept.items():
                cursor.execute(f"DELETE FROM {table}")
                for row in before:
                    cursor.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in dirty:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            restamp(cursor, stamp)
        swept(dirty)


def swept(tables: Iterable[str]) -> None:
    """What was deleted is cleared away now, and not by the database's own sweeper while the next row is measured."""
    if connection.in_atomic_block:
        return  # a test's
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")


def restamp(cursor: Any, stamp: str) -> str:
    """Put a stamp on the database in use; gives the one that was there."""
    cursor.execute(
        "SELECT current_database(), coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname"
        " = current_database()"
    )
    name, before = cursor.fetchone()
    cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [stamp])
    return str(before)


def last(cursor: Any, table: str, column: str) -> int:
    cursor.execute(f"SELECT coalesce(max({column}), 0) FROM {table}")
    return int(cursor.fetchone()[0])


def rows(cursor: Any, table: str) -> list[tuple[Any, ...]]:
    cursor.execute(f"SELECT * FROM {table}")
    return cursor.fetchall()
