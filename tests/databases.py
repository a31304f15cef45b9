"""The tests' databases: the migrations make a template once for each state of the schema, every process works on a
copy.

A test that commits has the copy made anew behind it (a fifth of a second, as long as emptying every table), so that no
test finds what another one left, whatever the order.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection

from bench.database import on_server, point_at
from devtools.folders import PROJECT

TEMPLATE = "fanbu_template"
ALONE = 2_020_095  # the advisory lock of whoever makes, copies or drops a database
MADE_BY = (
    "*/migrations/*.py",
    "*/models/**/*.py",
    "*/models.py",
    "*/enums.py",
    "*/reference.py",
    "*/data/*.csv",
    "kit/**/*.py",
    "config/settings.py",
    "requirements.txt",
)


def digest() -> str:
    """Hash whatever the template is made of: migrations, models (their permissions), reference rows, packages."""
    found = hashlib.sha256()
    for path in sorted({path for pattern in MADE_BY for path in PROJECT.glob(pattern) if ".venv" not in path.parts}):
        found.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def alone() -> Iterator[Any]:
    """A cursor on the server's own database; others who make or drop databases wait."""
    with on_server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ALONE])
        yield cursor


def copy(template: str, name: str) -> None:
    """Make the database `name` a fresh copy, and the one in use."""
    with alone() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    point_at(name)


def drop(name: str) -> None:
    with alone() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def template(*, fresh: bool = False) -> str:
    """Give the name of the migrated database of today's schema, made where it is missing; those of other days go."""
    name = f"{TEMPLATE}_{digest()}"
    with alone() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [TEMPLATE])
        there = {found for (found,) in cursor.fetchall()}
        if name not in there or fresh:
            for old in there:
                cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
            migrate(cursor, name)
    return name


def migrate(cursor: Any, name: str) -> None:
    """Run the migrations into a database aside, which gets its name when it is whole."""
    aside, usual = f"{TEMPLATE}_half", connection.settings_dict["NAME"]
    cursor.execute(f"CREATE DATABASE {aside}")
    point_at(aside)
    try:
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    finally:
        point_at(usual)
    cursor.execute(f"ALTER DATABASE {aside} RENAME TO {name}")
