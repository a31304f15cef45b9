"""Programs that hold a token, registries nobody else uses, and a place for files that is gone afterwards."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.models import Membership
from tests.casework.conftest import _files_of_the_test
from tests.factories import eligibility as people
from tests.factories.eligibility import registries
from tests.matrix.world import World, build
from tests.training import walk as walks

__all__ = ["_files_of_the_test", "registries"]


@pytest.fixture
def api() -> Callable[[Membership], APIClient]:
    """A program that acts in a membership by its token."""

    def program(membership: Membership) -> APIClient:
        key, _token = issue_token(membership.user)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {key}", HTTP_X_MEMBERSHIP=str(membership.pk))
        client.default_format = "json"
        return client

    return program


@pytest.fixture
def walk(registries):
    """A draft class of three people out of work whom every registry knows as such."""
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    return walk


@pytest.fixture
def world(registries) -> World:
    return build(registries)
