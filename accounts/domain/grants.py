"""Grants as pages and moves read them: what a membership holds, and the office a case is routed to
(R-AUT-1, R-AUT-2).
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.domain.authority import remits_held
from accounts.enums import OrganisationKind
from accounts.models import Division, Membership, Organisation, RemitGroupGrant, RemitUserGrant
from accounts.models.remits import Grant
from kit.fast.prepared import prepared

_remits = prepared(remits_held)


def remits_of(membership: Membership) -> list[tuple[str, str, str]]:
    """(act, division code, category) of every grant this membership holds, for filtering whole lists with one query."""
    return _remits(membership.user_id, membership.organisation.group_id, timezone.localdate())


def body_for(act: str, division: Division, category: str) -> Organisation | None:
    """The office a case is routed to (R-AUT-2): the most specific grant for the category wins, then the nearest place.

    Falls back to the division's own HR office, so that no case lies nowhere; the coverage page shows such gaps.
    """
    line, today = division.line, timezone.localdate()
    candidates = [
        (given.group.organisation, given.content_object.category)
        for given in _to_departments(act, tuple(line), category, today)
    ]
    personal = dict(_to_people(act, tuple(line), category, today))
    if personal:
        memberships = Membership.objects.current().filter(user__in=personal).select_related("organisation")
        candidates += [(held.organisation, personal[held.user_id]) for held in memberships]
    candidates = [(office, kind) for office, kind in candidates if office.division_id in line and not office.is_unit]
    if candidates:
        return max(candidates, key=lambda found: (bool(found[1]), line.index(found[0].division_id), -found[0].pk))[0]
    return Organisation.objects.filter(division=division, kind=OrganisationKind.HR_OFFICE, is_active=True).first()


@prepared
def _to_departments(act: str, line: tuple[str, ...], category: str, today: date) -> QuerySet[RemitGroupGrant]:
    rows = _over(RemitGroupGrant.objects.all(), act, line, category, today)
    return rows.filter(group__organisation__isnull=False).select_related("group__organisation", "content_object")


@prepared
def _to_people(act: str, line: tuple[str, ...], category: str, today: date) -> QuerySet:
    """(user, category); the most specific category of a user last."""
    rows = _over(RemitUserGrant.objects.all(), act, line, category, today)
    return rows.order_by("content_object__category").values_list("user", "content_object__category")


def _over(rows: QuerySet, act: str, line: tuple[str, ...], category: str, today: date) -> QuerySet:
    """Those that are in force and let the act be done somewhere on this line of divisions, for this category."""
    return rows.filter(
        Grant.in_force(today),
        Q(content_object__category="") | Q(content_object__category=category),
        permission__codename=act,
        content_object__division__pk__in=line,
    )
