"""One record per citizen number, whoever enters it (R-SEC-4); what upper rooms know of a person's life with training
(R-SUB-6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from accounts.models import Membership
from eligibility.models import Person
from kit.crypto import lookup_hash
from kit.identity import mend_number, normalise_name, same_name
from kit.ids import parse_citizen_number


class OtherName(NamedTuple):
    """A number entered under a name that is not the one on record; the record keeps its own (people settle it)."""

    person: Person
    given: str


def number_hash(number: str) -> bytes:
    """The key by which a citizen number is found; the number is brought into its one form first."""
    return lookup_hash(mend_number(number)[0], "citizen_number")


def person_for(number: str, name: str, *, ethnicity: str = "") -> Person:
    """The person of a number, made when new. Raises kit.ids.IdError for a number that cannot be one."""
    person = people_for([(number, name)])[number]
    if ethnicity and not person.ethnicity:
        Person.objects.filter(pk=person.pk, ethnicity="").update(ethnicity=ethnicity)
        person.ethnicity = ethnicity
    return person


def people_for(rows: Iterable[tuple[str, str]]) -> dict[str, Person]:
    """The people of (number, name) rows, by the number as given; new ones are made, known ones keep their name. Three
    queries.

    Two rosters that bring the same new person at the same time make one record: the second finds the first's.
    """
    wanted = {number: (number_hash(number), name) for number, name in rows}
    hashes = [key for key, _name in wanted.values()]
    known = _by_hash(hashes)
    new = {key: _new_person(number, key, name) for number, (key, name) in wanted.items() if key not in known}
    if new:
        Person.objects.bulk_create(new.values(), ignore_conflicts=True)
        known = _by_hash(hashes)
    return {number: known[key] for number, (key, _name) in wanted.items()}


def other_names(rows: Iterable[tuple[str, str]], people: dict[str, Person]) -> dict[str, OtherName]:
    """By number: where the name given is not the one on record. Nothing is overwritten; the page
    asks which is right.
    """
    return {
        number: OtherName(people[number], normalise_name(name))
        for number, name in rows
        if number in people and not same_name(people[number].name, name)
    }


def _by_hash(hashes: list[bytes]) -> dict[bytes, Person]:
    return {person.number_hash: person for person in Person.objects.filter(number_hash__in=hashes)}


def _new_person(number: str, key: bytes, name: str) -> Person:
    citizen = parse_citizen_number(number, timezone.localdate())
    name = normalise_name(name)
    return Person(
        number=citizen.number,
        number_hash=key,
        head=citizen.number[:3],
        tail=citizen.number[-4:],
        name=name,
        letters=sorted(set(name)),
        birth_date=citizen.birth_date,
        sex=citizen.sex,
    )


@dataclass(frozen=True)
class LifeEvent:
    """One entry of a person's life line: when (a day without an hour where `whole_day`), what happened, where it can be
    read.
    """

    at: datetime
    title: str
    text: str
    url: str = ""
    tone: str = "secondary"
    whole_day: bool = False


LifeProvider = Callable[[Person, Membership], list[LifeEvent]]
_providers: list[LifeProvider] = []
_histories: list[LifeProvider] = []


def add_life(provider: LifeProvider) -> None:
    """An upper app tells what it knows of a person, within the scope of the membership that asks."""
    if provider not in _providers:
        _providers.append(provider)


def add_history(provider: LifeProvider) -> None:
    """Shown only to whoever sees the person anyway (its corrections); by itself it opens nobody's life line."""
    if provider not in _histories:
        _histories.append(provider)


def life_of(person: Person, membership: Membership) -> list[LifeEvent]:
    """Everything the membership may see of this person, newest first; empty means the person is outside its scope."""
    events = [event for provider in _providers for event in provider(person, membership)]
    if events:
        events += [event for provider in _histories for event in provider(person, membership)]
    return sorted(events, key=lambda event: event.at, reverse=True)
