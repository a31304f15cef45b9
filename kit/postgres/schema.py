"""Which migrations this version has, and which of them the database has had."""

from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Key = tuple[str, str]  # app, name


@cache
def migrations_of_this_version() -> frozenset[Key]:
    """What stands in the files; they do not change while a process runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def migrations_run() -> frozenset[Key]:
    """What the database has had. One query."""
    return frozenset(MigrationRecorder(connection).applied_migrations())


def migrations_left() -> frozenset[Key]:
    return migrations_of_this_version() - migrations_run()
