"""What every test stands on: a copy of the migrated database, an empty cache."""

import gc
from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from xdist.scheduler import LoadFileScheduling

from tests import databases, undefined
from tests.sessions import logged_in
from tests.stack import Demo, copied_checkout

# Fixtures that reach PostgreSQL or Valkey or start a process that listens.
NEEDS_A_SERVER = {
    "db",
    "transactional_db",
    "django_db_setup",
    "live_server",
    "place",
    "simulator_url",
    "portal",
    "tiny",
    "first_start",
}
# Folders whose tests take seconds each.
ON_THE_DEMO = ("tests/setup/test_demo.py", "tests/journeys/")
LONG = ("tests/setup/", "tests/bench/", "tests/browser/", "tests/matrix/")


def pytest_addoption(parser):
    parser.addoption(
        "--fast",
        action="store_true",
        help="leave out every test that needs PostgreSQL, Valkey, processes of its own or a browser",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A file's tests stay in one process, and all that share a demo."""
    return Together(config, log)


class Together(LoadFileScheduling):
    def _split_scope(self, nodeid):
        return "demo" if nodeid.startswith(ON_THE_DEMO) else super()._split_scope(nodeid)


def pytest_collection_modifyitems(config, items):
    """The long ones first, then the largest files, so that all processes end together; in a file last those that share
    what is committed. With --fast only what needs no server at all is left: rules, engine, numbers, workbooks, the
    code's own habits.
    """
    size = Counter(item.path for item in items)

    def place(item):
        long = next((n for n, part in enumerate((*ON_THE_DEMO, *LONG)) if item.nodeid.startswith(part)), 99)
        return long, -size[item.path], item.path, "_busy_year" in item.fixturenames

    items.sort(key=place)
    if not config.getoption("--fast"):
        return
    slow = [item for item in items if needs_a_server(item)]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in set(slow)]


def pytest_collection_finish():
    """What is loaded by now stays: the search for garbage need not look at it again, and seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def needs_a_server(item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "services", "browser"))
    return marked or bool(NEEDS_A_SERVER & set(item.fixturenames))


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """This process's copy of the migrated database, made anew behind every test that commits; gives what does so."""
    name = connection.settings_dict["TEST"]["NAME"]
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        template = databases.template(fresh=request.config.getoption("create_db"))

        def anew():
            databases.copy(template, name)

        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: anew())
        anew()
        yield anew
        databases.point_at(usual)
        databases.drop(name)


@pytest.fixture(scope="session")
def first_start(tmp_path_factory):
    """The demo's first start, from nothing, in a copy of the checkout: the test of it and the journeys share it."""
    with copied_checkout(tmp_path_factory.mktemp("demo")) as copy:
        demo = Demo(copy)
        try:
            yield demo
        finally:
            demo.end_for_sure()


@pytest.fixture(autouse=True, scope="session")
def _logged_in_at_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", logged_in)
        yield


@pytest.fixture(autouse=True)
def _clean_cache():
    """Nothing of an earlier test: neither what was cached nor the language of its last page."""
    cache.clear()
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_undefined():
    """Whatever page a test comes by: no template names what is not there."""
    with undefined.collected() as found:
        yield
    assert list(found) == []
