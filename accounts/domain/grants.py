"""Grants as pages and moves read them: what a membership holds, and the office a case is routed to
(R-AUT-1, R-AUT-2, R-AUT-7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.domain.authority import Held, administering, remits_held
from accounts.enums import OrganisationKind
from accounts.models import Division, Membership, Organisation, RemitGroupGrant, RemitUserGrant
from accounts.models.remits import Grant
from kit.fast.prepared import prepared

Specific = tuple[bool, bool]
_remits = prepared(remits_held)


def remits_of(membership: Membership) -> list[Held]:
    """What every grant this membership holds allows where, for filtering whole lists with one query."""
    return _remits(membership.user_id, membership.organisation.group_id, timezone.localdate())


def remits_of_many(memberships: Collection[Membership]) -> dict[int, list[Held]]:
    """Membership → what `remits_of` gives it; three queries however many there are. Their organisations were read."""
    today, what = (
        timezone.localdate(),
        (
            "permission__codename",
            "content_object__division_id",
            "content_object__category",
            "content_object__training_type",
        ),
    )
    users = {membership.user_id for membership in memberships}
    groups = {membership.organisation.group_id for membership in memberships}
    own, shared = defaultdict(set), defaultdict(set)
    for user, *held in RemitUserGrant.objects.filter(Grant.in_force(today), user__in=users).values_list("user", *what):
        own[user].add(tuple(held))
    for group, *held in RemitGroupGrant.objects.filter(Grant.in_force(today), group__in=groups).values_list(
        "group", *what
    ):
        shared[group].add(tuple(held))
    administrators = set(administering(today).filter(user__in=users).values_list("user", flat=True))
    return {
        membership.pk: sorted(
            own[membership.user_id]
            | (set() if membership.user_id in administrators else shared[membership.organisation.group_id])
        )
        for membership in memberships
    }


def body_for(act: str, division: Division, category: str, training_type: str = "") -> Organisation | None:
    """The office a case is routed to (R-AUT-2, R-AUT-7): the most specific grant wins (one for the training type before
    one for the category, before one for all), then the nearest place.

    Falls back to the division's own HR office, so that no case lies nowhere; the coverage page shows such gaps.
    """
    line = division.line
    offices = bodies_for(act, line, category, training_type, timezone.localdate())
    if offices:
        return max(offices, key=lambda found: (found[1], line.index(found[0].division_id), -found[0].pk))[0]
    return Organisation.objects.filter(division=division, kind=OrganisationKind.HR_OFFICE, is_active=True).first()


def bodies_for(
    act: str, line: list[str], category: str, training_type: str, today: date
) -> list[tuple[Organisation, Specific]]:
    """Every office that holds the act for a case on this line of divisions, with how specific its grant is."""
    asked = act, tuple(line), category, training_type, today
    candidates = [
        (given.group.organisation, specific(given.content_object.category, given.content_object.training_type))
        for given in _to_departments(*asked)
    ]
    personal: dict[int, Specific] = {}
    for user, kind, sort in _to_people(*asked):
        personal[user] = max(personal.get(user, (False, False)), specific(kind, sort))
    if personal:
        memberships = Membership.objects.current(today).filter(user__in=personal).select_related("organisation")
        candidates += [(held.organisation, personal[held.user_id]) for held in memberships]
    return [(office, kind) for office, kind in candidates if office.division_id in line and not office.is_unit]


def specific(category: str, training_type: str) -> Specific:
    """Sorts grants: which names its training type, which its category."""
    return bool(training_type), bool(category)


@prepared
def _to_departments(
    act: str, line: tuple[str, ...], category: str, training_type: str, today: date
) -> QuerySet[RemitGroupGrant]:
    rows = _over(RemitGroupGrant.objects.all(), act, line, category, training_type, today)
    return rows.filter(group__organisation__isnull=False).select_related("group__organisation", "content_object")


@prepared
def _to_people(act: str, line: tuple[str, ...], category: str, training_type: str, today: date) -> QuerySet:
    """(user, category, training type)."""
    rows = _over(RemitUserGrant.objects.all(), act, line, category, training_type, today)
    return rows.values_list("user", "content_object__category", "content_object__training_type")


def _over(rows: QuerySet, act: str, line: tuple[str, ...], category: str, training_type: str, today: date) -> QuerySet:
    """Those that are in force and let the act be done somewhere on this line of divisions, for such a class."""
    return rows.filter(
        Grant.in_force(today),
        Q(content_object__category="") | Q(content_object__category=category),
        Q(content_object__training_type="") | Q(content_object__training_type=training_type),
        permission__codename=act,
        content_object__division__pk__in=line,
    )
