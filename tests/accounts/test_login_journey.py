"""R-REG-1, R-SEC-1, R-SEC-2: the way in by browser: lock-out, first password, second factor, each on the record."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.memberships import open_account
from accounts.enums import Role
from accounts.middleware import ProxyAddressMiddleware
from accounts.models import Event, User
from tests.factories import PASSWORD, administrator, member, office
from tests.factories.accounts import code_of, with_totp, wrong_code

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "blue-Lantern-over-rivers"


def log_in(client: Client, username: str, password: str, **extra):
    return client.post(reverse("account_login"), {"login": username, "password": password}, **extra)


def acts_of(user: User) -> list[str]:
    return list(Event.objects.filter(user=user).order_by("pk").values_list("act", flat=True))


def test_five_wrong_passwords_shut_the_door_for_the_right_one_too(client):
    membership = member(office(), username="officer1")
    answers = [log_in(client, "officer1", "wrong").status_code for _attempt in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = log_in(client, "officer1", PASSWORD)
    assert locked.status_code == 429
    assert "锁定" in locked.content.decode()
    assert "_auth_user_id" not in client.session
    assert acts_of(membership.user) == ["account.login_failed"] * 4 + ["account.locked_out"]


def test_a_lock_holds_for_one_address_and_one_name_only(client):
    for name in ("officer1", "officer2"):
        member(office(), username=name)
    for _attempt in range(5):
        log_in(client, "officer1", "wrong")
    assert log_in(Client(), "officer2", PASSWORD).status_code == 302
    assert log_in(Client(), "officer1", PASSWORD, REMOTE_ADDR="10.1.2.3").status_code == 302


def test_a_password_typed_into_the_name_box_does_not_reach_the_trail(client):
    log_in(client, "My-Secret-Password", "x")
    event = Event.objects.get(act="account.login_failed")
    assert event.user is None
    assert event.data["username"].startswith("未知用户名 #")
    assert "My" not in str(event.data)
    assert "My-Secret-Password" not in f"{event.actor}{event.subject}{event.reason}"


def test_login_and_logout_are_on_the_record_of_the_own_division(client):
    membership = member(office("150103"), username="officer1")
    log_in(client, "officer1", PASSWORD)
    client.post(reverse("account_logout"))
    assert list(Event.objects.filter(user=membership.user).values_list("act", "chain").order_by("pk")) == [
        ("account.login", "150103"),
        ("account.logout", "150103"),
    ]


def test_nobody_signs_up(client):
    answer = client.post(
        reverse("account_signup"), {"username": "me", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    assert answer.status_code == 200
    assert not User.objects.filter(username="me").exists()


@pytest.mark.parametrize(
    "name", ["account_reset_password", "account_email", "account_set_password", "account_confirm_login_code"]
)
def test_no_way_in_goes_by_mail(client, name):
    for membership in (None, member(office())):
        if membership:
            client.force_login(membership.user)
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse(name), {"email": "a@example.com", "action_add": "1"}).status_code == 404


@pytest.fixture
def newcomer():
    admin = administrator("150102")
    return open_account("newcomer", "新人", organisation=office(), role=Role.OFFICER, by=admin)


def test_a_first_password_opens_nothing_but_its_own_change(client, newcomer):
    _user, first = newcomer
    log_in(client, "newcomer", first)
    for name in ("home", "users", "audit", "mfa_index"):
        assert client.get(reverse(name)).headers.get("Location") == reverse("account_change_password"), name
    assert client.post(reverse("switch_membership"), {"membership": "1"}).headers["Location"] == reverse(
        "account_change_password"
    )
    assert client.get("/api/v1/auth/memberships/").status_code == 403
    assert client.get(reverse("account_change_password")).status_code == 200


def test_the_first_password_cannot_be_kept_and_a_new_one_lets_in(client, newcomer):
    user, first = newcomer
    log_in(client, "newcomer", first)
    kept = client.post(
        reverse("account_change_password"), {"oldpassword": first, "password1": first, "password2": first}
    )
    assert "不能与初始密码相同" in kept.content.decode()
    user.refresh_from_db()
    assert user.must_change_password
    client.post(
        reverse("account_change_password"), {"oldpassword": first, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    user.refresh_from_db()
    assert not user.must_change_password
    assert client.get(reverse("home")).status_code == 200
    assert log_in(Client(), "newcomer", first).status_code == 200
    assert log_in(Client(), "newcomer", NEW_PASSWORD).status_code == 302
    assert "account.password_changed" in acts_of(user)


def test_a_role_that_needs_totp_must_set_it_up_before_anything_else(
    client, settings, django_capture_on_commit_callbacks
):
    settings.TOTP_REQUIRED_ROLES = [Role.ADMINISTRATOR]
    membership = administrator("150102")
    log_in(client, membership.user.username, PASSWORD)
    assert client.get(reverse("users")).headers["Location"] == reverse("mfa_activate_totp")
    assert client.get("/api/v1/auth/memberships/").status_code == 403
    again = client.get(reverse("mfa_activate_totp")).headers["Location"]
    assert again.startswith(reverse("account_reauthenticate"))
    client.post(again, {"password": PASSWORD})
    form = client.get(reverse("mfa_activate_totp"))
    assert form.status_code == 200
    secret = form.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}).status_code == 302
    assert client.get(reverse("users")).status_code == 200
    assert "account.totp_added" in acts_of(membership.user)


def test_a_role_that_needs_none_is_not_asked(client, settings):
    settings.TOTP_REQUIRED_ROLES = [Role.ADMINISTRATOR]
    membership = member(office())
    client.force_login(membership.user)
    assert client.get(reverse("home")).status_code == 200


def test_with_totp_the_password_alone_does_not_let_in(client):
    membership = member(office(), username="officer1")
    secret = with_totp(membership.user)
    answer = log_in(client, "officer1", PASSWORD)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("home")).status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert client.get(reverse("home")).status_code == 200
    assert acts_of(membership.user)[-1] == "account.login"


def test_six_digits_cannot_be_tried_out(client):
    membership = member(office(), username="officer1")
    secret = with_totp(membership.user)
    log_in(client, "officer1", PASSWORD)
    answers = [
        client.post(reverse("mfa_authenticate"), {"code": wrong_code(secret)}).status_code for _attempt in range(5)
    ]
    assert answers == [200, 200, 200, 200, 429]
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 429
    assert log_in(Client(), "officer1", PASSWORD).status_code == 429
    assert "account.locked_out" in acts_of(membership.user)


def test_switching_posts_changes_in_which_place_one_acts(client):
    membership = member(office("150100"), Role.ADMINISTRATOR)
    below = membership.user.memberships.create(organisation=office("150102"), role=Role.ADMINISTRATOR)
    client.force_login(membership.user)
    assert client.get(reverse("audit")).context["membership"] == membership
    client.post(reverse("switch_membership"), {"membership": below.pk, "next": "https://elsewhere.example/"})
    answer = client.get(reverse("audit"))
    assert answer.context["membership"] == below
    assert Event.objects.get(act="membership.taken").membership == below


@pytest.mark.parametrize("wrong", ["", "x", "0", "-1"])
def test_no_post_but_the_own_current_ones_can_be_switched_to(client, wrong):
    membership, other = member(office()), member(office())
    client.force_login(membership.user)
    assert client.post(reverse("switch_membership"), {"membership": wrong}).status_code == 404
    assert client.post(reverse("switch_membership"), {"membership": other.pk}).status_code == 404
    assert client.get(reverse("switch_membership")).status_code == 302


def test_a_user_without_a_seat_is_told_so(client):
    membership = administrator("150102")
    membership.user.memberships.update(until=membership.since.replace(year=2021))
    client.force_login(membership.user)
    answer = client.get(reverse("users"))
    assert answer.status_code == 403
    assert "没有在任岗位" in answer.content.decode()


def test_behind_the_proxy_the_callers_own_address_is_kept(rf):
    seen = ProxyAddressMiddleware(lambda request: request.META["REMOTE_ADDR"])
    assert seen(rf.get("/", HTTP_X_FORWARDED_FOR="1.1.1.1, 10.9.8.7")) == "10.9.8.7"
    assert seen(rf.get("/")) == "127.0.0.1"
