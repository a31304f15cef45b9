"""What the house already knows of the people of a roster, set-based (workflow.md, Roster upload; R-SUB-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from casework.domain.routing import parameter
from eligibility.domain.people import number_hash
from eligibility.models import Person
from kit.ids import same_name
from training.domain.timetable import IDLE
from training.enums import PUBLIC_STAGES
from training.fields import Problem
from training.models import Enrolment, TrainingClass


@dataclass(frozen=True)
class Known:
    """`in_roster`: numbers already in this class; `warnings`: by number, what a clerk should look at."""

    in_roster: frozenset[str]
    warnings: Mapping[str, list[Problem]]


def what_is_known(training_class: TrainingClass, people: Mapping[str, str]) -> Known:
    """Two queries for any number of people {number: name}: are they here, in another running class, how often this year."""
    if not people:
        return Known(frozenset(), {})
    by_hash = {number_hash(number): number for number in people}
    found = Person.objects.filter(number_hash__in=list(by_hash)).only("id", "number_hash", "name")
    persons = {person.pk: (by_hash[bytes(person.number_hash)], person.name) for person in found}
    warnings: dict[str, list[Problem]] = {}
    here, elsewhere = set(), set()
    times: dict[str, int] = {}
    year = (training_class.first_day or timezone.localdate()).year
    for person_id, class_id, number, stage, first, last in _enrolments(persons):
        who = persons[person_id][0]
        if class_id == training_class.pk:
            here.add(who)
            continue
        elsewhere.add(person_id)
        if stage not in IDLE and _meets(training_class, first, last):
            warnings.setdefault(who, []).append(["in_class", number, last.isoformat()])
        if stage in PUBLIC_STAGES and first.year == year:
            times[who] = times.get(who, 0) + 1
    for person_id in elsewhere:
        who, name = persons[person_id]
        if not same_name(name, people[who]):
            warnings.setdefault(who, []).append(["other_name"])
    most = int(parameter("trainings_a_year", division=training_class.division, day=training_class.first_day))
    for who, count in times.items():
        if count + 1 >= most:
            warnings.setdefault(who, []).append(["times", count, most])
    return Known(frozenset(here), warnings)


def _enrolments(persons: Mapping[int, object]) -> list[tuple[int, int, str, str, date, date]]:
    return list(
        Enrolment.objects.filter(person__in=list(persons), struck_out_at__isnull=True).values_list(
            "person_id", "training_class_id", "training_class__number", "training_class__stage",
            "training_class__first_day", "training_class__last_day")
    )


def _meets(training_class: TrainingClass, first: date | None, last: date | None) -> bool:
    """Whether another class's days meet this one's; a draft without days meets what is still running today."""
    if first is None or last is None:
        return False
    begin = training_class.first_day or timezone.localdate()
    end = training_class.last_day or max(begin, last)
    return first <= end and begin <= last
