"""Who can decide what where, and why nobody can: gaps, their reasons, and places where two offices hold the same
(R-AUT-1, R-AUT-7).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.authority import administering
from accounts.domain.categories import training_types
from accounts.domain.grants import specific
from accounts.enums import HANDS_ON, OrganisationKind
from accounts.models import Division, Membership, RemitGroupGrant, RemitUserGrant

Key = tuple[str, str, str]  # code of the division, act, category
NO_STAFF, NOT_BEGUN, EXPIRED, NO_GRANT = "staff", "begins", "expired", "none"
LABELS = {
    NO_STAFF: lambda: _("无人在任"),
    NOT_BEGUN: lambda: _("尚未生效"),
    EXPIRED: lambda: _("已失效"),
    NO_GRANT: lambda: _("没有授权"),
}


@dataclass(frozen=True)
class Holding:
    """A grant to an office, or to somebody of it, as the coverage reads it. `sits`: somebody there can use it now."""

    act: str
    code: str
    category: str
    training_type: str
    begins_on: date | None
    expires_on: date | None
    holder: str
    office: int | None
    office_name: str
    office_place: str
    sits: bool

    def covers(self, category: str, training_type: str) -> bool:
        return self.category in ("", category) and self.training_type in ("", training_type)


@dataclass(frozen=True)
class Why:
    """Why nobody can: the kind of reason, a sentence, and the office it is about, where one is."""

    kind: str
    sentence: str
    office: int | None = None


@dataclass(frozen=True)
class Cover:
    """How many hold an act for a category in a place now. `why` is set where a class would find nobody; `missing` are
    the training types it concerns, empty for all. `offices` are the names of those that hold exactly the same.
    """

    count: int
    why: Why | None = None
    missing: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()


def holdings() -> Iterator[Holding]:
    """Every grant, also ended ones and those to come; two queries. A personal one stands once for each office."""
    what = (
        "permission__codename",
        "content_object__division_id",
        "content_object__category",
        "content_object__training_type",
        "begins_on",
        "expires_on",
    )
    current = Membership.objects.current().filter(role__in=HANDS_ON)
    reached = current.exclude(user__in=administering(timezone.localdate()).values("user"))
    departments = RemitGroupGrant.objects.filter(group__organisation__isnull=False).annotate(
        sits=Exists(reached.filter(organisation__group=OuterRef("group")))
    )
    office = "group__organisation"
    for row in departments.values_list(
        *what, f"{office}__name", office, f"{office}__name", f"{office}__division_id", "sits"
    ):
        yield Holding(*row)
    seat = "user__memberships"
    people = RemitUserGrant.objects.annotate(
        sits=Q(**{f"{seat}__in": current}), office=F(f"{seat}__organisation")
    ).distinct()
    seated: Any = people.values_list(
        *what, "user__full_name", "office", f"{seat}__organisation__name", f"{seat}__organisation__division_id", "sits"
    )
    for row in seated:
        yield Holding(*[*row[:-1], bool(row[-1])])


def coverage(
    divisions: Iterable[Division], acts: Collection[str], categories: Collection[str], *, today: date | None = None
) -> dict[Key, Cover]:
    """What every place has of every act and category. Three queries, however many places."""
    today = today or timezone.localdate()
    by_place: dict[tuple[str, str], list[Holding]] = {}
    for one in holdings():
        by_place.setdefault((one.code, one.act), []).append(one)
    staffed = set(
        Membership.objects.current(today)
        .filter(role__in=HANDS_ON, organisation__kind__in=(OrganisationKind.HR_OFFICE, OrganisationKind.INDUSTRY))
        .values_list("organisation__division_id", flat=True)
    )
    known = {code for code, _label in training_types()}
    found: dict[Key, Cover] = {}
    for division in divisions:
        for act in acts:
            here = [one for code in division.line for one in by_place.get((code, act), ())]
            for category in categories:
                over = [one for one in here if one.category in ("", category)]
                found[division.pk, act, category] = _cover(division, category, over, known, today, staffed)
    return found


def _cover(
    division: Division, category: str, over: list[Holding], known: set[str], today: date, staffed: set[str]
) -> Cover:
    """One cell. Training types no grant names are asked about together, as ""."""
    named = {one.training_type for one in over if one.training_type}
    sorts = sorted(named) if known and named >= known else ["", *sorted(named)]
    now = [one for one in over if one.sits and _in_force(one, today)]
    missing = [sort for sort in sorts if not any(one.covers(category, sort) for one in now)]
    offices = next(filter(None, (_same(division, category, sort, now) for sort in sorts)), ())
    if not missing:
        return Cover(len(now), offices=offices)
    why = _why([one for one in over if one.covers(category, missing[0])], today, division.pk in staffed)
    return Cover(len(now), why, () if missing == sorts else tuple(missing), offices)


def _in_force(one: Holding, today: date) -> bool:
    return (one.begins_on is None or one.begins_on <= today) and (one.expires_on is None or one.expires_on > today)


def _same(division: Division, category: str, training_type: str, now: list[Holding]) -> tuple[str, ...]:
    """The offices between which nothing decides where such a class goes: equally specific, equally near."""
    line = division.line
    ranked = [
        ((specific(one.category, one.training_type), line.index(one.office_place)), one)
        for one in now
        if one.office_place in line and one.covers(category, training_type)
    ]
    if not ranked:
        return ()
    best = max(rank for rank, _one in ranked)
    names = {one.office: one.office_name for rank, one in ranked if rank == best}
    return tuple(sorted(names.values())) if len(names) > 1 else ()


def _why(over: list[Holding], today: date, staffed: bool) -> Why:
    """The reason nearest to its cure: somebody is only missing at the desk, has only to wait, or has ended."""
    if one := next((one for one in over if _in_force(one, today)), None):
        return Why(NO_STAFF, _("已授权%(who)s，但没有在任人员可以办理") % {"who": one.holder}, one.office)
    coming = [(one.begins_on, one.holder) for one in over if one.begins_on and one.begins_on > today]
    if coming:
        day, who = min(coming)
        return Why(NOT_BEGUN, _("%(who)s的权限自%(day)s起生效") % {"who": who, "day": day.isoformat()})
    ended = [(one.expires_on, one.holder) for one in over if one.expires_on]
    if ended:
        day, who = max(ended)
        return Why(EXPIRED, _("%(who)s的权限已于%(day)s失效") % {"who": who, "day": day.isoformat()})
    if not staffed:
        return Why(NO_STAFF, _("本地没有在任审核人员，也没有授权"))
    return Why(NO_GRANT, _("没有授予任何部门或人员"))
