"""Everything that was done to a case, in one line of time: its moves, and every other act the trail knows (R-SEC-2).

A room says which things belong to a case (`add_trail`): its class, its people, its payments. Who reads sees what is
theirs: an office
everything, a unit its own acts and those it was told of (`tell_units`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from accounts.domain.labels import act_label, describe_data
from accounts.models import Event, Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import case_page_of
from casework.domain.flow import Flow, flows
from casework.models import Step
from kit.fast.prepared import prepared

NEWEST, FEW = 20, 3
Things = list[tuple[str, Any]]
# What an act says of itself that the line of time says already, or that only a machine reads.
UNSAID = {
    "sha256",
    "version",
    "enrolment",
    "line",
    "objection",
    "publicity",
    "overruling",
    "subject",
    "before",
    "after",
    "size",
    "upload",
    "file",
}


@dataclass(frozen=True)
class Trail:
    """The things a case is made of, as (kind, their numbers), and the names of some of them for the line of time."""

    things: Things
    names: Mapping[tuple[str, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One line: a move (`step`), or another act with its words."""

    at: datetime
    step: Step | None = None
    what: str = ""
    whom: str = ""
    actor: str = ""
    reason: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Folded:
    """A long line of time as a page shows it: the newest entries, those folded away, the first."""

    newest: list[Entry]
    between: list[Entry]
    first: list[Entry]


def folded(entries: list[Entry], newest: int = NEWEST) -> Folded:
    """Nothing is left out; a few more than shown are not worth a fold."""
    if len(entries) <= newest + FEW:
        return Folded(entries, [], [])
    return Folded(entries[:newest], entries[newest:-1], entries[-1:])


_trails: dict[str, list[Callable[[Any], Trail]]] = {}
_only: dict[str, frozenset[str]] = {}
_told_to_units: set[str] = set()


def add_trail(kind: str, find: Callable[[Any], Trail]) -> None:
    """Called from `ready()`: what belongs to a thing of this kind; of a case `find` is handed the file."""
    if find not in _trails.setdefault(kind, []):
        _trails[kind].append(find)


def only_acts(kind: str, *acts: str) -> None:
    """Of things that belong to many cases (a person), only these acts are a case's own."""
    _only[kind] = frozenset(acts)


def tell_units(*acts: str) -> None:
    """Acts of an office that the unit of the case reads in its history."""
    _told_to_units.update(acts)


def trail_of(kind: str, pk: int, thing: Any) -> Trail:
    """What belongs to a thing of this kind and number; of a case `thing` is its file."""
    found = [find(thing) for find in _trails.get(kind, ())]
    return Trail(
        [(kind, [pk]), *(one for trail in found for one in trail.things)],
        {k: v for trail in found for k, v in trail.names.items()},
    )


def line_of_time(steps: Iterable[Step], trail: Trail, membership: Membership) -> list[Entry]:
    """The moves and all other acts, the newest first; one query."""
    steps = list(steps)
    entries = [Entry(step.at, step=step) for step in steps]
    entries += [_entry(event, trail, membership) for event in _acts(trail, {step.kind for step in steps}, membership)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _acts(trail: Trail, shown: set[str], membership: Membership) -> Any:
    """The events of these things that are no moves shown already."""
    of_case = reduce(or_, (_of(kind, ids) for kind, ids in trail.things))
    moves = [f"{kind}.{move.name}" for kind in shown if kind in flows() for move in flows()[kind].moves]
    rows = Event.objects.filter(of_case).exclude(act__in=moves).exclude(act="comment.added")
    if membership.is_unit:
        rows = rows.filter(Q(membership__organisation=membership.organisation_id) | Q(act__in=sorted(_told_to_units)))
    return rows.order_by("-id")


def _of(kind: str, ids: Any) -> Q:
    found = Q(subject_kind=kind, subject_id__in=ids)
    return found & Q(act__in=sorted(_only[kind])) if kind in _only else found


def _entry(event: Event, trail: Trail, membership: Membership) -> Entry:
    own = not membership.is_unit or event.subject_kind != "paymentbatch"
    details = (
        describe_data({key: value for key, value in event.data.items() if key not in UNSAID}, event.act) if own else []
    )
    whom = trail.names.get((event.subject_kind, event.subject_id or 0)) or trail.names.get(
        ("enrolment", event.data.get("enrolment") or 0), ""
    )
    return Entry(
        event.at, what=act_label(event.act), whom=whom, actor=event.actor, reason=event.reason, details=tuple(details)
    )


def story(flow: Flow, file: CaseFile[Any]) -> list[Step]:
    """The moves of this case and of those that came before it, oldest first; one query."""
    cases = dict.fromkeys([(flow.kind, file.application.pk), *case_page_of(flow.kind).history(file)])
    return _steps(*(object_id for _kind, object_id in cases), kinds=tuple(kind for kind, _object_id in cases))


@prepared
def _steps(*ids: int, kinds: tuple[str, ...]) -> QuerySet[Step]:
    cases = (Q(kind=kind, object_id=object_id) for kind, object_id in zip(kinds, ids, strict=True))
    return Step.objects.filter(reduce(or_, cases)).order_by("id")
