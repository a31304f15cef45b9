"""What every test stands on: the real database, the audit table's TRUNCATE guard lifted for transactional tests only."""

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.models import Division
from accounts.reference import load_divisions
from casework.models import Parameter, Reason, RouteStep
from casework.reference import load_policy
from training.models import Occupation
from training.reference import load_occupations


def put_back_reference() -> None:
    """Load the reference rows where a transactional test (of an earlier run, with --reuse-db) flushed them away."""
    if not Division.objects.exists():
        load_divisions(Division)
        load_policy(RouteStep, Parameter, Reason)
        load_occupations(Occupation)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("accounts_event", "casework_step"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER refuse_truncate")
        put_back_reference()


@pytest.fixture(autouse=True)
def _clean_cache():
    cache.clear()


@pytest.fixture
def reference(db):
    """Reference rows for a transactional test."""
    put_back_reference()
