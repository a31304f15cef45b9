"""Browsers that are logged in, and a place for files that is gone afterwards."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from accounts.models import Membership
from tests.casework.messages import SECRET, Gateway


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


@pytest.fixture
def to_files(settings, tmp_path):
    """Mail and SMS go to folders, as in the demo."""
    settings.MAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.MAIL_OPTIONS = {"file_path": str(tmp_path / "mail")}
    settings.SMS_ADAPTER, settings.SMS_FOLDER = "file", str(tmp_path / "sms")
    return tmp_path


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    """SMS go to a gateway over HTTP."""
    found = Gateway()
    settings.SMS_ADAPTER, settings.SMS_URL, settings.SMS_SECRET = "http", found.url, SECRET
    yield found
    found.close()
