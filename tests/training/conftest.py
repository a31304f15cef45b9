"""Registries nobody else uses, browsers that are logged in, and a place for files that is gone afterwards."""

from tests.api.conftest import api
from tests.casework.conftest import _files_of_the_test, browser
from tests.factories.eligibility import registries

__all__ = ["_files_of_the_test", "api", "browser", "registries"]
