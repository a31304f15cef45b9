"""A first password is told once, on a page of its own, however often the form or the page is sent again (R-REG-1,
R-SEC-2).
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.form_tokens import FIELD
from accounts.models import Event, Membership, Organisation, User
from kit.numbers import uscc_from
from tests.accounts.test_forms import token
from tests.accounts.test_people import ACCOUNT, OFFICE
from tests.factories import administrator, member, office, officer, unit
from training.models import Unit

pytestmark = pytest.mark.django_db
ASKED = {
    "kind": "institution",
    "name": "新城职业培训学校",
    "uscc": uscc_from("150102", 900_001),
    "division": "150102",
    "full_name": "李敏",
    "phone": "13904710001",
    "username": "limin",
    "requested": "phone",
    "note": "来电",
}


def logged_in(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user)
    return client


def a_membership_here() -> str:
    return reverse("user_act", args=[member(office()).user_id, "reset-password"])


def the_users_page() -> str:
    return reverse("user", args=[User.objects.order_by("pk").last().pk])


# who, the page the form stands on, where it is sent, what is typed
DOORS = {
    "office": (lambda: administrator("150100"), lambda: reverse("organisation_new"), None, OFFICE),
    "person": (lambda: administrator("150100"), lambda: reverse("user_new", args=[unit().pk]), None, ACCOUNT),
    "reset": (lambda: administrator("150100"), a_membership_here, the_users_page, {"reason": "忘记密码"}),
    "unit": (officer, lambda: reverse("unit_open"), None, ASKED),
}


@pytest.mark.parametrize("door", DOORS)
def test_the_form_leads_to_a_page_that_tells_the_password_once(door):
    who, where, stands_on, form = DOORS[door]
    client, address = logged_in(who()), where()
    form = {**form, FIELD: token(client, stands_on() if stands_on else address)}
    before = Event.objects.filter(act__in=["account.opened", "account.password_reset"]).count()
    first, second = (client.post(address, form) for _click in range(2))
    assert (first.status_code, second.status_code, first.url == second.url) == (302, 302, True)
    user = User.objects.order_by("-pk").first()
    sealed = str(dict(client.session))
    page = client.get(first.url)
    password = page.context["password"]
    assert (page.status_code, user.check_password(password), page.content.decode().count(password)) == (200, True, 1)
    assert "no-store" in page["Cache-Control"]
    assert password not in sealed + str(dict(client.session)) + first.url
    again = client.get(first.url, follow=True)
    assert (password in again.content.decode(), "已经显示过" in again.content.decode()) == (False, True)
    assert Event.objects.filter(act__in=["account.opened", "account.password_reset"]).count() <= before + 1
    assert User.objects.get(pk=user.pk).check_password(password)


def test_two_accounts_opened_in_two_tabs_are_both_told():
    client, school = logged_in(administrator("150100")), unit()
    pages = [
        client.post(reverse("user_new", args=[school.pk]), ACCOUNT | {"username": name}).url
        for name in ("clerk", "clerk2")
    ]
    told = {client.get(page).context["person"].username: client.get(page) for page in pages}
    assert told.keys() == {"clerk", "clerk2"}
    assert Membership.objects.filter(organisation=school).count() == 2


def test_a_password_waits_half_an_hour_and_for_its_own_reader(time_machine):
    time_machine.move_to("2026-07-01T10:00:00+08:00", tick=False)
    membership, school = administrator("150100"), unit()
    client = logged_in(membership)
    page = client.post(reverse("user_new", args=[school.pk]), ACCOUNT).url
    assert (
        "已经显示过" in logged_in(membership).get(page, follow=True).content.decode()
    )  # the same membership in another browser
    assert client.head(page).status_code == 200
    assert logged_in(administrator("150200")).get(page).status_code == 404
    time_machine.move_to("2026-07-01T10:31:00+08:00", tick=False)
    assert "已经显示过" in client.get(page, follow=True).content.decode()


def test_what_was_refused_opens_nothing_and_is_shown_with_its_words():
    client = logged_in(administrator("150100"))
    answer = client.post(reverse("organisation_new"), OFFICE | {"account-full_name": "123"})
    assert (answer.status_code, "应急局" in answer.content.decode()) == (400, True)
    assert not Organisation.objects.filter(department="emergency").exists()
    assert not Unit.objects.exists()
