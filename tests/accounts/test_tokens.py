"""R-SEC-1, R-SEC-2: API tokens are hashed, expire, are seen and ended by their owner; the login guard keeps no typed
name.
"""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.models import ApiToken, Event
from tests.factories import PASSWORD, member, office, operator, unit
from tests.factories.accounts import code_of

pytestmark = pytest.mark.django_db
TOKEN, POSTS = "/api/v1/auth/token/", "/api/v1/auth/memberships/"


def bearer(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client


def got(membership, **more) -> dict:
    return (
        APIClient()
        .post(TOKEN, {"username": membership.user.username, "password": PASSWORD, **more}, format="json")
        .json()
    )


def test_whoever_reads_the_table_or_the_trail_holds_no_token():
    membership = member(office())
    key = got(membership, label="考勤机")["token"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM accounts_apitoken t UNION ALL SELECT e::text FROM accounts_event e")
        rows = " ".join(row for (row,) in cursor.fetchall())
    assert key not in rows
    assert ApiToken.objects.get().digest == hashlib.sha256(key.encode()).hexdigest()
    assert bearer(ApiToken.objects.get().digest).get(POSTS).status_code == 401


def test_a_token_ends_after_its_days(settings):
    settings.API_TOKEN_DAYS = 30
    membership = member(office())
    answer = got(membership)
    assert bearer(answer["token"]).get(POSTS).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=29, hours=23), tick=False):
        assert bearer(answer["token"]).get(POSTS).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1), tick=False):
        refused = bearer(answer["token"]).get(POSTS)
    assert (refused.status_code, refused.json()["detail"]) == (401, "令牌无效、已作废或已过期，请重新领取。")


def test_the_owner_sees_the_own_tokens_and_ends_one(client):
    membership, other = member(office()), member(office())
    first, second, foreign = (
        got(owner, label=label)["token"]
        for owner, label in ((membership, "考勤机"), (membership, "对账程序"), (other, "别人的"))
    )
    assert bearer(first).get(POSTS).status_code == 200
    client.force_login(membership.user)
    page = client.get(reverse("tokens"))
    assert [(token.label, token.used_at is not None) for token in page.context["page"]] == [
        ("对账程序", False),
        ("考勤机", True),
    ]
    assert "别人的" not in page.content.decode()
    url = reverse("token_revoke", args=[ApiToken.objects.get(label="考勤机").pk])
    assert client.post(url).status_code == 302
    assert [bearer(key).get(POSTS).status_code for key in (first, second, foreign)] == [401, 200, 200]
    assert client.post(url).status_code == 302
    event = Event.objects.get(act="token.revoked")
    assert (event.user, event.data["label"]) == (membership.user, "考勤机")
    assert client.post(reverse("token_revoke", args=[ApiToken.objects.get(label="别人的").pk])).status_code == 404
    assert client.get(url).status_code == 302


def test_a_program_ends_its_own_token():
    membership = member(office())
    one, other = got(membership)["token"], got(membership)["token"]
    assert bearer(one).delete(TOKEN).status_code == 204
    assert [bearer(key).get(POSTS).status_code for key in (one, other)] == [401, 200]
    assert APIClient().delete(TOKEN).status_code == 401


def test_tokens_got_without_a_second_factor_end_when_it_is_set_up(client, django_capture_on_commit_callbacks):
    clerk = operator(unit())
    key = got(clerk)["token"]
    client.post("/account/login/", {"login": clerk.user.username, "password": PASSWORD})
    client.post(client.get(reverse("mfa_activate_totp")).headers["Location"], {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}).status_code == 302
    assert Event.objects.filter(act="account.totp_added").exists()
    assert bearer(key).get(POSTS).status_code == 401
    assert got(clerk, otp=code_of(secret))["token"]


def test_a_new_password_ends_all_tokens(client):
    membership = member(office())
    key = got(membership)["token"]
    client.force_login(membership.user)
    new = "another-horse-Battery-7"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert bearer(key).get(POSTS).status_code == 401


def test_the_use_of_a_token_is_noted_once_in_ten_minutes():
    membership = member(office())
    key, _token = issue_token(membership.user)
    bearer(key).get(POSTS)
    used = ApiToken.objects.get().used_at
    bearer(key).get(POSTS)
    assert ApiToken.objects.get().used_at == used
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        bearer(key).get(POSTS)
        assert ApiToken.objects.get().used_at == timezone.now()


# ── the login guard
# ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_password_typed_into_the_name_box_is_kept_nowhere(client, door):
    typed = "Secret-horse-Battery-9"
    for _attempt in range(6):
        if door == "page":
            client.post(f"/account/login/?login={typed}", {"login": typed, "password": "x"})
        else:
            APIClient().post(TOKEN, {"username": typed, "password": "x"}, format="json")
    assert AccessAttempt.objects.exists()
    with connection.cursor() as cursor:
        for table in ("axes_accessattempt", "axes_accesslog", "axes_accessfailurelog", "accounts_event"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            rows = cursor.fetchone()[0]
            assert typed not in rows
            assert typed[:4] not in rows
    names = {
        event.data["username"] for event in Event.objects.filter(act__in=["account.login_failed", "account.locked_out"])
    }
    assert len(names) == 1
    assert names.pop().startswith("未知用户名 #")


def test_the_guard_still_locks_the_one_name_only(client):
    membership, other = member(office()), member(office())
    for _attempt in range(5):
        client.post("/account/login/", {"login": membership.user.username, "password": "wrong"})
    assert client.post("/account/login/", {"login": membership.user.username, "password": PASSWORD}).status_code == 429
    assert client.post("/account/login/", {"login": other.user.username, "password": PASSWORD}).status_code == 302
