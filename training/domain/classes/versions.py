"""The versions of what is drafted about classes and units (R-SEC-4): what each form shows, read from the database."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model

from kit.versions import version_of
from training.models import (
    AccountChange,
    AttendanceSheet,
    CertificateChange,
    Enrolment,
    Lesson,
    Registration,
    RosterRow,
    Teacher,
    TrainingClass,
    Venue,
)

TYPED = (
    "name",
    "category",
    "project_id",
    "fund_source",
    "institution_id",
    "employer_id",
    "first_day",
    "last_day",
    "venue_id",
    "planned_people",
    "fee",
)
ENTERED = ("pk", "theory_score", "practice_score", "result", "certificate_kind", "certificate_number", "certificate_on")


def class_version(pk: int) -> str:
    """What the form of a class shows."""
    found = TrainingClass.objects.get(pk=pk)
    return version_of([getattr(found, name) for name in TYPED], sorted(found.teachers.values_list("pk", flat=True)))


def timetable_version(training_class: int) -> str:
    return version_of(Lesson.objects.filter(training_class=training_class).order_by("day", "starts", "pk"))


def row_version(model: type[Model]) -> Callable[[int], str]:
    """The version of one row by its number; of none that is there no more."""

    def read(pk: int) -> str:
        found = model._default_manager.filter(pk=pk).first()
        return version_of(found) if found else ""

    return read


lesson_version, teacher_version, venue_version, change_version, certificate_version = (
    row_version(model) for model in (Lesson, Teacher, Venue, AccountChange, CertificateChange)
)


def unit_version(unit: int) -> str:
    """The draft beside a unit's file."""
    draft = Registration.objects.filter(unit=unit).order_by("-id").first()
    return version_of(draft.pk, sorted(draft.values.items())) if draft else ""


def sheet_version(lesson: int) -> str:
    """The attendance of a lesson; of a lesson without a sheet, that there is none."""
    sheet = AttendanceSheet.objects.filter(lesson=lesson).first()
    return version_of(sorted(sheet.marks.items()) if sheet else None)


def results_version(training_class: int) -> str:
    """What has been entered for everyone of a class."""
    people = Enrolment.objects.filter(training_class=training_class, struck_out_at__isnull=True).order_by("pk")
    return version_of([list(row) for row in people.values_list(*ENTERED)])


def version_of_results(person: Enrolment) -> str:
    """What has been entered for one of them."""
    return version_of([getattr(person, name) for name in ENTERED])


def trainee_version(pk: int) -> str:
    """What the roster says of one trainee; of one who is there no more, nothing."""
    found = Enrolment.objects.select_related("person").filter(pk=pk).first()
    return version_of_trainee(found) if found else ""


def version_of_trainee(found: Enrolment) -> str:
    """The same of a row at hand; the verdict is not the unit's."""
    return version_of(
        found.person,
        found.phone,
        found.bank_name,
        found.bank_account,
        sorted(found.marks),
        found.household,
        found.struck_out_at,
    )


def staged_version(upload: int) -> str:
    """The rows of an uploaded roster as they were mended last."""
    return version_of([[row.row, row.cells] for row in RosterRow.objects.filter(upload=upload).order_by("row")])
