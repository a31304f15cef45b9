"""The two ways in besides the token itself: the browser's session, and which membership a program acts in (R-LVL-2)."""

import pytest
from rest_framework.test import APIClient

from accounts.enums import Role
from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_browser_reads_with_its_session_and_writes_with_its_csrf_token(walk):
    walk.to_officer()
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(walk.officer.user)
    path = f"/api/v1/openings/{walk.opening.pk}/"
    assert browser.get(path).json()["state"] == "in_review"
    forged = browser.post(f"{path}moves/approve/", {"expected_version": 2}, format="json")
    assert (forged.status_code, forged["Content-Type"]) == (403, "application/problem+json")
    assert walk.opening.state == "in_review"


def test_one_user_sees_by_each_post_what_belongs_to_it(walk, api):
    walk.to_officer()
    elsewhere = factories.office("150203")
    user = User.objects.get(pk=factories.member(elsewhere).user_id)
    here = factories.open_membership(user, organisation=walk.officer.organisation, role=Role.OFFICER, by=None)
    path = f"/api/v1/openings/{walk.opening.pk}/"
    assert api(user.memberships.get(organisation=elsewhere)).get(path).status_code == 404
    assert api(here).get(path).status_code == 200


@pytest.mark.parametrize("chosen", ["0", "999999", "9" * 40, "١", "x", "-1"])
def test_a_post_that_is_not_the_users_is_refused(walk, api, chosen):
    program = api(walk.officer)
    program.credentials(HTTP_AUTHORIZATION=program._credentials["HTTP_AUTHORIZATION"], HTTP_X_MEMBERSHIP=chosen)
    answer = program.get("/api/v1/openings/")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("token", ["Token wrong", "Token", "Token a b", "Bearer x", "Token \udcff"])
def test_a_token_nobody_gave_opens_nothing(token):
    client = APIClient()
    answer = client.get("/api/v1/openings/", HTTP_AUTHORIZATION=token.encode("latin-1", "replace").decode("latin-1"))
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Token"
