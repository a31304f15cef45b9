"""A Monday in March, registries in memory, browsers that are logged in, a place for files that is gone afterwards."""

import pytest

from eligibility.domain import crosscheck
from tests.api.conftest import api
from tests.casework.conftest import _files_of_the_test, browser
from tests.factories import subsidies as money

__all__ = ["_files_of_the_test", "api", "browser"]


@pytest.fixture(autouse=True)
def clock():
    """Everything happens on one Monday unless a test moves on."""
    with money.at(money.TODAY) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def registries(monkeypatch) -> money.Registries:
    """The outside systems; the real connection is tested in tests/registries and by one walk in test_checks."""
    known = money.Registries()
    monkeypatch.setattr(crosscheck, "gathered", known.gathered)
    return known
