"""R-AUT-3, R-AUT-5: to export and to pay is proposed by one administrator and confirmed by another."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.domain.authority import grant, may
from accounts.domain.memberships import memberships_of, open_account, open_membership
from accounts.domain.second_person import awaiting, confirm, turn_down
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event, Membership, Remit, RemitUserGrant
from kit.refusals import NotAllowed, NotValid, Overtaken
from tests.factories import administrator, confirmed, division, member, office

pytestmark = pytest.mark.django_db
EXPORT = Act.EXPORT_PERSONS


@pytest.fixture
def league():
    return administrator("150100")


@pytest.fixture
def proposed(league):
    return grant(EXPORT, to=member(office("150100"), full_name="苏日娜").user, division=division("150100"), by=league)


def answer(client, by: Membership, given, name: str, **words):
    client.force_login(by.user)
    kind = "membership" if isinstance(given, Membership) else "person"
    return client.post(reverse("second_person_answer", args=[kind, given.pk, name]), words)


def test_a_right_to_export_holds_when_another_administrator_has_confirmed_it(client, league, proposed):
    clerk = proposed.user.memberships.get()
    assert not may(clerk, EXPORT, division())
    client.force_login(league.user)
    assert "待复核" in client.get(reverse("grants")).content.decode()
    assert "提出的人不能自己复核" in client.get(reverse("second_person")).content.decode()
    assert answer(client, league, proposed, "confirm").status_code == 403
    assert not may(clerk, EXPORT, division())
    other = administrator("150100")
    assert answer(client, other, proposed, "confirm").status_code == 302
    assert may(clerk, EXPORT, division())
    assert Event.objects.filter(act="grant.confirmed", membership=other).count() == 1
    assert Event.objects.filter(act="grant.refused", membership=league).count() == 1


def test_whom_the_proposer_made_administrator_is_no_second_one(league, proposed):
    user, _password = open_account("b", "乙", organisation=office("150100"), role=Role.ADMINISTRATOR, by=league)
    with pytest.raises(NotAllowed, match="由提出的人设立"):
        confirm(proposed, by=user.memberships.get())


@pytest.mark.parametrize("who", [lambda: administrator("150102"), lambda: administrator("150200")])
def test_another_places_administrator_is_no_second_one(client, proposed, who):
    with pytest.raises(NotAllowed):
        confirm(proposed, by=who())
    assert answer(client, who(), proposed, "confirm").status_code == 404


def test_it_is_confirmed_once_and_turned_down_with_a_reason(client, league, proposed):
    confirmed(proposed)
    with pytest.raises(Overtaken):
        confirm(proposed, by=administrator("150000"))
    another = grant(EXPORT, to=member(office("150100")).user, division=division("150100"), by=league)
    with pytest.raises(NotValid, match="理由"):
        turn_down(another, by=administrator("150000"), reason="")
    assert answer(client, administrator("150000"), another, "turn-down", reason="不需要").status_code == 302
    assert not RemitUserGrant.objects.filter(pk=another.pk).exists()


def test_a_longer_time_needs_the_second_again_and_a_shorter_one_does_not(league, proposed):
    confirmed(proposed)
    clerk, today = proposed.user.memberships.get(), timezone.localdate()

    def until(days: int | None) -> bool:
        ends = today + timedelta(days=days) if days else None
        grant(EXPORT, to=clerk.user, division=division("150100"), by=league, expires_on=ends)
        return may(clerk, EXPORT, division())

    assert until(30)
    assert until(10)
    assert not until(20)
    confirmed(RemitUserGrant.objects.get())
    assert may(clerk, EXPORT, division())
    assert not until(None)


def raw(statement: str, *values) -> None:
    refused = pytest.raises(IntegrityError, match="second administrator")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_takes_no_export_without_the_second(league, proposed):
    raw("UPDATE accounts_remitusergrant SET awaits_second = false")
    raw("UPDATE accounts_remitusergrant SET awaits_second = false, confirmed_by_id = %s", league.pk)
    raw(
        "UPDATE accounts_remitusergrant SET awaits_second = false, confirmed_by_id = %s",
        member(office("150100"), Role.OFFICER).pk,
    )
    remit = Remit.objects.get()
    permission = Permission.objects.get(codename=EXPORT)
    with pytest.raises(IntegrityError), transaction.atomic():
        RemitUserGrant.objects.create(
            user=member(office("150100")).user, permission=permission, content_object=remit, granted_by=league
        )
    confirmed(proposed)
    raw("UPDATE accounts_remitusergrant SET user_id = %s", member(office("150100")).user_id)


def test_who_pays_sits_when_another_administrator_has_confirmed_it(client, league):
    books = office("150102", OrganisationKind.FINANCE)
    user, _password = open_account("books", "陈晓燕", organisation=books, role=Role.FINANCE, by=league)
    held = user.memberships.get()
    assert (held.awaits_second, memberships_of(user.pk)) == (True, [])
    raw("UPDATE accounts_membership SET awaits_second = false WHERE id = %s", held.pk)
    assert answer(client, league, held, "confirm").status_code == 403
    assert answer(client, administrator("150100"), held, "confirm").status_code == 302
    assert [one.pk for one in memberships_of(user.pk)] == [held.pk]
    assert Event.objects.filter(act="membership.confirmed").exists()


def test_who_waits_to_pay_is_not_made_an_officer_meanwhile(league):
    books = office("150102", OrganisationKind.FINANCE)
    user, _password = open_account("books", "陈晓燕", organisation=books, role=Role.FINANCE, by=league)
    with pytest.raises(NotValid, match="不相容岗位"):
        open_membership(user, organisation=office("150102"), role=Role.OFFICER, by=league)


def test_a_proposal_to_pay_can_be_turned_down(client, league):
    books = office("150102", OrganisationKind.FINANCE)
    user, _password = open_account("books", "陈晓燕", organisation=books, role=Role.FINANCE, by=league)
    held = user.memberships.get()
    assert answer(client, administrator("150100"), held, "turn-down", reason="人员有误").status_code == 302
    assert memberships_of(user.pk) == []
    assert not any(rows.exists() for rows in awaiting(league))


# ── what the granter's level holds


def test_a_banner_administrator_does_not_grant_what_leagues_decide(client):
    banner, reviewer = administrator("150102"), member(office("150102"))
    with pytest.raises(NotAllowed, match="您所在层级不办理"):
        grant(Act.FILE_OPENING, to=reviewer.user, division=division(), by=banner)
    client.force_login(banner.user)
    form = {"grantee": f"u{reviewer.user_id}", "acts": [Act.FILE_OPENING], "division": "150102", "categories": ["*"]}
    page = client.post(reverse("grant_new"), form)
    assert (page.status_code, "您所在层级不办理" in page.content.decode()) == (409, True)
    grant(Act.FIRST_REVIEW_OPENING, to=reviewer.user, division=division(), by=banner)
    grant(Act.FILE_OPENING, to=office("150100"), division=division("150100"), by=administrator("150100"))


# ── who gave what


def test_the_tree_shows_whom_a_right_goes_back_to_and_what_was_given(client, league):
    user, _password = open_account("bnn", "乌兰", organisation=office("150102"), role=Role.ADMINISTRATOR, by=league)
    banner = user.memberships.get()
    officer, _password = open_account("ccc", "其木格", organisation=office("150102"), role=Role.OFFICER, by=banner)
    grant(Act.FIRST_REVIEW_OPENING, to=officer, division=division(), by=banner)
    client.force_login(league.user)
    url = reverse("grant_tree")
    assert league.user.full_name in client.get(url).content.decode()
    assert "乌兰" in client.get(url, {"of": league.pk}).content.decode()
    page = client.get(url, {"of": banner.pk}).content.decode()
    assert f"{league}（超级管理员）→" in page
    assert "其木格" in page
    assert "开班审批" in page
    client.force_login(administrator("150200").user)
    assert client.get(url, {"of": banner.pk}).status_code == 404
    client.force_login(member(office("150102")).user)
    assert client.get(url).status_code == 403
