"""Many rows written by one statement instead of a parameter a value, which takes seconds for ten thousand of them.

Changes go as an array a field, in place of a CASE a row; new rows by COPY, while they are being made. An array goes as
JSON: a list of twenty thousand values in the statement itself takes the database longer to parse than to write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Field, JSONField, Model

from kit.fast.copying import NULL, copy_in, escaped, hexed, json_line, write_json
from kit.fields import EncryptedTextField


def update_values(
    model: type[Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    by: str = "",
    only: tuple[str, Any] | None = None,
) -> int:
    """Write these fields of rows that are there already; gives how many were written. Arrays cannot be written so.

    Each of `rows` is a primary key, or the value of the field they are found `by`, and the values of these fields.
    `only` (a field and its value) leaves alone what has another value there.
    """
    if not rows:
        return 0
    fields = [model._meta.get_field(by) if by else model._meta.pk, *map(model._meta.get_field, names)]
    key, *columns = map(_column, fields)
    changes = ", ".join(f"{column} = v.{column}" for column in columns)
    field, value = (model._meta.get_field(only[0]), only[1]) if only else (None, None)
    still = f" AND t.{_column(field)} = %s" if field else ""
    given = f"{{rows}} AS v ({key}, {', '.join(columns)})"
    sql = f"UPDATE {_table(model)} t SET {changes} FROM {given} WHERE t.{key} = v.{key}{still}"  # noqa: S608
    return _execute(sql, fields, rows, *([field.get_prep_value(value)] if field else []))


def insert_made(model: type[Model], rows: Iterable[Model], at_most: int) -> None:
    """Add rows of one model while they are being made, `at_most` so many, all or none, and give them their numbers.

    Whoever makes them must not query on the way.
    """
    made = iter(rows)
    first = next(made, None)
    if first is None:
        return
    meta = model._meta
    fields = [field for field in meta.concrete_fields if field is not meta.pk]
    own_way = [field for field in fields if type(field).pre_save is not Field.pre_save]
    ready, values_of = [_text_of(field) for field in fields], attrgetter(*(field.attname for field in fields))

    def lines() -> Iterator[bytes]:
        for row, number in zip(chain([first], made), numbers, strict=False):
            for field in own_way:
                field.pre_save(row, True)
            row.pk, row._state.adding, row._state.db = number, False, connection.alias  # noqa: SLF001
            yield (
                b"\t".join([b"%d" % number, *[text(value) for text, value in zip(ready, values_of(row), strict=True)]])
                + b"\n"
            )

    with transaction.atomic(savepoint=False):
        numbers = _numbers(model, at_most)
        copy_in(meta.db_table, [meta.pk.column, *(field.column for field in fields)], lines())


def _numbers(model: type[Model], count: int) -> list[int]:
    """So many numbers of a model's own, taken before its rows are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [_table(model), model._meta.pk.column, count],
        )
        return [number for (number,) in cursor.fetchall()]


def insert_values(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """The same of rows that are no objects, each the values of these fields; no defaults of Python's are filled in.
    Gives how many.
    """
    fields = [model._meta.get_field(name) for name in names]
    ready = [_text_of(field) for field in fields]
    lines = (b"\t".join([text(value) for text, value in zip(ready, row, strict=True)]) + b"\n" for row in rows)
    return copy_in(model._meta.db_table, [field.column for field in fields], lines)


def insert_new(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """The same, but rows that are there already stay as they are; gives how many are new. Only then they go as one JSON
    text.
    """
    try:
        with transaction.atomic():
            return insert_values(model, names, rows)
    except IntegrityError:
        return _insert_missing(model, [model._meta.get_field(name) for name in names], rows)


def _text_of(field: Field) -> Callable[[Any], bytes]:
    """How a value of this field is written for COPY. A plain value that is the one of the row before is not written
    anew.
    """
    if isinstance(field, JSONField):
        return lambda value: NULL if value is None else json_line(value)
    if isinstance(field, EncryptedTextField):
        seal = field.sealer()
        return lambda value: NULL if value is None else hexed(seal(value))
    prepare, before, written = field.get_prep_value, None, NULL

    def text(value: Any) -> bytes:
        nonlocal before, written
        if value is not before:
            before, written = value, _written(prepare(value))
        return written

    return text


def _written(value: Any) -> bytes:
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return hexed(bytes(value))
    return NULL if value is None else str(value).encode()


def _execute(sql: str, fields: Sequence[Field], rows: Sequence[Sequence[Any]], *more: Any) -> int:
    """One statement with an array a field in the place of {rows}; `more` are the values of the places behind it."""
    arrays = ", ".join(
        f"ARRAY(SELECT json_array_elements_text(%s))::{field.cast_db_type(connection)}[]" for field in fields
    )
    values = [_array(field, column) for field, column in zip(fields, zip(*rows, strict=True), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(rows=f"unnest({arrays})"), [*values, *more])
        return cursor.rowcount


def _array(field: Field, column: Sequence[Any]) -> str:
    """The values of a field as a JSON list of texts and nothings; what is JSON itself is a text in it."""
    ready: Callable[[Any], Any] = write_json if isinstance(field, JSONField) else field.get_prep_value
    return write_json([None if value is None else ready(value) for value in column])


def _insert_missing(model: type[Model], fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> int:
    columns = ", ".join(map(_column, fields))
    types = ", ".join(f"{_column(field)} {field.cast_db_type(connection)}" for field in fields)
    values = [
        {field.column: field.get_prep_value(value) for field, value in zip(fields, row, strict=True)} for row in rows
    ]
    given = f"SELECT {columns} FROM jsonb_to_recordset(%s) AS v ({types})"  # noqa: S608
    sql = f"INSERT INTO {_table(model)} ({columns}) {given} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(sql, [write_json(values)])
        return cursor.rowcount


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: Field) -> str:
    return connection.ops.quote_name(field.column)
