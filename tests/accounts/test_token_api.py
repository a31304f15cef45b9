"""The API's own door: token, second factor, lock-out, first password, memberships."""

import pytest
from rest_framework.test import APIClient

from accounts.domain import upkeep
from accounts.domain.memberships import open_account
from accounts.enums import Role
from accounts.models import ApiToken, Event
from tests.factories import PASSWORD, administrator, member, office, operator, unit
from tests.factories.accounts import code_of, with_totp, wrong_code

pytestmark = pytest.mark.django_db
TOKEN, POSTS = "/api/v1/auth/token/", "/api/v1/auth/memberships/"


@pytest.fixture
def api():
    return APIClient()


def ask(api, username, password=PASSWORD, **more):
    return api.post(TOKEN, {"username": username, "password": password, **more}, format="json")


def with_token(answer, **headers) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}", **headers)
    return client


def test_a_token_acts_in_the_users_posts(api):
    clerk = operator(unit(name="青城技校"))
    answer = ask(api, clerk.user.username)
    assert answer.status_code == 200
    assert answer.json()["memberships"] == [
        {
            "id": clerk.pk,
            "organisation": "青城技校",
            "organisation_id": clerk.organisation_id,
            "organisation_kind": "institution",
            "division": "150102",
            "division_name": "新城区",
            "role": "operator",
            "role_name": "经办人",
            "title": "",
        }
    ]
    assert with_token(answer).get(POSTS).json() == answer.json()["memberships"]
    event = Event.objects.get(act="token.issued")
    token = ApiToken.objects.get()
    assert (event.user, event.chain, event.data["token"]) == (clerk.user, "150102", token.pk)
    assert answer.json()["token"] not in f"{event.data}{event.subject}{event.reason}"


def test_a_wrong_password_is_a_problem_in_the_readers_language(api):
    membership = member(office())
    answer = ask(api, membership.user.username, "wrong")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["detail"] == "用户名或密码不正确。"
    assert Event.objects.filter(act="account.login_failed", user=membership.user).count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"username": "x"}, {"username": "", "password": ""}, {"username": ["a"], "password": {}}]
)
def test_half_a_request_is_refused(api, body):
    answer = api.post(TOKEN, body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_the_lock_out_is_one_for_browser_and_api(api, client):
    membership = member(office())
    for _attempt in range(5):
        answer = ask(api, membership.user.username, "wrong")
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (
        429,
        "application/problem+json",
        "900",
    )
    assert ask(api, membership.user.username).status_code == 429
    assert client.post("/account/login/", {"login": membership.user.username, "password": PASSWORD}).status_code == 429
    assert not ApiToken.objects.exists()


def test_the_door_is_throttled(api, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "throttle"}}
    membership = member(office())
    answers = [ask(api, membership.user.username).status_code for _attempt in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_first_password_gives_no_token(api):
    _user, first = open_account(
        "newcomer", "新人", organisation=office(), role=Role.OFFICER, by=administrator("150102")
    )
    answer = ask(api, "newcomer", first)
    assert answer.status_code == 403
    assert "修改初始密码" in answer.json()["detail"]
    assert not ApiToken.objects.exists()
    assert Event.objects.filter(act="token.refused").count() == 1


def test_with_totp_the_code_is_asked_for_and_checked(api):
    membership = member(office())
    secret = with_totp(membership.user)
    assert ask(api, membership.user.username).status_code == 401
    assert ask(api, membership.user.username, otp=wrong_code(secret)).status_code == 401
    assert ask(api, membership.user.username, otp=code_of(secret)).status_code == 200


def test_a_role_that_needs_totp_gets_no_token_without(api, settings):
    membership = administrator("150102")
    before = with_token(ask(api, membership.user.username))
    settings.TOTP_REQUIRED_ROLES = [Role.ADMINISTRATOR]
    assert "动态口令" in ask(api, membership.user.username).json()["detail"]
    assert before.get(POSTS).status_code == 403


def test_a_wrong_code_counts_as_a_wrong_password(api):
    membership = member(office())
    secret = with_totp(membership.user)
    answers = [ask(api, membership.user.username, otp=wrong_code(secret)).status_code for _attempt in range(5)]
    assert answers == [401, 401, 401, 401, 429]
    assert ask(api, membership.user.username, otp=code_of(secret)).status_code == 429


def test_the_header_picks_an_own_post_and_no_other(api):
    membership, stranger = member(office("150100"), Role.ADMINISTRATOR), member(office())
    below = membership.user.memberships.create(organisation=office("150102"), role=Role.ADMINISTRATOR)
    answer = ask(api, membership.user.username)
    assert [row["id"] for row in answer.json()["memberships"]] == [membership.pk, below.pk]
    assert with_token(answer, HTTP_X_MEMBERSHIP=str(below.pk)).get(POSTS).status_code == 200
    for wrong in (str(stranger.pk), "0", "x"):
        assert with_token(answer, HTTP_X_MEMBERSHIP=wrong).get(POSTS).status_code == 403


def test_without_a_token_nothing_is_answered(api):
    assert api.get(POSTS).status_code == 401


@pytest.mark.parametrize("do", [upkeep.reset_password, upkeep.deactivate, upkeep.clear_totp])
def test_a_token_ends_with_what_it_was_got_with(api, do):
    admin, membership = administrator("150102"), member(office())
    answer = ask(api, membership.user.username)
    do(membership.user, by=admin, reason="人员调离")
    assert with_token(answer).get(POSTS).status_code == 401
