"""R-REG-1, R-LVL-2, R-AUT-5: opening and closing organisations, accounts and memberships, and who may not."""

from datetime import date

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.domain import upkeep
from accounts.domain.authority import grant, may
from accounts.domain.logins import is_locked
from accounts.domain.memberships import (
    end_membership,
    open_account,
    open_membership,
    open_organisation,
    set_organisation_active,
    users_in,
)
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event, Membership, Organisation, RemitUserGrant, User
from kit.ids import uscc_from
from kit.refusals import Refused
from tests.factories import PASSWORD, administrator, division, member, office, operator, unit

pytestmark = pytest.mark.django_db

OFFICE = {
    "division": "150103",
    "kind": "industry",
    "department": "emergency",
    "name": "回民区应急管理局",
    "short_name": "应急局",
    "uscc": "",
    "account-username": "emergency",
    "account-full_name": "苏和",
    "account-phone": "13847100001",
    "account-role": "officer",
    "account-title": "科员",
    "account-asked_by": "phone",
    "account-asked_who": "回民区应急管理局办公室 李主任",
}
ACCOUNT = {
    "username": "clerk",
    "full_name": "王芳",
    "phone": "",
    "role": "operator",
    "title": "",
    "asked_by": "in_person",
    "asked_who": "王芳本人",
}


def _counted() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


@pytest.fixture
def league(client):
    membership = administrator("150100")
    client.force_login(membership.user)
    return membership


def test_a_department_asked_for_by_telephone_gets_its_account(client, league):
    answer = client.post(reverse("organisation_new"), OFFICE, follow=True)
    password, user = answer.context["password"], User.objects.get(username="emergency")
    assert user.check_password(password)
    assert user.must_change_password
    assert user.phone == "13847100001"
    assert user.opened_by == league.organisation
    assert "no-store" in answer["Cache-Control"]
    membership = user.memberships.get()
    assert (
        membership.organisation.department,
        membership.organisation.division_id,
        membership.role,
        membership.title,
    ) == (
        "emergency",
        "150103",
        "officer",
        "科员",
    )
    said = dict(Event.objects.filter(membership=league).values_list("act", "reason"))
    assert said["organisation.opened"] == said["account.opened"] == "电话申请：回民区应急管理局办公室 李主任"
    trail = " ".join(f"{e.reason}{e.data}{e.subject}" for e in Event.objects.all())
    assert password not in trail
    assert "13847100001" not in trail


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("division", "150202", "选择一个有效的选项"),
        ("kind", "institution", "选择一个有效的选项"),
        ("department", "", "请选择是哪个行业主管部门"),
        ("uscc", "911501021000000001", "校验"),
        ("account-username", "大写 User", "小写字母"),
        ("account-full_name", "123", ""),
        ("account-phone", "1381", ""),
        ("account-asked_who", "", "必填项"),
        ("account-asked_who", "\u200b\u3164", "必填项"),
        ("account-role", "operator", "选择一个有效的选项"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_opened(client, league, field, value, says):
    before = Organisation.objects.count()
    answer = client.post(reverse("organisation_new"), OFFICE | {field: value})
    assert "password" not in answer.context
    page = answer.content.decode()
    assert "有几处需要修改" in page
    assert says in page
    assert (Organisation.objects.count(), User.objects.filter(username="emergency").count()) == (before, 0)


def test_an_office_is_not_opened_with_a_role_it_does_not_have(client, league):
    answer = client.post(reverse("organisation_new"), OFFICE | {"account-role": "administrator"})
    assert (answer.status_code, "不相容岗位分离" in answer.content.decode()) == (400, True)
    assert not Organisation.objects.filter(department="emergency").exists()


def test_one_place_has_one_office_of_a_kind(client, league):
    client.post(reverse("organisation_new"), OFFICE)
    answer = client.post(reverse("organisation_new"), OFFICE | {"account-username": "emergency2"})
    assert "本地已有同类部门" in answer.content.decode()
    assert Organisation.objects.filter(department="emergency").count() == 1


def test_a_legal_person_is_opened_once():
    school = unit()
    with pytest.raises(Refused, match=school.name):
        open_organisation(
            kind=OrganisationKind.ENTERPRISE, name="另一家", division=division("150103"), by=None, uscc=school.uscc
        )
    with pytest.raises(Refused, match="统一社会信用代码"):
        open_organisation(kind=OrganisationKind.ENTERPRISE, name="无代码", division=division(), by=None)


def test_an_officer_opens_units_of_the_own_place_only_and_no_offices():
    officer = member(office())
    school = open_organisation(
        kind=OrganisationKind.INSTITUTION, name="新校", division=division(), by=officer, uscc=uscc_from("150102", 7777)
    )
    open_account("school", "校办", organisation=school, role=Role.OPERATOR, by=officer)
    for kind, place in ((OrganisationKind.FINANCE, "150102"), (OrganisationKind.INSTITUTION, "150103")):
        with pytest.raises(Refused):
            open_organisation(kind=kind, name="x", division=division(place), by=officer, uscc=uscc_from("150102", 8888))
    with pytest.raises(Refused):
        open_account("x", "x", organisation=school, role=Role.OPERATOR, by=operator(school))


def test_a_user_of_a_unit_is_opened_on_the_units_page(client, league):
    school = unit()
    answer = client.post(reverse("user_new", args=[school.pk]), ACCOUNT, follow=True)
    assert User.objects.get(username="clerk").check_password(answer.context["password"])
    again = client.post(reverse("user_new", args=[school.pk]), ACCOUNT | {"username": "Clerk"})
    assert "小写字母" in again.content.decode()
    taken = client.post(reverse("user_new", args=[school.pk]), ACCOUNT)
    assert "已有人使用" in taken.content.decode()
    assert Membership.objects.filter(organisation=school).count() == 1


def test_users_of_another_league_are_not_there(client, league):
    here, there = member(office("150102")), member(office("150202"))
    assert set(users_in(league)) >= {here.user}
    assert there.user not in users_in(league)
    assert client.get(reverse("user", args=[there.user_id])).status_code == 404
    assert client.post(reverse("user_act", args=[there.user_id, "deactivate"]), {"reason": "x"}).status_code == 404
    assert client.post(reverse("membership_end", args=[there.pk]), {"reason": "x"}).status_code == 404
    assert client.get(reverse("organisation", args=[there.organisation_id])).status_code == 404


def test_the_list_is_searched_and_asks_the_same_number_of_questions(client, league):
    first = member(office("150102"), full_name="乌兰")
    client.get(reverse("users"))
    with _counted() as one:
        client.get(reverse("users"))
    for n in range(3):
        member(office("150103"), full_name=f"巴图{n}")
    with _counted() as many:
        answer = client.get(reverse("users"))
    assert len(many) == len(one)
    assert [p.full_name for p in client.get(reverse("users"), {"q": "乌兰"}).context["page"]] == ["乌兰"]
    assert first.user in answer.context["page"].object_list


def test_a_new_first_password_ends_sessions_and_the_lock(client, league):
    membership = member(office())
    session = Client()
    session.force_login(membership.user)
    for _attempt in range(5):
        Client().post("/account/login/", {"login": membership.user.username, "password": "wrong"})
    assert is_locked(membership.user)
    answer = client.post(
        reverse("user_act", args=[membership.user_id, "reset-password"]), {"reason": "忘记密码"}, follow=True
    )
    membership.user.refresh_from_db()
    assert membership.user.check_password(answer.context["password"])
    assert membership.user.must_change_password
    assert not is_locked(membership.user)
    assert not AccessAttempt.objects.exists()
    assert session.get(reverse("home")).headers["Location"].startswith(reverse("account_login"))


def test_an_administrator_unlocks(client, league):
    membership = member(office())
    for _attempt in range(5):
        Client().post("/account/login/", {"login": membership.user.username, "password": "wrong"})
    assert "登录暂时锁定" in client.get(reverse("user", args=[membership.user_id])).content.decode()
    client.post(reverse("user_act", args=[membership.user_id, "unlock"]), {"reason": "本人来电核实"})
    assert (
        Client().post("/account/login/", {"login": membership.user.username, "password": PASSWORD}).status_code == 302
    )
    assert Event.objects.get(act="account.unlocked").reason == "本人来电核实"


def test_a_deactivated_account_is_out_at_once_and_comes_back_with_its_posts(client, league):
    membership = member(office())
    session = Client()
    session.force_login(membership.user)
    client.post(reverse("user_act", args=[membership.user_id, "deactivate"]), {"reason": "调离"})
    assert session.get(reverse("home")).status_code == 302
    client.post(reverse("user_act", args=[membership.user_id, "activate"]), {"reason": "调回"})
    membership.user.refresh_from_db()
    assert membership.user.memberships.current().get() == membership
    assert list(
        Event.objects.filter(subject_kind="user", subject_id=membership.user_id)
        .order_by("pk")
        .values_list("act", "reason", "chain")
    ) == [("account.deactivated", "调离", "150102"), ("account.activated", "调回", "150102")]


@pytest.mark.parametrize("name", ["deactivate", "activate", "unlock", "clear-totp", "reset-password"])
def test_no_upkeep_without_a_reason_and_none_on_oneself(client, league, name):
    membership = member(office())
    before = membership.user.password
    client.post(reverse("user_act", args=[membership.user_id, name]), {"reason": "  "})
    client.post(reverse("user_act", args=[league.user_id, name]), {"reason": "自己"})
    membership.user.refresh_from_db()
    assert (membership.user.password, membership.user.is_active) == (before, True)
    assert not Event.objects.filter(membership=league, act__startswith="account.").exists()


def test_an_unknown_act_is_not_there(client, league):
    assert (
        client.post(reverse("user_act", args=[member(office()).user_id, "delete"]), {"reason": "x"}).status_code == 404
    )


def test_who_also_sits_above_cannot_be_taken_over_from_below():
    banner = administrator("150102")
    membership = member(office("150102"))
    membership.user.memberships.create(organisation=office("150100"), role=Role.ADMINISTRATOR)
    assert membership.user in users_in(banner)
    for do in (upkeep.reset_password, upkeep.deactivate, upkeep.clear_totp):
        with pytest.raises(Refused, match="本级管辖"):
            do(membership.user, by=banner, reason="x")
    membership.user.is_active = False
    membership.user.save()
    with pytest.raises(Refused, match="本级管辖"):
        upkeep.reset_password(membership.user, by=banner, reason="x")


def test_an_officer_who_opened_a_unit_account_cannot_take_it_over():
    officer, clerk = member(office()), operator(unit())
    with pytest.raises(Refused, match="超级管理员"):
        upkeep.reset_password(clerk.user, by=officer, reason="x")
    with pytest.raises(Refused, match="超级管理员"):
        end_membership(clerk, by=officer, reason="x")


def test_an_ended_post_takes_the_personal_grants_with_it(client, league):
    membership = member(office("150102"))
    grant(Act.FIRST_REVIEW_OPENING, to=membership.user, division=division(), by=league)
    assert may(membership, Act.FIRST_REVIEW_OPENING, division())
    client.post(reverse("membership_end", args=[membership.pk]), {"reason": "轮岗"})
    membership.refresh_from_db()
    assert membership.until == timezone.localdate()
    assert not membership.user.memberships.current().exists()
    assert not RemitUserGrant.objects.filter(user=membership.user).exists()
    assert not membership.user.groups.exists()
    assert list(
        Event.objects.filter(membership=league, reason="轮岗").order_by("pk").values_list("act", flat=True)
    ) == [
        "membership.ended",
        "grant.revoked",
    ]


def test_a_grant_the_other_seat_still_carries_stays():
    league = administrator("150100")
    membership = member(office("150100"))
    below = open_membership(
        membership.user, organisation=office("150102"), role=Role.OFFICER, by=league, since=date(2020, 1, 1)
    )
    grant(Act.SECOND_REVIEW_SUBSIDY, to=membership.user, division=division("150102"), by=league)
    end_membership(below, by=league, reason="轮岗")
    assert RemitUserGrant.objects.filter(user=membership.user).count() == 1


def test_a_seat_given_today_in_error_ends_today_and_can_be_given_again(client, league):
    user = member(office("150103")).user
    membership = open_membership(user, organisation=office("150102"), role=Role.OFFICER, by=league)
    client.post(reverse("membership_end", args=[membership.pk]), {"reason": "误设"})
    membership.refresh_from_db()
    assert membership.until == membership.since == timezone.localdate()
    assert membership not in user.memberships.current()
    again = open_membership(user, organisation=office("150102"), role=Role.OFFICER, by=league)
    assert again in user.memberships.current()
    with pytest.raises(Refused, match="已在该单位担任"):
        open_membership(user, organisation=office("150102"), role=Role.OFFICER, by=league)


def test_nobody_ends_the_own_post(client, league):
    client.post(reverse("membership_end", args=[league.pk]), {"reason": "x"})
    league.refresh_from_db()
    assert league.until is None


def test_a_second_seat_for_somebody_with_an_account(client, league):
    membership = member(office("150103"))
    here = office("150102")
    url = reverse("membership_new", args=[here.pk])
    assert client.post(url, {"username": membership.user.username, "role": "inspector"}).status_code == 302
    assert here.memberships.get(user=membership.user).role == Role.INSPECTOR
    twice = client.post(url, {"username": membership.user.username, "role": "inspector"})
    assert "已在该单位担任" in twice.content.decode()
    clerk = operator(unit())
    both = client.post(url, {"username": clerk.user.username, "role": "officer"})
    assert "既在审批部门任职，又在申请单位任职" in both.content.decode()
    foreign = client.post(url, {"username": member(office("150202")).user.username, "role": "officer"})
    assert "本级管辖范围内没有这个用户名" in foreign.content.decode()
    assert here.memberships.count() == 1


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.FINANCE, Role.OFFICER),
        (OrganisationKind.FINANCE, Role.ADMINISTRATOR),
        (OrganisationKind.HR_OFFICE, Role.FINANCE),
    ],
)
def test_keeping_the_books_and_approving_are_different_houses(kind, role):
    with pytest.raises(Refused, match="不相容"):
        member(office("150102", kind), role)


def test_a_closed_organisation_lends_nobody_its_name(client, league):
    membership = member(office("150102"))
    url = reverse("organisation_switch", args=[membership.organisation_id])
    client.post(url, {"reason": "", "active": "0"})
    assert membership.user.memberships.current().exists()
    client.post(url, {"reason": "机构改革", "active": "0"})
    assert not membership.user.memberships.current().exists()
    membership.organisation.refresh_from_db()
    newcomer = member(office("150103")).user
    with pytest.raises(Refused, match="停用"):
        open_membership(newcomer, organisation=membership.organisation, role=Role.OFFICER, by=league)
    client.post(url, {"reason": "恢复", "active": "1"})
    assert membership.user.memberships.current().exists()
    with pytest.raises(Refused, match="自己所在"):
        set_organisation_active(league.organisation, False, by=league, reason="x")


def test_a_mended_name_keeps_what_stood_there(client, league):
    school = unit(name="青成技校")
    form = {"name": "青城技校", "short_name": "", "uscc": school.uscc, "reason": "录入错字"}
    client.post(reverse("organisation_change", args=[school.pk]), form)
    school.refresh_from_db()
    assert school.name == "青城技校"
    event = Event.objects.get(act="organisation.changed")
    assert (event.data, event.reason) == ({"changed": {"name": ["青成技校", "青城技校"]}}, "录入错字")
    refused = client.post(reverse("organisation_change", args=[school.pk]), form | {"uscc": unit().uscc})
    assert "已由" in refused.content.decode()
    assert client.post(reverse("organisation_change", args=[school.pk]), form | {"reason": ""}).status_code == 400


def test_the_organisation_list_counts_who_sits_there_now(client, league):
    membership = member(office("150102"))
    gone = member(office("150102"))
    Membership.objects.filter(pk=gone.pk).update(until=date(2021, 1, 1))
    unit("150103")
    with _counted() as queries:
        rows = {row.pk: row.people for row in client.get(reverse("organisations")).context["page"]}
    assert rows[membership.organisation_id] == 1
    unit("150104")
    with _counted() as more:
        client.get(reverse("organisations"))
    assert len(more) == len(queries)
    assert client.get(reverse("organisations"), {"division": "150202"}).status_code == 404
    names = [
        row.name
        for row in client.get(reverse("organisations"), {"division": "150104", "kind": "institution"}).context["page"]
    ]
    assert len(names) == 1


def test_a_short_password_is_refused_in_chinese():
    with pytest.raises(ValidationError) as refused:
        validate_password("Ab3-xyz")
    assert refused.value.messages == ["密码太短，至少要 10 个字符。"]


@pytest.mark.parametrize("page", ["membership_end", "user_act"])
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR])
def test_the_last_administrator_or_operator_does_not_leave_before_another_is_there(client, page, role):
    league = administrator("150100")
    place = office("150102") if role == Role.ADMINISTRATOR else unit()
    last = member(place, role)
    client.force_login(league.user)
    args = [last.pk] if page == "membership_end" else [last.user_id, "deactivate"]
    answer = client.post(reverse(page, args=args), {"reason": "调离"})
    assert (answer.status_code, f"只有这一名{role.label}" in answer.content.decode()) == (409, True)
    assert Membership.objects.current().filter(pk=last.pk).exists()
    member(place, role)
    assert client.post(reverse(page, args=args), {"reason": "调离"}).status_code == 302
    assert not Membership.objects.current().filter(pk=last.pk).exists()
