"""R-AUT-1, R-AUT-2, R-AUT-3, R-AUT-4, R-AUT-5: who may do what, and the two things that may never be granted."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.domain.authority import grant, may, revoke
from accounts.domain.coverage import coverage
from accounts.domain.grants import body_for
from accounts.domain.memberships import open_membership
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event, Membership, Remit, RemitGroupGrant, RemitUserGrant, User
from kit.refusals import Refused
from tests.factories import administrator, confirmed, division, member, office, officer, operator, unit

pytestmark = pytest.mark.django_db


def test_a_grant_on_a_league_holds_for_its_banners():
    admin = administrator("150100")
    reviewer = member(office("150100"))
    grant(Act.SECOND_REVIEW_SUBSIDY, to=reviewer.user, division=division("150100"), by=admin)
    assert may(reviewer, Act.SECOND_REVIEW_SUBSIDY, division("150102"), "veteran")
    assert not may(reviewer, Act.SECOND_REVIEW_SUBSIDY, division("150202"), "veteran")


def test_manzhouli_is_not_under_hulunbuir():
    admin = administrator("150700")
    reviewer = member(office("150700"))
    grant(Act.FIRST_REVIEW_OPENING, to=reviewer.user, division=division("150700"), by=admin)
    assert may(reviewer, Act.FIRST_REVIEW_OPENING, division("150702"), "veteran")
    assert not may(reviewer, Act.FIRST_REVIEW_OPENING, division("150781"), "veteran")


def test_a_grant_for_one_category_says_nothing_about_another():
    reviewer = officer(acts=(Act.FIRST_REVIEW_OPENING,), category="veteran")
    assert may(reviewer, Act.FIRST_REVIEW_OPENING, division(), "veteran")
    assert not may(reviewer, Act.FIRST_REVIEW_OPENING, division(), "disabled")


def test_an_expired_grant_is_void():
    admin, reviewer = administrator(), member(office())
    given = grant(
        Act.FIRST_REVIEW_OPENING, to=reviewer.user, division=division(), by=admin, expires_on=timezone.localdate()
    )
    assert not may(reviewer, Act.FIRST_REVIEW_OPENING, division())
    grant(
        Act.FIRST_REVIEW_OPENING,
        to=reviewer.user,
        division=division(),
        by=admin,
        expires_on=timezone.localdate() + timedelta(days=1),
    )
    assert may(reviewer, Act.FIRST_REVIEW_OPENING, division())
    revoke(RemitUserGrant.objects.get(pk=given.pk), by=admin, reason="调岗")
    assert not may(reviewer, Act.FIRST_REVIEW_OPENING, division())


@pytest.mark.parametrize(
    "kind", [OrganisationKind.INSTITUTION, OrganisationKind.ENTERPRISE, OrganisationKind.ASSESSMENT]
)
def test_maintaining_workers_data_is_never_granted_to_a_unit(kind):
    admin, school = administrator("150102"), unit(kind=kind)
    clerk = operator(school)
    for to in (school, clerk.user):
        with pytest.raises(Refused, match="劳动者基础信息维护"):
            grant(Act.MAINTAIN_PERSONS, to=to, division=division(), by=admin)
    assert Event.objects.filter(act="grant.refused", user=admin.user).count() == 2


def test_the_database_refuses_what_grant_would_refuse():
    clerk, banner_officer = operator(unit()), member(office("150102"))
    remit = Remit.objects.create(division=division(), category="")
    maintain, export = (Permission.objects.get(codename=act) for act in (Act.MAINTAIN_PERSONS, Act.EXPORT_PERSONS))
    attempts = [
        lambda: assign_perm("accounts.maintain_persons", clerk.user, remit),
        lambda: assign_perm("accounts.maintain_persons", clerk.organisation.group, remit),
        lambda: RemitUserGrant.objects.bulk_create(
            [RemitUserGrant(user=clerk.user, permission=maintain, content_object=remit)]
        ),
        lambda: RemitUserGrant.objects.create(user=banner_officer.user, permission=export, content_object=remit),
        lambda: RemitGroupGrant.objects.create(
            group=banner_officer.organisation.group, permission=export, content_object=remit
        ),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert not RemitUserGrant.objects.exists()
    assert not RemitGroupGrant.objects.exists()


def test_export_is_for_league_staff_only():
    league_admin, banner_admin = administrator("150100"), administrator("150102")
    clerk = member(office("150100"))
    confirmed(grant(Act.EXPORT_PERSONS, to=clerk.user, division=division("150100"), by=league_admin))
    assert may(clerk, Act.EXPORT_PERSONS, division("150102"))
    for to, by in ((member(office("150102")).user, banner_admin), (office("150102"), league_admin)):
        with pytest.raises(Refused, match="盟市"):
            grant(Act.EXPORT_PERSONS, to=to, division=division("150102"), by=by)


def test_an_administrator_cannot_grant_beyond_the_own_place_and_an_officer_cannot_grant():
    with pytest.raises(Refused, match="本级管辖"):
        grant(Act.FIRST_REVIEW_OPENING, to=office("150202"), division=division("150202"), by=administrator("150100"))
    with pytest.raises(Refused, match="超级管理员"):
        grant(Act.FIRST_REVIEW_OPENING, to=office(), division=division(), by=member(office()))


def test_nobody_sits_in_an_office_and_in_a_unit():
    membership, school = member(office()), unit()
    with pytest.raises(Refused):
        open_membership(membership.user, organisation=school, role=Role.OPERATOR, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        membership.user.memberships.create(organisation=school, role=Role.OPERATOR, since=date(2021, 1, 1))


def test_a_case_is_routed_to_the_department_that_holds_its_category():
    officer()
    emergency = office("150102", OrganisationKind.INDUSTRY, department="emergency")
    grant(Act.FIRST_REVIEW_OPENING, to=emergency, division=division(), category="emp_high_risk", by=administrator())
    assert body_for(Act.FIRST_REVIEW_OPENING, division(), "emp_high_risk") == emergency
    assert body_for(Act.FIRST_REVIEW_OPENING, division(), "veteran") == office()


def test_a_case_is_routed_to_where_the_person_with_the_grant_sits_now():
    """A membership given up, or a person put out of service, draws no cases any more."""
    league = office("150100")
    membership = member(league, Role.OFFICER)
    grant(Act.FIRST_REVIEW_OPENING, to=membership.user, division=division("150100"), by=administrator("150000"))
    assert body_for(Act.FIRST_REVIEW_OPENING, division(), "veteran") == league
    Membership.objects.filter(pk=membership.pk).update(since=date(2020, 1, 1), until=date(2020, 6, 1))
    assert body_for(Act.FIRST_REVIEW_OPENING, division(), "veteran") != league
    Membership.objects.filter(pk=membership.pk).update(until=None)
    User.objects.filter(pk=membership.user_id).update(is_active=False)
    assert body_for(Act.FIRST_REVIEW_OPENING, division(), "veteran") != league


def test_the_nearest_office_with_the_grant_gets_the_case_and_an_expired_grant_draws_none():
    near, by = office("150102"), administrator("150000")
    grant(Act.FIRST_REVIEW_OPENING, to=office("150100"), division=division("150100"), by=by)
    given = grant(Act.FIRST_REVIEW_OPENING, to=near, division=division("150102"), by=by)
    assert body_for(Act.FIRST_REVIEW_OPENING, division(), "veteran") == near
    type(given).objects.filter(pk=given.pk).update(expires_on=date(2020, 1, 1))
    assert body_for(Act.FIRST_REVIEW_OPENING, division(), "veteran") == office("150100")


def test_coverage_names_the_gaps():
    officer(acts=(Act.FIRST_REVIEW_OPENING,), category="veteran")
    held = coverage([division(), division("150103")], [Act.FIRST_REVIEW_OPENING], ["veteran", "disabled"])
    assert {key: cover.count for key, cover in held.items()} == {
        ("150102", "first_review_opening", "veteran"): 1,
        ("150102", "first_review_opening", "disabled"): 0,
        ("150103", "first_review_opening", "veteran"): 0,
        ("150103", "first_review_opening", "disabled"): 0,
    }
