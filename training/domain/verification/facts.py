"""What CLASSES tells the judge about an enrolment: class, papers, filings, what people answered (R-ELG-3, R-OPN-6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils import timezone

from casework.domain.files import particulars_of
from casework.enums import State
from casework.models import Attachment
from eligibility.domain.assistance import answers_for
from eligibility.domain.brief import Brief
from eligibility.domain.descriptions import IDENTITY
from eligibility.domain.examine import Case, passed_by
from eligibility.domain.recognitions import for_judging
from eligibility.engine import UNKNOWN, Facts, Subject
from eligibility.models import Assistance, Correction, Examination
from eligibility.rules.table import table_on
from training.domain.classes.enrolments import KIND, living
from training.domain.classes.filing import assessed
from training.models import Enrolment, Opening, TrainingClass

DISTRESSED_CATEGORY = "emp_distressed"
TWO_NAMES = "two_names"


def filings_of(opening: Opening) -> dict[str, bool]:
    """Banner approval and league filing so far, read from where the opening stands on its route (R-OPN-6)."""
    approved = opening.state == State.APPROVED
    return {"banner_approval": approved or opening.position > 1, "league_filing": approved}


def papers_of(opening: Opening) -> tuple[frozenset[str], Mapping[str, date], frozenset[str]]:
    """The attached papers by code, until when those hold that end, and which do not say of
    themselves what they must.
    """
    files = Attachment.objects.filter(kind="opening", object_id=opening.pk, replaced_at__isnull=True)
    rows = list(files.values_list("slot", "valid_to", "particulars"))
    lacking = frozenset(slot for slot, _day, said in rows if not all(said.get(field) for field in particulars_of(slot)))
    return frozenset(slot for slot, _day, _said in rows), {slot: day for slot, day, _said in rows if day}, lacking


def stood_before(training_class: TrainingClass, ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The checks that rest on records without dates and were passed on or before the last day, by
    enrolment (R-ELG-3).
    """
    checks = table_on(training_class.first_day).category(training_class.category).checks
    return passed_by(KIND, ids, training_class.last_day, [check.code for check in checks if check.undated])


def contradictions_before(people: Collection[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """The names by registry that contradicted each other when these people were last judged, in whichever class, by
    person (R-ELG-1); one query.

    Such a contradiction is always put to people, so that few are looked at. What was said of a number that was put
    right since is said of somebody else.
    """
    asked = Assistance.objects.filter(person=OuterRef("person"), check_code=IDENTITY, subject_kind=KIND)
    other_number = Correction.objects.filter(
        person=OuterRef("person"), state=State.APPROVED, new_hash__isnull=False, decided_at__gt=OuterRef("examined_at")
    )
    last = Examination.objects.filter(Exists(asked), ~Exists(other_number), person__in=people, subject_kind=KIND)
    found = {row.person_id: _names_in(row) for row in last.order_by("person_id", "-id").distinct("person_id")}
    return {person: names for person, names in found.items() if names}


def _names_in(examination: Examination) -> tuple[tuple[str, str], ...]:
    """Which registry said which name, where the judgement was left open for that."""
    return tuple(
        (fact["registry"], fact["name"])
        for result in Brief.of(examination).result(IDENTITY)
        if result.outcome == UNKNOWN and result.wording and result.wording.says == TWO_NAMES
        for fact in result.evidence
        if fact.get("type") == "person"
    )


def subjects_of(
    training_class: TrainingClass,
    *,
    opening: Opening | None = None,
    only: Collection[int] | None = None,
    enrolments: list[Enrolment] | None = None,
    day: date | None = None,
) -> list[Case]:
    """The living enrolments as cases for the judge; `opening` is given while a move has it in hand, unsaved.

    Every gate judges the days of the class; `day` is the day of asking, today where nothing else is said (R-ELG-3).
    """
    asked = day or timezone.localdate()
    opening = opening or training_class.opening
    people = list(living(training_class)) if enrolments is None else enrolments
    people = [person for person in people if only is None or person.pk in only]
    answered, authors = answers_for(KIND, [person.pk for person in people])
    stood = stood_before(training_class, [person.pk for person in people]) if asked > training_class.last_day else {}
    contradicted = contradictions_before([person.person_id for person in people])
    papers, ends, incomplete = papers_of(opening)
    project, employer = training_class.project, training_class.employer
    distressed = employer if employer and training_class.category == DISTRESSED_CATEGORY else None
    recognised, of_employer, by_department = for_judging(distressed.uscc) if distressed else ({}, {}, {})
    occupation = project.occupation if project else None
    shared = {
        "category": training_class.category,
        "first_day": training_class.first_day,
        "last_day": training_class.last_day,
        "as_of": asked,
        "occupation": occupation.code if occupation else "",
        "level": project.level if project else None,
        "occupation_status": assessed(training_class),
        "employer_uscc": employer.uscc if employer else None,
        "documents": papers,
        "documents_valid_to": ends,
        "incomplete": incomplete,
        "recognitions": recognised,
        "filings": filings_of(opening),
    }
    return [
        Case(
            subject_id=enrolment.pk,
            person=enrolment.person,
            facts=Facts(
                person=Subject(enrolment.name, enrolment.person.number, frozenset(enrolment.marks)),
                assisted=answered.get(enrolment.pk, {}) | of_employer,
                vouched=authors.get(enrolment.pk, {}) | by_department,
                stood=stood.get(enrolment.pk, frozenset()),
                names_before=contradicted.get(enrolment.person_id, ()),
                **shared,
            ),
        )
        for enrolment in people
    ]
