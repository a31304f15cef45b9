"""The people who do what is measured, and the browser they do it with."""

from __future__ import annotations

from django.test import Client

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation


def officer(division: str, place: int = 0) -> Membership:
    """The first or second officer of a division's HR office."""
    return memberships().filter(
        organisation__division=division, organisation__kind=OrganisationKind.HR_OFFICE, role=Role.OFFICER
    )[place]


def finance_officer(division: str) -> Membership:
    return memberships().filter(organisation__division=division, role=Role.FINANCE)[0]


def operator(organisation: Organisation) -> Membership:
    return memberships().filter(organisation=organisation, role=Role.OPERATOR)[0]


def memberships():
    return Membership.objects.select_related("user", "organisation__division", "organisation__group").order_by("id")


def browser(membership: Membership) -> Client:
    """A logged-in client of the whole application, middleware and templates included."""
    client = Client()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
