"""One migration head per room, and the models say what the database has."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.architecture.code import ROOMS


def test_each_room_has_one_head():
    loader = MigrationLoader(None)
    assert {room: len(loader.graph.leaf_nodes(room)) for room in ROOMS[1:]} == dict.fromkeys(ROOMS[1:], 1)


@pytest.mark.django_db
def test_no_model_change_waits_for_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_schema_uses_no_extension():
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert {name for (name,) in cursor.fetchall()} == {"plpgsql"}
