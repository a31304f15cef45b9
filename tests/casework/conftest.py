"""Browsers that are logged in, and a place for files that is gone afterwards."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Membership


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def browser() -> Callable[[Membership], Client]:
    def logged_in(membership: Membership) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(membership.user)
        return client

    return logged_in
