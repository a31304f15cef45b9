"""Every address of the accounts room as: nobody, unit, other banner, right place wrong role, right role (R-LVL-2)."""

import pytest
from django.urls import get_resolver, reverse

from accounts import urls
from accounts.domain.authority import grant
from accounts.domain.digests import make_digest
from accounts.enums import Act, OrganisationKind, Role
from tests.factories import administrator, division, member, office, operator, unit

pytestmark = pytest.mark.django_db

READERS = {Role.ADMINISTRATOR, Role.AUDITOR}
ADMINISTRATORS = {Role.ADMINISTRATOR}
# The pages everybody has of the own account.
OWN = {"switch_membership", "tokens", "token_revoke"}
# name: (method, what its number names, the body, who may, the answer to who may)
ROOM = {
    "organisations": ("get", None, {}, ADMINISTRATORS, 200),
    "organisation_new": ("get", None, {}, ADMINISTRATORS, 200),
    "organisation": ("get", "organisation", {}, ADMINISTRATORS, 200),
    "organisation_change": ("post", "organisation", {}, ADMINISTRATORS, 400),
    "organisation_switch": ("post", "organisation", {"reason": "机构改革", "active": "0"}, ADMINISTRATORS, 302),
    "membership_new": ("post", "organisation", {}, ADMINISTRATORS, 400),
    "user_new": ("get", "organisation", {}, ADMINISTRATORS, 200),
    "users": ("get", None, {}, ADMINISTRATORS, 200),
    "user": ("get", "user", {}, ADMINISTRATORS, 200),
    "user_opened": ("get", "user", {}, ADMINISTRATORS, 302),
    "user_act": ("post", "user_act", {"reason": "调离"}, ADMINISTRATORS, 302),
    "membership_end": ("post", "membership", {"reason": "调离"}, ADMINISTRATORS, 302),
    "grants": ("get", None, {}, READERS, 200),
    "grant_new": ("get", None, {}, ADMINISTRATORS, 200),
    "grant_revoke": ("post", "grant", {"reason": "调离"}, ADMINISTRATORS, 302),
    "coverage": ("get", None, {}, ADMINISTRATORS, 200),
    "audit": ("get", None, {}, READERS, 200),
    "digests": ("get", None, {}, READERS, 200),
    "digest": ("get", "digest", {}, READERS, 200),
    "digest_file": ("get", "digest", {}, READERS, 200),
    "findings": ("get", None, {}, READERS, 200),
    "audit_verify": ("post", None, {}, READERS, 200),
    "tokens": ("get", None, {}, set(Role), 200),
    "token_revoke": ("post", "token", {}, set(), 404),
    "switch_membership": ("post", None, {}, set(), 404),
}


@pytest.fixture
def things():
    """An office of 150102 with an officer and a grant."""
    membership, league = (
        member(office("150102", OrganisationKind.INDUSTRY, department="energy")),
        administrator("150100"),
    )
    given = grant(Act.FIRST_REVIEW_OPENING, to=membership.organisation, division=division(), by=league)
    return {
        None: [],
        "organisation": [membership.organisation_id],
        "user": [membership.user_id],
        "user_act": [membership.user_id, "deactivate"],
        "membership": [membership.pk],
        "grant": ["department", given.pk],
        "token": [0],
        "digest": [make_digest().pk],
    }


def ask(client, name, things) -> int:
    method, thing, body, _who, _answer = ROOM[name]
    return getattr(client, method)(reverse(name, args=things[thing]), body).status_code


def test_the_matrix_knows_every_address_of_the_room():
    assert {pattern.name for pattern in urls.urlpatterns} == set(ROOM) | {"closed_door"}
    assert set(ROOM) <= {key for key in get_resolver().reverse_dict if isinstance(key, str)}


@pytest.mark.parametrize("name", ROOM)
def test_nobody_is_sent_to_the_login(client, things, name):
    method, thing, body, _who, _answer = ROOM[name]
    answer = getattr(client, method)(reverse(name, args=things[thing]), body)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(set(ROOM) - OWN))
def test_a_unit_is_refused(client, things, name):
    client.force_login(operator(unit()).user)
    assert ask(client, name, things) == 403


@pytest.mark.parametrize("name", [name for name, row in ROOM.items() if row[1] not in (None, "digest")])
@pytest.mark.parametrize("place", ["150103", "150202", "150781"])
def test_another_places_administrator_does_not_find_it(client, things, name, place):
    client.force_login(administrator(place).user)
    assert ask(client, name, things) == 404


@pytest.mark.parametrize("name", sorted(set(ROOM) - OWN))
@pytest.mark.parametrize("role", [Role.OFFICER, Role.INSPECTOR, Role.AUDITOR, Role.FINANCE])
def test_the_right_place_in_a_wrong_role_is_refused(client, things, name, role):
    membership = member(
        office("150102", OrganisationKind.FINANCE if role == Role.FINANCE else OrganisationKind.HR_OFFICE), role
    )
    client.force_login(membership.user)
    expected = ROOM[name][4] if role in ROOM[name][3] else 403
    assert ask(client, name, things) == expected


@pytest.mark.parametrize("name", ROOM)
@pytest.mark.parametrize("place", ["150102", "150100", "150000"])
def test_the_right_administrator_is_answered(client, things, name, place):
    client.force_login(administrator(place).user)
    assert ask(client, name, things) == ROOM[name][4]


@pytest.mark.parametrize("name", [name for name, row in ROOM.items() if row[0] == "post"])
def test_what_changes_something_is_never_a_get(client, things, name):
    client.force_login(administrator("150102").user)
    assert client.get(reverse(name, args=things[ROOM[name][1]])).status_code == 302
