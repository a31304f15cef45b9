"""The smallest region in a database of its own, made as `./dev bench` makes the large ones; kept with --reuse-db."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from bench.database import drop, point_at, use
from bench.scales import TINY


@pytest.fixture(scope="package")
def _tiny_database(request, django_db_blocker) -> Iterator[str]:
    name, keep = f"{settings.DATABASES['default']['TEST']['NAME']}_bench", request.config.getvalue("reuse_db")
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        use(TINY, name=name, fresh=not keep)
        point_at(usual)
        yield name
        if not keep:
            drop(name)


@pytest.fixture
def tiny(_tiny_database, django_db_blocker) -> Iterator[None]:
    """A thousand enrolments; what a test changes it takes back itself."""
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        point_at(_tiny_database)
        yield
        point_at(usual)
