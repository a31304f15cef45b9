"""Browsers that are logged in, and a place for files that is gone afterwards."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Post


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def browser() -> Callable[[Post], Client]:
    def logged_in(post: Post) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(post.user)
        return client

    return logged_in
