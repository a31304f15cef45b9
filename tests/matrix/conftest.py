"""The matrices stand on the API's world."""

from tests.api.conftest import _files_of_the_test, api, registries, world

__all__ = ["_files_of_the_test", "api", "registries", "world"]
