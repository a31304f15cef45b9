"""Many rows written by one statement instead of a parameter a value, which takes seconds for ten thousand of them.

Changes go as an array a field, in place of a CASE a row; new rows as one JSON text. An array goes as JSON too: a list of twenty thousand
values in the statement itself takes the database longer to parse than to write.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, JSONField, Model

CHUNK = 5000


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> int:
    """Write these fields of rows of one model that are there already; gives how many were written. Arrays cannot be written so."""
    if not rows:
        return 0
    attributes = [rows[0]._meta.get_field(name).attname for name in names]
    return update_values(type(rows[0]), names, [(row.pk, *(getattr(row, name) for name in attributes)) for row in rows])


def update_values(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """The same of rows that are no objects: each a primary key and the values of these fields."""
    fields = [model._meta.pk, *map(model._meta.get_field, names)]
    key, *columns = map(_column, fields)
    changes = ", ".join(f"{column} = v.{column}" for column in columns)
    return _execute(f"UPDATE {_table(model)} t SET {changes} FROM {{rows}} AS v ({key}, {', '.join(columns)}) WHERE t.{key} = v.{key}", fields, rows)  # noqa: S608


def insert_rows(rows: Sequence[Model]) -> None:
    """Add rows of one model, all or none, and give them their numbers."""
    if not rows:
        return
    meta = type(rows[0])._meta
    fields = [field for field in meta.concrete_fields if field is not meta.auto_field]
    values = [[field.pre_save(row, True) for field in fields] for row in rows]
    for row, number in zip(rows, _insert(type(rows[0]), fields, values, ""), strict=True):
        row.pk, row._state.adding, row._state.db = number, False, connection.alias  # noqa: SLF001


def insert_values(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """The same of rows that are no objects, each the values of these fields; no defaults of Python's are filled in."""
    _insert(model, [model._meta.get_field(name) for name in names], rows, "")


def insert_new(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """The same, but rows that are there already stay as they are."""
    _insert(model, [model._meta.get_field(name) for name in names], rows, "ON CONFLICT DO NOTHING")


def _execute(sql: str, fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> int:
    """One statement with an array a field in the place of {rows}."""
    arrays = ", ".join(f"ARRAY(SELECT json_array_elements_text(%s))::{field.cast_db_type(connection)}[]" for field in fields)
    values = [_array(field, column) for field, column in zip(fields, zip(*rows, strict=True), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(rows=f"unnest({arrays})"), values)
        return cursor.rowcount


def _array(field: Field, column: Sequence[Any]) -> str:
    """The values of a field as a JSON list of texts and nothings; what is JSON itself is a text in it."""
    ready: Callable[[Any], Any] = _json if isinstance(field, JSONField) else field.get_prep_value
    return _json([None if value is None else ready(value) for value in column])


def _insert(model: type[Model], fields: Sequence[Field], rows: Sequence[Sequence[Any]], conflicts: str) -> list[Any]:
    """The numbers of the rows added, in their order."""
    columns = ", ".join(map(_column, fields))
    types = ", ".join(f"{_column(field)} {field.cast_db_type(connection)}" for field in fields)
    prepare = [(field.column, field.get_prep_value) for field in fields]
    sql = (
        f"INSERT INTO {_table(model)} ({columns}) SELECT {columns} FROM jsonb_to_recordset(%s) AS v ({types}) "  # noqa: S608
        f"{conflicts} RETURNING {_column(model._meta.pk)}")
    numbers: list[Any] = []
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for start in range(0, len(rows), CHUNK):
            values = [{name: ready(value) for (name, ready), value in zip(prepare, row, strict=True)} for row in rows[start : start + CHUNK]]
            cursor.execute(sql, [_json(values)])
            numbers += [number for (number,) in cursor.fetchall()]
    return numbers


def _plain(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, bytes | bytearray | memoryview):
        return f"\\x{bytes(value).hex()}"
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: Field) -> str:
    return connection.ops.quote_name(field.column)
