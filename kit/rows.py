"""One row read or written by a statement that is built once for its table.

Building it anew takes the mapper several times as long as the database takes to run it, and a move of a case reads and writes half a
dozen rows. Values still pass through their fields (encryption, JSON, time zones), both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

AnyRow = TypeVar("AnyRow", bound=Model)


def read_row(model: type[AnyRow], pk: Any, *, lock: bool = False) -> AnyRow:
    """The row with this primary key, locked to the transaction's end where that is asked. Raises the model's DoesNotExist."""
    meta = model._meta
    found = _run(f"SELECT {_columns(meta)} FROM {_table(meta)} WHERE {_name(meta.pk)} = %s{' FOR UPDATE' if lock else ''}", [pk])  # noqa: S608
    if found is None:
        raise model.DoesNotExist(f"{model.__name__} {pk}")
    return model.from_db(connection.alias, [field.attname for field in meta.concrete_fields], _loaded(meta, found))


def read_along(row: Model, *names: str) -> None:
    """The rows behind these foreign keys of a row, where they were not read yet."""
    for name in names:
        field = row._meta.get_field(name)
        if not field.is_cached(row) and (pk := getattr(row, field.attname)) is not None:
            setattr(row, name, read_row(field.related_model, pk))


def insert_row(row: Model) -> None:
    """Add a row and give it its number."""
    _add(row, "")


def upsert_row(row: Model, key: Sequence[str], *, keep: Sequence[str] = ()) -> None:
    """Add a row, or bring the one with the same `key` up to date but for the fields it is to `keep`."""
    _add(row, _on_conflict(row._meta, tuple(key), tuple(keep)))


def update_row(row: Model) -> None:
    """Write every field of a row that is there; the row then has the values as the database keeps them."""
    meta = row._meta
    found = _run(_update(meta), [*_values(row, add=False), row.pk])
    if found is None:
        raise type(row).DoesNotExist(f"{type(row).__name__} {row.pk}")
    for field, value in zip(meta.concrete_fields, _loaded(meta, found), strict=True):
        setattr(row, field.attname, value)


def bring_up_to_date(stale: Model, row: Model) -> None:
    """Give one object the values of another of the same row; like `refresh_from_db` it forgets the rows it had read along."""
    for field in row._meta.concrete_fields:
        setattr(stale, field.attname, getattr(row, field.attname))
    stale._state.fields_cache.clear()  # noqa: SLF001
    stale.__dict__.pop("_prefetched_objects_cache", None)


def _add(row: Model, conflict: str) -> None:
    (row.pk,) = _run(f"{_insert(row._meta)}{conflict} RETURNING {_name(row._meta.pk)}", _values(row, add=True))
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001


def _run(sql: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def _values(row: Model, *, add: bool) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add), connection) for field in _written(row._meta)]


def _loaded(meta: Any, found: Sequence[Any]) -> list[Any]:
    values = list(found)
    for place, column, convert in _converters(meta):
        values[place] = convert(values[place], column, connection)
    return values


@cache
def _written(meta: Any) -> list[Field]:
    """All fields but the row's number."""
    return [field for field in meta.concrete_fields if field is not meta.pk]


@cache
def _converters(meta: Any) -> list[tuple[int, Any, Any]]:
    """Where a value of the database is not yet one of Python: (place, column, converter)."""
    columns = [field.get_col(meta.db_table) for field in meta.concrete_fields]
    return [
        (place, column, convert)
        for place, column in enumerate(columns)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    ]


@cache
def _insert(meta: Any) -> str:
    fields = _written(meta)
    return f"INSERT INTO {_table(meta)} ({', '.join(map(_name, fields))}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608


@cache
def _on_conflict(meta: Any, key: tuple[str, ...], keep: tuple[str, ...]) -> str:
    changed = [_name(field) for field in _written(meta) if field.name not in (*key, *keep)]
    found = ", ".join(_name(meta.get_field(name)) for name in key)
    return f" ON CONFLICT ({found}) DO UPDATE SET {', '.join(f'{column} = EXCLUDED.{column}' for column in changed)}"


@cache
def _update(meta: Any) -> str:
    changes = ", ".join(f"{_name(field)} = %s" for field in _written(meta))
    return f"UPDATE {_table(meta)} SET {changes} WHERE {_name(meta.pk)} = %s RETURNING {_columns(meta)}"  # noqa: S608


@cache
def _columns(meta: Any) -> str:
    return ", ".join(map(_name, meta.concrete_fields))


def _table(meta: Any) -> str:
    return connection.ops.quote_name(meta.db_table)


def _name(field: Field) -> str:
    return connection.ops.quote_name(field.column)
