"""Re-encrypting every encrypted column under the newest key (R-SEC-1). Models are walked through the registry, not
imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, transaction

from kit.crypto import DecryptionError, Keyring
from kit.fields import EncryptedTextField


@dataclass
class Rotation:
    """One column's count: values newly encrypted, and the keys of rows no key opens (at most ten)."""

    column: str
    renewed: int = 0
    unreadable: int = 0
    examples: list[str] = field(default_factory=list)


def encrypted_columns() -> list[EncryptedTextField]:
    """Every encrypted column of every table of this installation, in a stable order."""
    found = {
        (model._meta.db_table, column.column): column
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for column in model._meta.local_fields
        if isinstance(column, EncryptedTextField)
    }
    return [found[key] for key in sorted(found)]


def rotate(column: EncryptedTextField, batch_size: int) -> Rotation:
    """Renew one column batch by batch, each batch in a transaction of its own.

    Values under the newest key are not touched: an interrupted run is simply started again. A value somebody changes
    meanwhile is left alone, since it was then written under the newest key.
    """
    meta, ring = column.model._meta, Keyring.from_settings()
    quote = connection.ops.quote_name
    names = {"table": quote(meta.db_table), "column": quote(column.column), "pk": quote(meta.pk.column)}
    done = Rotation(f"{meta.db_table}.{column.column}")
    for rows in _old_values(names, ring.newest, batch_size):
        renewed = []
        for pk, blob in rows:
            try:
                renewed.append((ring.reencrypt(blob, column.aad), pk, blob))
            except DecryptionError:
                done.unreadable += 1
                done.examples += [str(pk)] if len(done.examples) < 10 else []
        done.renewed += _store(names, renewed)
    return done


OLD_VALUES = (
    "SELECT {pk}, {column} FROM {table} WHERE octet_length({column}) > 0 AND get_byte({column}, 0) <> %(newest)s"
    " AND (%(first)s OR {pk} > %(last)s) ORDER BY {pk} LIMIT %(batch)s"
)
RENEW = "UPDATE {table} SET {column} = %s WHERE {pk} = %s AND {column} = %s"


def _old_values(names: dict[str, str], newest: int, batch_size: int) -> Iterator[list[tuple[object, bytes]]]:
    """Batches of (pk, value) not under the newest key, walked once by primary key."""
    given: dict[str, object] = {"newest": newest, "first": True, "last": None, "batch": batch_size}
    while True:
        with connection.cursor() as cursor:
            cursor.execute(OLD_VALUES.format(**names), given)
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        given |= {"first": False, "last": rows[-1][0]}


def _store(names: dict[str, str], renewed: list[tuple[bytes | None, object, bytes]]) -> int:
    """How many rows still held the value that was read and now hold the new one."""
    stored = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fanbu.rotating_keys', 'on', true)")  # the same account under another key
        for values in renewed:
            cursor.execute(RENEW.format(**names), values)
            stored += cursor.rowcount
    return stored
