"""What the rooms above say of a person whose name or number is to be put right (R-SEC-1)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from accounts.models import Division, Membership
from eligibility.models import Person


@dataclass(frozen=True)
class PersonProvider:
    """What an upper room tells of the people it keeps.

    `places(person, membership)`: where an office meets the person, the newest first.
    `busy(ids)`: sentences why these people may not change just now. `against(one, other)`: why two records may not
    become one;
    `brings_up(one, other)`: what comes to light when they do. `ask_anew(id)` queues new checks of the person in every
    case that is still open and gives how many.
    """

    places: Callable[[Person, Membership], list[Division]] = lambda person, membership: []
    busy: Callable[[Collection[int]], list[str]] = lambda ids: []
    against: Callable[[Person, Person], list[str]] = lambda one, other: []
    brings_up: Callable[[Person, Person], list[str]] = lambda one, other: []
    ask_anew: Callable[[int], int] = lambda person: 0


_providers: list[PersonProvider] = []


def add_person_provider(provider: PersonProvider) -> None:
    """Called once from an app's `ready()`."""
    _providers.append(provider)


def places_of(person: Person, membership: Membership) -> list[Division]:
    """Every place at which the membership meets the person; none means outside its scope."""
    found = [division for provider in _providers for division in provider.places(person, membership)]
    return list({division.pk: division for division in found}.values())


def why_busy(people: Collection[int]) -> list[str]:
    return [sentence for provider in _providers for sentence in provider.busy(people)]


def against_one(one: Person, other: Person) -> list[str]:
    return [sentence for provider in _providers for sentence in provider.against(one, other)]


def brought_up(one: Person, other: Person) -> list[str]:
    return [sentence for provider in _providers for sentence in provider.brings_up(one, other)]


def ask_anew(person: int) -> int:
    """New checks in every open case of this person, in whichever room; gives how many were queued."""
    return sum(provider.ask_anew(person) for provider in _providers)
