"""Many rows written by one statement over arrays: what bulk_update does with a CASE a row takes seconds for ten thousand of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


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


def insert_values(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Add rows of one model, each the values of these fields; no defaults of Python's are filled in."""
    fields = [model._meta.get_field(name) for name in names]
    return _execute(f"INSERT INTO {_table(model)} ({', '.join(map(_column, fields))}) SELECT * FROM {{rows}}", fields, rows)  # noqa: S608


def _execute(sql: str, fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> int:
    """One statement with an array a field in the place of {rows}."""
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in fields)
    values = [[field.get_db_prep_save(value, connection) for value in column] for field, column in zip(fields, zip(*rows, strict=True), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(rows=f"unnest({arrays})"), values)
        return cursor.rowcount


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: Field) -> str:
    return connection.ops.quote_name(field.column)
