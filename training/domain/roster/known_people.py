"""What the house already knows of the people of a roster, set-based (R-SEC-4; R-SUB-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from casework.domain.routing import parameters
from eligibility.domain.people import number_hash
from kit.identity import same_name
from training.enums import IDLE, PUBLIC_STAGES
from training.fields import Problem
from training.models import TrainingClass


@dataclass(frozen=True)
class Known:
    """`in_roster`: numbers already in this class; `warnings`: by number, what a clerk should look at."""

    in_roster: frozenset[str]
    warnings: Mapping[str, list[Problem]]


# One parameter however many people they are: a list of ten thousand costs the ORM more than the answer costs the
# database.
KNOWN = """
    SELECT p.number_hash, coalesce(nullif(e.entered_name, ''), p.name), e.training_class_id, c.stage, c.first_day,
      c.last_day
    FROM eligibility_person p JOIN training_enrolment e ON e.person_id = p.id AND e.struck_out_at IS NULL
    JOIN training_trainingclass c ON c.id = e.training_class_id
    WHERE p.number_hash = ANY(%s)
"""


def what_is_known(
    training_class: TrainingClass, people: Mapping[str, str], by_hash: Mapping[bytes, str] | None = None
) -> Known:
    """One query for any number of people {number: name}: are they here, in another running class, how often this year;
    one for the limit.

    Of other classes a unit is told only where name and number agree, and not which class it is (R-SEC-1).

    `by_hash` spares working out the hashes again: {hash: number}.
    """
    if not people:
        return Known(frozenset(), {})
    by_hash = by_hash or {number_hash(number): number for number in people}
    warnings: dict[str, list[Problem]] = {}
    here: set[str] = set()
    times: dict[str, int] = {}
    year = (training_class.first_day or timezone.localdate()).year
    for kept, name, class_id, stage, first, last in _enrolments(list(by_hash)):
        who = by_hash[bytes(kept)]
        if class_id == training_class.pk:
            here.add(who)
            continue
        if not same_name(name, people[who]):
            # who does not know the name entered there learns nothing of the person, not even that the number is known
            # (R-SEC-1)
            continue
        if stage not in IDLE and _meets(training_class, first, last):
            warnings.setdefault(who, []).append(["in_class", last.isoformat()])
        if stage in PUBLIC_STAGES and first.year == year:
            times[who] = times.get(who, 0) + 1
    most = parameters({"trainings_a_year": training_class.first_day}, division=training_class.division).get(
        "trainings_a_year"
    )
    for who, count in times.items():
        if most is not None and count + 1 >= most:
            warnings.setdefault(who, []).append(["times", count, int(most)])
    return Known(frozenset(here), warnings)


def _enrolments(hashes: list[bytes]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [hashes])
        return cursor.fetchall()


def _meets(training_class: TrainingClass, first: date | None, last: date | None) -> bool:
    """Whether another class's days meet this one's; a draft without days meets what is still running today."""
    if first is None or last is None:
        return False
    begin = training_class.first_day or timezone.localdate()
    end = training_class.last_day or max(begin, last)
    return first <= end and begin <= last
