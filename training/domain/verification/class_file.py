"""A class read once: what the page of its opening, completion or claim and the guards of one move look at, so that
neither asks twice (P7). Effects and covers read the tables.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import Membership
from casework.domain.case_file import CaseFile, Remits
from casework.domain.case_page import Condition
from casework.domain.routing import parameters
from casework.domain.workdays import entered_word
from casework.enums import WITH_APPLICANT
from eligibility.domain.brief import Brief, brief_json
from eligibility.domain.overrulings import overrulings_of
from eligibility.enums import Gate
from eligibility.models import Examination, Overruling
from kit.fast.prepared import prepared
from training.domain.classes.enrolments import KIND, living
from training.domain.verification.certificates import CODE
from training.domain.verification.findings import PersonFinding, findings_among, settled_by_approval
from training.models import Change, Enrolment, Lesson, Teacher, TrainingClass, Unit, Venue

AROUND = ("project__occupation", "institution", "employer", "applicant__unit", "venue", "division")
AROUND_CLASS = tuple(f"training_class__{name}" for name in AROUND)
# Numbers of the first day of the class; the lead time is one of the day of submission.
OF_FIRST_DAY = ("lesson_hours_a_day", "class_least_people", "class_most_people", "attendance_percent")
LEAD = "opening_lead_workdays"
OF_UNIT = ("organisation__name", "licence_number", "licence_valid_to", "facilities")
# Encrypted or long, and of no use here: not read, so not decrypted. Of an examination `brief` is read.
UNSHOWN = (
    "phone",
    "bank_name",
    "bank_account",
    "marks",
    "household",
    "person__number",
    "person__number_hash",
    "person__letters",
    "person__birth_date",
    "person__sex",
    "person__ethnicity",
    "person__created_at",
    "examination__results",
    "examination__subgroups",
)


class ClassFile(CaseFile[Any]):
    """People, timetable, teachers and policy of the class of an application (`training_class`); each one query, asked
    when it is first needed.

    `conditions` keeps an opening's check list by reader, for its page and its guards.
    """

    def __init__(self, application: Any, remits: Remits | None = None) -> None:
        super().__init__(application, remits)
        self.conditions: dict[int | None, list[Condition]] = {}

    @cached_property
    def training_class(self) -> TrainingClass:
        return self.application.training_class

    @cached_property
    def day(self) -> date:
        """The day the application was handed in; today while it is with its applicant."""
        application = self.application
        is_submitted = application.submitted_at and application.state not in WITH_APPLICANT
        return timezone.localdate(application.submitted_at if is_submitted else None)

    @cached_property
    def enrolments(self) -> list[Enrolment]:
        """Everyone, also who was struck out, in the order of the roster; `is_overruled`: an overruling was proposed at
        least,
        `is_watched`: the nightly watch found something.
        """
        rows = self._own(_enrolments(self.training_class.pk))
        if struck_by := {row.struck_out_by_id for row in rows} - {None}:
            memberships = {membership.pk: membership for membership in _memberships(tuple(sorted(struck_by)))}
            for row in rows:
                row.struck_out_by = memberships.get(row.struck_out_by_id)
        return rows

    @cached_property
    def briefs(self) -> dict[int, Brief]:
        """The latest judgement of each, by enrolment."""
        return {
            row.pk: Brief(row.examination.verdict, row.brief) if row.examination else Brief() for row in self.enrolments
        }

    @cached_property
    def people(self) -> list[Enrolment]:
        return [enrolment for enrolment in self.enrolments if not enrolment.is_struck_out]

    def _own(self, rows: list[Any]) -> list[Any]:
        """Rows of the class in hand, which needs not be asked for again."""
        for row in rows:
            row.training_class = self.training_class
        return rows

    @property
    def headcount(self) -> int:
        """How many are living, without reading them where only the number is wanted."""
        return len(self.people) if "enrolments" in self.__dict__ else living(self.training_class).count()

    @cached_property
    def lessons(self) -> list[Lesson]:
        """In order, each with teacher, room, whether its attendance is recorded, and what was entered of its day
        (`entered`).
        """
        return self._own(_lessons(self.training_class.pk))

    @cached_property
    def overrulings(self) -> list[Overruling]:
        """Every overruling of a registry's answer about these people, whatever became of it (R-ELG-5); mostly nobody
        has any.
        """
        found = [enrolment.pk for enrolment in self.enrolments if enrolment.is_overruled]
        return list(overrulings_of(KIND, found)) if found else []

    @cached_property
    def exceptions(self) -> list[PersonFinding]:
        """Who stands against the approval of the opening."""
        return findings_among(self.people, self.briefs, but=settled_by_approval(self.training_class))

    @cached_property
    def watched(self) -> list[Change]:
        """What the nightly watch found of the people still in the class; mostly nobody has any (R-ELG-8)."""
        return changes_of([person.pk for person in self.people if person.is_watched])

    @cached_property
    def judged_at_opening(self) -> dict[int, Examination]:
        """The last judgement of each at the gate of the opening, without its results, by enrolment."""
        rows = Examination.objects.filter(
            subject_kind=KIND, subject_id__in=[person.pk for person in self.people], gate=Gate.OPENING
        )
        return {row.subject_id: row for row in rows.defer("results").order_by("id")}

    @cached_property
    def planned_hours(self) -> Decimal:
        return sum((lesson.hours for lesson in self.lessons), Decimal(0))

    @cached_property
    def units(self) -> list[Unit]:
        """The units of the class with their conditions: `staff` (name, qualification, is_active, teaches), `rooms`
        (name, capacity).
        """
        owners = {getattr(self.training_class, name) for name in ("applicant_id", "institution_id", "employer_id")} - {
            None
        }
        return _units(self.training_class.pk, tuple(sorted(owners)))

    @property
    def teachers(self) -> list[dict[str, Any]]:
        """Who teaches the class, of the staff of its units."""
        return [teacher for unit in self.units for teacher in unit.staff if teacher["teaches"]]

    @cached_property
    def numbers(self) -> dict[str, Decimal]:
        """The numbers of policy that bear on the class where it is."""
        days = dict.fromkeys(OF_FIRST_DAY, self.training_class.first_day) | {LEAD: self.day}
        return parameters(days, division=self.training_class.division)


@prepared
def _enrolments(training_class: int) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(training_class=training_class).select_related("person", "examination")
    proposed = Overruling.objects.filter(subject_kind=KIND, subject_id=OuterRef("pk"))
    found = Change.objects.filter(enrolment=OuterRef("pk"))
    return (
        rows.annotate(is_overruled=Exists(proposed), is_watched=Exists(found), brief=brief_json("examination", CODE))
        .defer(*UNSHOWN)
        .order_by("sequence", "id")
    )


@prepared
def _memberships(ids: tuple[int, ...]) -> QuerySet[Membership]:
    return Membership.objects.filter(pk__in=ids).select_related("user", "organisation")


@prepared
def _lessons(training_class: int) -> QuerySet[Lesson]:
    rows = (
        Lesson.objects.filter(training_class=training_class)
        .select_related("teacher", "venue", "sheet")
        .defer("sheet__marks")
    )
    return rows.annotate(entered=entered_word("day"))


@prepared
def _units(training_class: int, owners: tuple[int, ...]) -> QuerySet[Unit]:
    teaches = TrainingClass.teachers.through.objects.filter(teacher=OuterRef("pk"), trainingclass=training_class)
    staff = (
        Teacher.objects.filter(unit=OuterRef("pk"))
        .annotate(teaches=Exists(teaches))
        .order_by("id")
        .values(json=JSONObject(name="name", qualification="qualification", is_active="is_active", teaches="teaches"))
    )
    rooms = (
        Venue.objects.filter(unit=OuterRef("pk"))
        .order_by("id")
        .values(json=JSONObject(name="name", capacity="capacity"))
    )
    rows = Unit.objects.filter(organisation__pk__in=owners).select_related("organisation").only(*OF_UNIT).order_by("id")
    return rows.annotate(staff=ArraySubquery(staff), rooms=ArraySubquery(rooms))


def changes_of(enrolments: Collection[int]) -> list[Change]:
    """All that the watch found of these people, open first, then the newest; one query, none for nobody."""
    if not enrolments:
        return []
    rows = Change.objects.filter(enrolment__in=enrolments).select_related(
        "enrolment__person", "dealt_by__user", "dealt_by__organisation"
    )
    return sorted(rows.order_by("enrolment__sequence", "-since", "id"), key=lambda change: change.dealt_at is not None)
