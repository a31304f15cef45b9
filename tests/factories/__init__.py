"""Made-up offices, units and people for the tests; no randomness, every call names what matters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import count

from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from accounts.domain.memberships import open_membership, open_organisation
from accounts.domain.second_person import confirm
from accounts.enums import CASE_ACTS, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation, Remit, RemitGroupGrant, RemitUserGrant, User
from kit.ids import uscc_from

_numbers = count(1)
PASSWORD = "correct-horse-Battery"


def division(code: str = "150102") -> Division:
    return Division.objects.get(pk=code)


def office(code: str = "150102", kind: str = OrganisationKind.HR_OFFICE, **fields: object) -> Organisation:
    """The HR office of a division (or another office), one per kind and place."""
    found = Organisation.objects.filter(division_id=code, kind=kind, department=fields.get("department", "")).first()
    if found:
        return found
    place = division(code)
    return open_organisation(
        kind=kind, name=f"{place.name}{OrganisationKind(kind).label}", division=place, by=None, **fields
    )


def unit(code: str = "150102", kind: str = OrganisationKind.INSTITUTION, name: str = "") -> Organisation:
    n = next(_numbers)
    return open_organisation(
        kind=kind,
        name=name or f"{OrganisationKind(kind).label}{n}",
        division=division(code),
        by=None,
        uscc=uscc_from(code, n),
    )


def member(organisation: Organisation, role: str = Role.OFFICER, username: str = "", full_name: str = "") -> Membership:
    """A membership with its own user; all users have the same password."""
    n = next(_numbers)
    user = User.objects.create_user(username or f"user{n}", PASSWORD, full_name=full_name or f"工作人员{n}")
    return open_membership(user, organisation=organisation, role=role, by=None, since=date(2020, 1, 1))


def administrator(code: str = "150100") -> Membership:
    return member(office(code), Role.ADMINISTRATOR)


def officer(code: str = "150102", *, acts: tuple[str, ...] = tuple(CASE_ACTS), category: str = "") -> Membership:
    """An HR officer whose office holds the given acts on its division."""
    place, membership = office(code), member(office(code))
    league = place.division if place.division.is_reporting_unit else place.division.reports_to
    by = administrator(league.pk)
    granted(acts, to=place, category=category, by=by)
    return membership


def granted(acts: tuple[str, ...], *, to: Organisation, by: Membership, category: str = "") -> None:
    """What an office holds on its own division; grants made long ago, all at once and without their events."""
    remit, _created = Remit.objects.get_or_create(division=to.division, category=category)
    RemitGroupGrant.objects.bulk_create(
        [
            RemitGroupGrant(group_id=to.group_id, permission_id=permissions()[act], content_object=remit, granted_by=by)
            for act in acts
        ],
        ignore_conflicts=True,
    )


def confirmed(given: RemitGroupGrant | RemitUserGrant) -> RemitGroupGrant | RemitUserGrant:
    """A right that needs a second administrator, confirmed by the region's."""
    confirm(given, by=administrator("150000"))
    return given


@cache
def permissions() -> dict[str, int]:
    """Keys by act; the same in every copy of the migrated database."""
    kind = {"content_type__app_label": "accounts", "content_type__model": "remit"}
    return dict(Permission.objects.filter(**kind).values_list("codename", "pk"))


@contextmanager
def world_as_it_was() -> Iterator[None]:
    """Inside, dated rows may be set as the test's world needs them; the database keeps them in every other place."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def operator(organisation: Organisation) -> Membership:
    return member(organisation, Role.OPERATOR)


def moved(membership: Membership, organisation: Organisation, role: str) -> Membership:
    """The same person from today on in another membership; the former one has ended."""
    today = timezone.localdate()
    Membership.objects.filter(pk=membership.pk).update(until=today)
    return open_membership(membership.user, organisation=organisation, role=role, by=None, since=today)
