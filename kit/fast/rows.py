"""One row read or written by a statement that is built once for its table.

Building it anew takes the mapper several times as long as the database takes to run it, and a move of a case reads and
writes half a dozen rows. Values still pass through their fields (encryption, JSON, time zones), both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

from kit.fast.prepared import prepared_sql

AnyRow = TypeVar("AnyRow", bound=Model)


def read_row(model: type[AnyRow], pk: Any, *, lock: bool = False, along: tuple[str, ...] = ()) -> AnyRow:
    """The row with this primary key, locked to the transaction's end where that is asked, and with it, not locked, the
    rows behind the foreign keys `along`. Raises the model's DoesNotExist.
    """
    found = _run(_select(model._meta, lock, along), [pk])
    if found is None:
        raise model.DoesNotExist(f"{model.__name__} {pk}")
    row, at = _made(model, found), len(model._meta.concrete_fields)
    for name in along:
        behind: Any = model._meta.get_field(name).related_model
        setattr(row, name, None if getattr(row, f"{name}_id") is None else _made(behind, found[at:]))
        at += len(behind._meta.concrete_fields)
    return row


def _made(model: type[AnyRow], values: Sequence[Any]) -> AnyRow:
    """A row of the first of these values."""
    fields = model._meta.concrete_fields
    loaded = _loaded(model._meta, values[: len(fields)])
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], loaded)


def read_along(row: Model, *names: str) -> None:
    """The rows behind these foreign keys of a row, where they were not read yet."""
    for name in names:
        field = row._meta.get_field(name)
        if not field.is_cached(row) and (pk := getattr(row, field.attname)) is not None:
            setattr(row, name, read_row(field.related_model, pk))


def insert_row(row: Model) -> None:
    """Add a row and give it its number."""
    upsert_row(row, ())


def upsert_row(row: Model, key: tuple[str, ...], *, keep: tuple[str, ...] = ()) -> None:
    """Add a row, or bring the one with the same `key` up to date but for the fields it is to `keep`."""
    (row.pk,) = _run(_insert(row._meta, key, keep), _values(row, add=True))
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001


def update_row(row: Model) -> None:
    """Write every field of a row that is there; the row then has the values as the database keeps them."""
    meta = row._meta
    found = _run(_update(meta), [*_values(row, add=False), row.pk])
    if found is None:
        raise type(row).DoesNotExist(f"{type(row).__name__} {row.pk}")
    for field, value in zip(meta.concrete_fields, _loaded(meta, found), strict=True):
        setattr(row, field.attname, value)


def bring_up_to_date(stale: Model, row: Model) -> None:
    """Give one object the values of another of the same row; like `refresh_from_db` it forgets the rows it had read
    along.
    """
    for field in row._meta.concrete_fields:
        setattr(stale, field.attname, getattr(row, field.attname))
    stale._state.fields_cache.clear()  # noqa: SLF001
    stale.__dict__.pop("_prefetched_objects_cache", None)


def _run(sql: str, values: list[Any]) -> Any:
    found = _statement(sql)(*values)
    return found[0] if found else None


@cache
def _statement(sql: str) -> Callable[..., list[tuple[Any, ...]]]:
    return prepared_sql("a row", sql)


def _values(row: Model, *, add: bool) -> list[Any]:
    connection = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_save(field.pre_save(row, add), connection) for field in _written(row._meta)]


def _loaded(meta: Any, found: Sequence[Any]) -> list[Any]:
    values = list(found)
    for place, column, convert in _converters(meta):
        values[place] = convert(values[place], column, connections[DEFAULT_DB_ALIAS])
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
def _select(meta: Any, lock: bool, along: tuple[str, ...]) -> str:
    columns, joins = [f"t.{_name(field)}" for field in meta.concrete_fields], ""
    for number, field in enumerate(map(meta.get_field, along)):
        behind = field.related_model._meta
        columns += [f"a{number}.{_name(one)}" for one in behind.concrete_fields]
        joins += f" LEFT JOIN {_table(behind)} a{number} ON a{number}.{_name(behind.pk)} = t.{_name(field)}"
    row = f"FROM {_table(meta)} t{joins} WHERE t.{_name(meta.pk)} = %s{' FOR UPDATE OF t' if lock else ''}"
    return f"SELECT {', '.join(columns)} {row}"


@cache
def _insert(meta: Any, key: tuple[str, ...], keep: tuple[str, ...]) -> str:
    fields, conflict = _written(meta), ""
    if key:
        changes = (f"{_name(field)} = EXCLUDED.{_name(field)}" for field in fields if field.name not in (*key, *keep))
        conflict = (
            f" ON CONFLICT ({', '.join(_name(meta.get_field(name)) for name in key)}) DO UPDATE SET"
            f" {', '.join(changes)}"
        )
    values = ", ".join(["%s"] * len(fields))
    into = f"{_table(meta)} ({', '.join(map(_name, fields))})"
    return f"INSERT INTO {into} VALUES ({values}){conflict} RETURNING {_name(meta.pk)}"  # noqa: S608


@cache
def _update(meta: Any) -> str:
    changes = ", ".join(f"{_name(field)} = %s" for field in _written(meta))
    return f"UPDATE {_table(meta)} SET {changes} WHERE {_name(meta.pk)} = %s RETURNING {_columns(meta)}"  # noqa: S608


def _columns(meta: Any) -> str:
    return ", ".join(map(_name, meta.concrete_fields))


def _table(meta: Any) -> str:
    return connection.ops.quote_name(meta.db_table)


def _name(field: Field) -> str:
    return connection.ops.quote_name(field.column)
