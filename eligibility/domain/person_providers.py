"""What the rooms above say of a person whose name or number is to be put right (R-SEC-1)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from accounts.models import Division, Membership
from eligibility.models import Person


@dataclass(frozen=True)
class PersonProvider:
    """An upper room's door to the people it keeps.

    `places(person, membership)`: where an office meets the person, the newest first.
    `busy(ids)`: sentences why these people may not change just now. `against(one, other)`: why two records may not
    become one;
    `brings_up(one, other)`: what comes to light when they do. `ask_anew(id)` queues new checks of the person in every
    case that
    is still open and gives how many.
    """

    places: Callable[[Person, Membership], list[Division]] = lambda person, membership: []
    busy: Callable[[Collection[int]], list[str]] = lambda ids: []
    against: Callable[[Person, Person], list[str]] = lambda one, other: []
    brings_up: Callable[[Person, Person], list[str]] = lambda one, other: []
    ask_anew: Callable[[int], int] = lambda person: 0


_doors: list[PersonProvider] = []


def add_person_provider(door: PersonProvider) -> None:
    """Called once from an app's `ready()`."""
    _doors.append(door)


def places_of(person: Person, membership: Membership) -> list[Division]:
    """Every place at which the membership meets the person; none means outside its scope."""
    found = [division for door in _doors for division in door.places(person, membership)]
    return list({division.pk: division for division in found}.values())


def why_busy(people: Collection[int]) -> list[str]:
    return [sentence for door in _doors for sentence in door.busy(people)]


def against_one(one: Person, other: Person) -> list[str]:
    return [sentence for door in _doors for sentence in door.against(one, other)]


def brought_up(one: Person, other: Person) -> list[str]:
    return [sentence for door in _doors for sentence in door.brings_up(one, other)]


def ask_anew(person: int) -> int:
    """New checks in every open case of this person, in whichever room; gives how many were queued."""
    return sum(door.ask_anew(person) for door in _doors)
