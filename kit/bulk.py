"""Many rows changed by one statement over arrays: what bulk_update does with a CASE a row takes seconds for ten thousand of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> int:
    """Write these fields of rows of one model that are there already; gives how many were written. Arrays cannot be written so."""
    if not rows:
        return 0
    meta = type(rows[0])._meta
    fields = [meta.get_field(name) for name in names]
    keys = [meta.pk, *fields]
    quote = connection.ops.quote_name
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in keys]
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in keys)
    columns = ", ".join(quote(field.column) for field in keys)
    changes = ", ".join(f"{quote(field.column)} = v.{quote(field.column)}" for field in fields)
    key = quote(meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} t SET {changes} FROM unnest({arrays}) AS v ({columns}) WHERE t.{key} = v.{key}", values)  # noqa: S608
        return cursor.rowcount
