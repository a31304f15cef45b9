"""Rows streamed into a table by COPY while they are being made, so that the database works on the first while the next
are made.

A row is one line of COPY's text form; `hexed` and `escaped` make its values. Whoever makes the rows must not query on
the way: the connection is busy taking them, and the statement ends with an error.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection

LINES = 20
NULL = b"\\N"


def copy_in(table: str, columns: Sequence[str], lines: Iterable[bytes]) -> int:
    """Add the rows whose lines these are, all or none; gives how many. What goes wrong in making them is raised as it
    was.
    """
    source = _Source(lines)
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        try:
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {name(table)} ({', '.join(map(name, columns))}) FROM STDIN", source)
        except Exception as problem:
            if source.problem:
                raise source.problem from problem
            raise
        return int(cursor.rowcount)


def hexed(value: bytes) -> bytes:
    """Bytes as COPY reads them."""
    return b"\\\\x" + value.hex().encode()


def escaped(text: str) -> bytes:
    """A text as COPY reads it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").encode()


def json_line(value: Any) -> bytes:
    """JSON as COPY reads it; in its text only the backslash must be escaped."""
    return write_json(value).encode().replace(b"\\", b"\\\\")


class _Source:
    """Lines as the file the driver reads from, some at a time; the driver itself keeps only the words of an error."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.lines: Iterator[bytes] = iter(lines)
        self.problem: Exception | None = None

    def read(self, _size: int = -1) -> bytes:
        try:
            return b"".join(islice(self.lines, LINES))
        except Exception as problem:
            self.problem = problem
            raise


def _plain(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, bytes | bytearray | memoryview):
        return f"\\x{bytes(value).hex()}"
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


write_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
