"""R-AUT-5, R-SEC-2: the night finds rights that older data hold, and the level above sees them."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.domain.audit import record
from accounts.domain.digests import make_digest
from accounts.domain.findings import search
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event, Finding, Membership
from accounts.tasks import search_at_night
from tests.factories import administrator, member, office, officer, operator, unit
from tests.factories.guards import as_the_owner

pytestmark = pytest.mark.django_db


def permission(act: str) -> str:
    return (
        f"(SELECT id FROM auth_permission WHERE codename = '{act}' AND content_type_id IN (SELECT id FROM"
        " django_content_type WHERE model = 'remit'))"
    )


def remit() -> str:
    return "(SELECT min(id) FROM accounts_remit)"


def own_membership(banner):
    as_the_owner("accounts_membership", f"UPDATE accounts_membership SET given_by_id = id WHERE id = {banner.pk}")


def a_seat_that_opened_itself_before_givers_were_kept(banner):
    Event.objects.create(
        chain="150102",
        act="membership.opened",
        actor="x",
        user=banner.user,
        membership=banner,
        subject_kind="membership",
        subject_id=banner.pk,
    )


def officer_and_finance(banner):
    books = office("150102", OrganisationKind.FINANCE)
    as_the_owner(
        "accounts_membership",
        "INSERT INTO accounts_membership (user_id, organisation_id, role, title, since)"
        f" VALUES ({banner.user_id}, {books.pk}, 'finance', '', '2020-01-01')",
    )


def office_and_unit(banner):
    as_the_owner(
        "accounts_membership",
        "INSERT INTO accounts_membership (user_id, organisation_id, role, title, since)"
        f" VALUES ({banner.user_id}, {unit().pk}, 'operator', '', '2020-01-01')",
    )


def _grant(table: str, column: str, value: int, act: str, giver: str) -> None:
    officer()
    as_the_owner(
        table,
        f"INSERT INTO {table} ({column}, permission_id, content_object_id, granted_at, granted_by_id)"
        f" VALUES ({value}, {permission(act)}, {remit()}, now(), {giver})",
    )


def own_grant(banner):
    _grant("accounts_remitusergrant", "user_id", banner.user_id, Act.UNMASK_PERSONS, str(banner.pk))


def giver_unknown(banner):
    _grant("accounts_remitusergrant", "user_id", banner.user_id, Act.UNMASK_PERSONS, "NULL")


def unit_holds(banner):
    _grant("accounts_remitgroupgrant", "group_id", unit().group_id, Act.MAINTAIN_PERSONS, str(banner.pk))


def export_below_league(banner):
    _grant("accounts_remitgroupgrant", "group_id", office("150102").group_id, Act.EXPORT_PERSONS, str(banner.pk))


def user_permission(banner):
    as_the_owner(
        "accounts_user_user_permissions",
        f"INSERT INTO accounts_user_user_permissions (user_id, permission_id) VALUES ({banner.user_id},"
        f" {permission(Act.EXPORT_PERSONS)})",
    )


def superuser(banner):
    as_the_owner("accounts_user", f"UPDATE accounts_user SET is_superuser = true WHERE id = {banner.user_id}")


def group_without_membership(banner):
    group = Group.objects.create(name="助手")
    as_the_owner(
        "accounts_user_groups",
        f"INSERT INTO accounts_user_groups (user_id, group_id) VALUES ({banner.user_id}, {group.pk})",
    )


WRONGS = {
    own_membership: "own_membership",
    a_seat_that_opened_itself_before_givers_were_kept: "own_membership",
    officer_and_finance: "decides_and_pays",
    office_and_unit: "office_and_unit",
    own_grant: "own_grant",
    giver_unknown: "giver_unknown",
    unit_holds: "unit_holds",
    export_below_league: "export_below_league",
    user_permission: "outright_right",
    superuser: "outright_right",
    group_without_membership: "group_without_membership",
}


@pytest.mark.parametrize(("wrong", "code"), WRONGS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_the_night_finds_rights_of_older_data_once_and_the_level_above_sees_them(client, wrong, code):
    banner, league = administrator("150102"), administrator("150100")
    wrong(banner)
    assert search_at_night() == 1
    assert search_at_night() == 1
    finding = Finding.objects.get()
    assert finding.code == code
    assert Event.objects.filter(act="watch.found").count() == 1
    client.force_login(league.user)
    (shown,) = client.get(reverse("findings")).context["page"]
    assert "%(" not in shown.sentence
    home = client.get(reverse("home")).content.decode()
    assert "查看夜间核对发现的1项问题" in home
    client.force_login(administrator("150200").user)
    there = client.get(reverse("findings")).context["page"].object_list
    assert len(there) == 0
    with pytest.raises(CommandError, match="1 findings"):
        call_command("search_records")


def test_what_is_mended_leaves_the_list_and_comes_back_when_it_happens_again():
    banner = administrator("150102")
    superuser(banner)
    assert len(search()) == 1
    as_the_owner("accounts_user", "UPDATE accounts_user SET is_superuser = false")
    assert search() == []
    assert Finding.objects.get().gone_at is not None
    superuser(banner)
    assert len(search()) == 1
    assert Finding.objects.count() == 2


def test_a_wound_back_chain_is_found_by_the_night():
    for _n in range(3):
        record("comment.added", by=None, division="150102")
    make_digest()
    as_the_owner(
        "accounts_event",
        "DELETE FROM accounts_event WHERE chain = '150102'",
        "DELETE FROM accounts_chainhead WHERE chain = '150102'",
    )
    assert [finding.code for finding in search()] == ["trail_cut"]


def test_a_clean_installation_has_no_finding():
    officer(), administrator("150102"), operator(unit()), member(office("150102"), Role.AUDITOR)
    assert search() == []
    assert Membership.objects.count() > 0


@pytest.mark.parametrize("role", [Role.OFFICER, Role.INSPECTOR])
def test_others_do_not_read_findings(client, role):
    client.force_login(member(office("150102"), role).user)
    assert client.get(reverse("findings")).status_code == 403
