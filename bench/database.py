"""A database of its own a scale, kept until the schema, the generator or the keys change."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from bench.generator import build
from bench.scales import DAY, SEED, Scale

ROOT = Path(__file__).resolve().parent
HALF_BUILT = "half built"
GENERATOR = ("generator", "scales", "calendar", "offices", "catalogue", "judgements", "people", "indexes")


class NoDatabaseError(Exception):
    """The server does not let us create a database; the sentence says what is needed."""


def name_of(scale: Scale) -> str:
    return f"fanbu_bench_{scale.name}"


def stamp_of(scale: Scale) -> str:
    """What the data were made from: migrations, generator, keys, seed, day."""
    files = [
        *sorted(ROOT.parent.glob("*/migrations/*.py")),
        *(ROOT / f"{name}.py" for name in GENERATOR),
        *sorted(ROOT.glob("sql/*.sql")),
        *sorted(ROOT.glob("data/*.json")),
    ]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files))
    digest.update(settings.FANBU_INDEX_KEY + b"".join(key for _id, key in sorted(settings.FANBU_FIELD_KEYS.items())))
    return f"fanbu bench {scale.name} {SEED} {DAY} {digest.hexdigest()[:24]}"


def use(scale: Scale, *, name: str = "", fresh: bool = False, say: Callable[[str], None] = lambda line: None) -> None:
    """Point this process at the scale's database, made first where it is missing or of other origin."""
    name, wanted = name or name_of(scale), stamp_of(scale)
    if fresh or stamp_on(name) != wanted:
        create(name)
        point_at(name)
        say(f"· building {name}: {scale.enrolments:,} enrolments")
        call_command("migrate", interactive=False, verbosity=0)
        build(scale, say)
        with on_server(name) as cursor:
            cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [wanted])
            cursor.execute("VACUUM ANALYZE")
    point_at(name)


def point_at(name: str) -> None:
    """All connections of this process, those of later threads included, go to this database."""
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


class on_server:  # noqa: N801 - reads as a sentence
    """A cursor outside of any transaction, on the given database or on the one the settings named."""

    def __init__(self, name: str = "") -> None:
        options = connection.get_connection_params()
        options.pop("cursor_factory", None)
        options.pop("context", None)
        self.connection = psycopg2.connect(**(options | ({"dbname": name} if name else {"dbname": "postgres"})))
        self.connection.autocommit = True

    def __enter__(self) -> Any:
        return self.connection.cursor()

    def __exit__(self, *_problem: object) -> None:
        self.connection.close()


def stamp_on(name: str) -> str:
    """The stamp of a database that is there, else nothing."""
    with on_server() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        row = cursor.fetchone()
        return (row[0] or "") if row else ""


def drop(name: str) -> None:
    with on_server() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def create(name: str) -> None:
    """An empty database in the place of the old one; it counts as half built until its stamp is set."""
    connections.close_all()
    with on_server() as cursor:
        try:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
        except psycopg2.errors.InsufficientPrivilege as problem:
            raise NoDatabaseError(
                "The benchmark needs a PostgreSQL account that may create databases (CREATEDB)."
            ) from problem
        cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [HALF_BUILT])


def size_on_disk() -> int:
    """Bytes of the database in use."""
    with closing(connection.cursor()) as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def address(name: str) -> str:
    """DATABASE_URL of a database on the server in use, for processes of their own."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
