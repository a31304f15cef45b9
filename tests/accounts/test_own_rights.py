"""R-AUT-1, R-AUT-5: nobody gives himself rights, whichever way it is tried, and every refused
attempt stays on record.
"""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.domain.authority import grant, may
from accounts.domain.coverage import coverage
from accounts.domain.memberships import end_membership, open_account, open_membership
from accounts.enums import CASE_ACTS, Act, OrganisationKind, Role
from accounts.models import Event, Membership, Organisation, Remit, RemitGroupGrant, RemitUserGrant, User
from kit.refusals import Refused
from tests.factories import administrator, confirmed, division, member, office, unit

pytestmark = pytest.mark.django_db


def permission(act: str) -> Permission:
    return Permission.objects.get(codename=act, content_type__model="remit")


# ── a grant to the own department
# ───────────────────────────────────────────────────────────────────────────────────────


def test_the_own_department_is_given_the_export_and_its_administrator_exports_nothing(client):
    league, clerk = administrator("150100"), member(office("150100"), full_name="乌云")
    client.force_login(league.user)
    form = {
        "grantee": f"o{league.organisation_id}",
        "acts": [Act.EXPORT_PERSONS, Act.UNMASK_PERSONS],
        "division": "150100",
        "categories": ["*"],
    }
    answer = client.post(reverse("grant_new"), form, follow=True)
    assert not may(clerk, Act.EXPORT_PERSONS, division())
    confirmed(RemitGroupGrant.objects.get(permission__codename=Act.EXPORT_PERSONS))
    assert may(clerk, Act.EXPORT_PERSONS, division())
    assert not may(league, Act.EXPORT_PERSONS, division())
    assert not may(league, Act.UNMASK_PERSONS, division())
    page = answer.content.decode()
    assert f"不及于该部门的超级管理员：{league.user.full_name}" in page
    assert "乌云" not in page


def test_an_administrators_second_seat_does_not_reach_what_the_department_got_either():
    league = administrator("150100")
    membership = open_membership(
        league.user, organisation=office("150100"), role=Role.OFFICER, by=administrator("150000")
    )
    for act in CASE_ACTS:
        grant(act, to=office("150100"), division=division("150100"), by=league)
    assert [act for act in CASE_ACTS if may(membership, act, division())] == []
    region = administrator("150000")
    grant(Act.FILE_OPENING, to=league.user, division=division("150100"), by=region)
    assert may(membership, Act.FILE_OPENING, division())


def test_the_list_of_grants_names_whom_each_does_not_reach(client):
    league = administrator("150100")
    grant(Act.FILE_OPENING, to=office("150100"), division=division("150100"), by=league)
    grant(Act.FIRST_REVIEW_OPENING, to=office("150102"), division=division(), by=league)
    client.force_login(league.user)
    rows = {row["holder"]: row["not_reached"] for row in client.get(reverse("grants")).context["page"]}
    assert rows == {office("150100").name: [league.user.full_name], office("150102").name: []}


def test_a_department_where_only_the_administrator_sits_is_a_gap():
    league = administrator("150100")
    banner = administrator("150102")
    grant(Act.FIRST_REVIEW_OPENING, to=banner.organisation, division=division(), by=league)
    held = coverage([division()], [Act.FIRST_REVIEW_OPENING], ["veteran"])
    assert held["150102", Act.FIRST_REVIEW_OPENING, "veteran"].count == 0


# ── a grant or membership to oneself
# ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.HR_OFFICE, Role.OFFICER),
        (OrganisationKind.HR_OFFICE, Role.AUDITOR),
        (OrganisationKind.FINANCE, Role.FINANCE),
    ],
)
def test_an_administrator_opens_no_seat_for_himself(client, kind, role):
    banner = administrator("150102")
    client.force_login(banner.user)
    here = office("150102", kind)
    answer = client.post(reverse("membership_new", args=[here.pk]), {"username": banner.user.username, "role": role})
    assert answer.status_code == 403
    assert "不能给自己设立岗位" in answer.content.decode()
    assert banner.user.memberships.count() == 1
    event = Event.objects.get(act="membership.refused")
    assert (event.membership, event.data["role"], event.data["to"]) == (banner, role, banner.user.full_name)


def test_whom_he_made_administrator_gives_him_nothing_back():
    league, region = administrator("150100"), administrator("150000")
    user, _password = open_account(
        "colleague", "同事", organisation=office("150100"), role=Role.ADMINISTRATOR, by=league
    )
    colleague = user.memberships.get()
    third, _password = open_account(
        "third", "第三人", organisation=office("150100"), role=Role.ADMINISTRATOR, by=colleague
    )
    for by in (colleague, third.memberships.get()):
        with pytest.raises(Refused, match="由此人设立"):
            grant(Act.EXPORT_PERSONS, to=league.user, division=division("150100"), by=by)
        with pytest.raises(Refused, match="由此人设立"):
            open_membership(league.user, organisation=office("150100"), role=Role.OFFICER, by=by)
    grant(Act.EXPORT_PERSONS, to=league.user, division=division("150100"), by=region)
    assert Event.objects.filter(act__in=["grant.refused", "membership.refused"]).count() == 4


def test_a_seat_cannot_be_turned_into_another_persons_or_another_role():
    league, clerk = administrator("150100"), member(office("150100"))
    for change in (
        {"user": league.user},
        {"role": Role.ADMINISTRATOR},
        {"organisation": office("150000")},
        {"given_by": league},
    ):
        with pytest.raises(IntegrityError, match="a seat stays as it was given"), transaction.atomic():
            Membership.objects.filter(pk=clerk.pk).update(**change)
        for name, value in change.items():
            setattr(clerk, name, value)
        with pytest.raises(IntegrityError, match="a seat stays as it was given"), transaction.atomic():
            clerk.save()
        clerk = Membership.objects.get(pk=clerk.pk)
    assert Event.objects.filter(act="grant.refused").count() == 8


def grant_to_himself(league, remit):
    RemitUserGrant(
        user=league.user, permission=permission(Act.EXPORT_PERSONS), content_object=remit, granted_by=league
    ).save()


def many_grants(league, remit):
    RemitUserGrant.objects.bulk_create(
        [
            RemitUserGrant(
                user=league.user, permission=permission(Act.EXPORT_PERSONS), content_object=remit, granted_by=league
            )
        ]
    )


def grant_without_giver(league, remit):
    RemitUserGrant.objects.create(user=league.user, permission=permission(Act.EXPORT_PERSONS), content_object=remit)


def grant_by_an_officer(league, remit):
    by = member(office("150100"))
    RemitUserGrant.objects.create(
        user=league.user, permission=permission(Act.EXPORT_PERSONS), content_object=remit, granted_by=by
    )


def grant_by_another_league(league, remit):
    by = administrator("150200")
    RemitUserGrant.objects.create(
        user=league.user, permission=permission(Act.EXPORT_PERSONS), content_object=remit, granted_by=by
    )


def anothers_grant(league, remit):
    given = grant(Act.EXPORT_PERSONS, to=member(office("150100")).user, division=division("150100"), by=league)
    RemitUserGrant.objects.filter(pk=given.pk).update(user=league.user)


def anothers_giver(league, remit):
    given = grant(Act.EXPORT_PERSONS, to=league.user, division=division("150100"), by=administrator("150000"))
    RemitUserGrant.objects.filter(pk=given.pk).update(granted_by=league)


def a_wider_remit(league, remit):
    Remit.objects.filter(pk=remit.pk).update(division="150000")


def membership_by_himself(league, remit):
    Membership.objects.create(user=league.user, organisation=office("150100"), role=Role.OFFICER, given_by=league)


def many_memberships(league, remit):
    Membership.objects.bulk_create(
        [Membership(user=league.user, organisation=office("150100"), role=Role.OFFICER, given_by=league)]
    )


def reviewer_and_finance(league, remit):
    Membership.objects.create(
        user=member(office("150102")).user, organisation=office("150102", OrganisationKind.FINANCE), role=Role.FINANCE
    )


def auditor_and_reviewer(league, remit):
    Membership.objects.create(
        user=member(office("150102"), Role.AUDITOR).user, organisation=office("150102"), role=Role.OFFICER
    )


def user_permission(league, remit):
    league.user.user_permissions.add(permission(Act.EXPORT_PERSONS))


def group_permission(league, remit):
    league.organisation.group.permissions.add(permission(Act.EXPORT_PERSONS))


def another_group(league, remit):
    league.user.groups.add(office("150000").group)


def a_group_of_nobody(league, remit):
    league.user.groups.add(Group.objects.create(name="助手"))


def superuser(league, remit):
    User.objects.filter(pk=league.user_id).update(is_superuser=True)


def new_superuser(league, remit):
    User.objects.create_superuser("root", "correct-horse-Battery", full_name="根")


def the_offices_group(league, remit):
    Organisation.objects.filter(pk=office("150102").pk).update(group=office("150100").group)


def a_unit_turned_office(league, remit):
    Organisation.objects.filter(pk=unit().pk).update(kind=OrganisationKind.HR_OFFICE)


def raw(statement: str):
    def door(league, remit):
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "user": league.user_id,
                    "permission": permission(Act.EXPORT_PERSONS).pk,
                    "membership": league.pk,
                    "remit": remit.pk,
                    "group": league.organisation.group_id,
                },
            )

    door.__name__ = statement.split()[2]
    return door


DOORS = [
    grant_to_himself,
    many_grants,
    grant_without_giver,
    grant_by_an_officer,
    grant_by_another_league,
    anothers_grant,
    anothers_giver,
    a_wider_remit,
    membership_by_himself,
    many_memberships,
    reviewer_and_finance,
    auditor_and_reviewer,
    user_permission,
    group_permission,
    another_group,
    a_group_of_nobody,
    superuser,
    new_superuser,
    the_offices_group,
    a_unit_turned_office,
    raw("INSERT INTO accounts_user_user_permissions (user_id, permission_id) VALUES (%(user)s, %(permission)s)"),
    raw("INSERT INTO auth_group_permissions (group_id, permission_id) VALUES (%(group)s, %(permission)s)"),
    raw(
        "INSERT INTO guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)"
        " SELECT %(remit)s, content_type_id, id, %(user)s FROM auth_permission WHERE id = %(permission)s"
    ),
    raw(
        "INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, permission_id, group_id)"
        " SELECT %(remit)s, content_type_id, id, %(group)s FROM auth_permission WHERE id = %(permission)s"
    ),
    raw(
        "INSERT INTO accounts_remitusergrant (user_id, permission_id, content_object_id, granted_at, granted_by_id)"
        " VALUES (%(user)s, %(permission)s, %(remit)s, now(), %(membership)s)"
    ),
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_no_way_around_the_doors_gives_rights_and_each_attempt_is_on_record(door):
    league = administrator("150100")
    remit = Remit.objects.create(division=division("150100"), category="")
    with pytest.raises(IntegrityError), transaction.atomic():
        door(league, remit)
    assert not may(league, Act.EXPORT_PERSONS, division())
    event = Event.objects.get(act="grant.refused")
    assert event.reason
    assert event.actor == "系统"


# ── not one person
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("held", "kind", "role"),
    [
        (Role.OFFICER, OrganisationKind.FINANCE, Role.FINANCE),
        (Role.OFFICER, OrganisationKind.HR_OFFICE, Role.AUDITOR),
        (Role.AUDITOR, OrganisationKind.HR_OFFICE, Role.OFFICER),
        (Role.ADMINISTRATOR, OrganisationKind.FINANCE, Role.AUDITOR),
    ],
)
def test_whoever_decides_neither_pays_nor_audits(client, held, kind, role):
    client.force_login(administrator("150100").user)
    membership, here = member(office("150102"), held), office("150102", kind)
    administrator("150102")  # so that this one may leave
    answer = client.post(
        reverse("membership_new", args=[here.pk]), {"username": membership.user.username, "role": role}
    )
    assert answer.status_code == 400
    assert "不相容岗位分离" in answer.content.decode()
    end_membership(membership, by=administrator("150100"), reason="轮岗")
    assert (
        client.post(
            reverse("membership_new", args=[here.pk]), {"username": membership.user.username, "role": role}
        ).status_code
        == 302
    )


def test_an_ended_seat_cannot_be_opened_again_beside_one_that_excludes_it():
    membership = member(office("150102"))
    end_membership(membership, by=administrator("150100"), reason="轮岗")
    open_membership(
        membership.user, organisation=office("150102", OrganisationKind.FINANCE), role=Role.FINANCE, by=None
    )
    with pytest.raises(IntegrityError, match="neither pays nor audits"), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(until=None)


def test_inspector_and_auditor_may_be_one():
    membership = member(office("150102"), Role.AUDITOR)
    open_membership(membership.user, organisation=office("150102"), role=Role.INSPECTOR, by=None)
    assert membership.user.memberships.current().count() == 2


# ── on record though the transaction rolls back
# ─────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "door", [grant_to_himself, many_grants, user_permission, superuser], ids=lambda door: door.__name__
)
def test_an_attempt_inside_a_transaction_that_rolls_back_is_on_record(door):
    league = administrator("150100")
    remit = Remit.objects.create(division=division("150100"), category="")

    def attempt() -> None:
        User.objects.filter(pk=league.user_id).update(full_name="改名")
        door(league, remit)

    with pytest.raises(IntegrityError), transaction.atomic():
        attempt()
    assert User.objects.get(pk=league.user_id).full_name != "改名"
    assert Event.objects.filter(act="grant.refused").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_refused_grant_is_on_record_though_its_caller_rolls_back_or_goes_on():
    league = administrator("150100")
    with pytest.raises(Refused), transaction.atomic():
        grant(Act.FILE_OPENING, to=league.user, division=division("150100"), by=league)
    assert Event.objects.filter(act="grant.refused", membership=league).count() == 1
    with transaction.atomic():
        try:
            grant(Act.FILE_OPENING, to=league.user, division=division("150100"), by=league)
        except Refused:
            assert Event.objects.filter(act="grant.refused").count() == 1
    assert Event.objects.filter(act="grant.refused").count() == 2


def test_seats_of_different_years_do_not_meet():
    user = member(office("150102")).user
    Membership.objects.filter(user=user).update(until=timezone.localdate() - timedelta(days=30))
    Membership.objects.create(
        user=user,
        organisation=office("150102", OrganisationKind.FINANCE),
        role=Role.FINANCE,
        since=date(2020, 1, 1),
        until=date(2020, 1, 1),
    )
    open_membership(user, organisation=office("150102", OrganisationKind.FINANCE), role=Role.FINANCE, by=None)
