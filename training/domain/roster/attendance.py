"""Attendance per lesson, by trainee, by the institution (R-SUP-1); the hours attended follow in the
same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import Role
from accounts.models import Membership, Organisation
from kit.refusals import NotAllowed, NotNow
from kit.text import written
from training.domain.classes.enrolments import living
from training.enums import Mark, Stage
from training.models import AttendanceSheet, Enrolment, Lesson, TrainingClass

KEPT_IN = (Stage.APPROVED, Stage.IN_TRAINING)


def teaching_unit(training_class: TrainingClass) -> Organisation:
    """The institution that teaches; an employer that trains its own people itself."""
    return training_class.institution or training_class.employer or training_class.applicant


def why_not_recorder(training_class: TrainingClass, by: Membership) -> str:
    """The sentence that forbids this membership to record attendance and results, or ""."""
    unit = teaching_unit(training_class)
    if by.role == Role.OPERATOR and by.organisation_id == unit.pk:
        return ""
    return _("考勤和成绩只能由培训单位（%(unit)s）的经办人登记。") % {"unit": unit.name}


def why_not_now(lesson: Lesson, today: date) -> str:
    """The sentence that says a lesson's attendance cannot be recorded today, or ""."""
    if lesson.training_class.stage not in KEPT_IN:
        return _("班次现在是“%(stage)s”，不能登记考勤。") % {"stage": lesson.training_class.get_stage_display()}
    if lesson.day > today:
        return _("这一课在%(day)s，上课当天才能登记考勤。") % {"day": lesson.day.isoformat()}
    return ""


def record_sheet(lesson: Lesson, marks: Mapping[int, str], *, by: Membership, correction: str = "") -> AttendanceSheet:
    """Keep one lesson's attendance: a mark for every living trainee. A change to a kept sheet needs a reason.

    Raises NotAllowed or NotNow. Saving the same marks again changes nothing.
    """
    training_class = lesson.training_class
    if why := why_not_recorder(training_class, by):
        raise NotAllowed(why)
    with transaction.atomic():
        locked = TrainingClass.objects.select_for_update(of=("self",)).get(pk=training_class.pk)
        lesson.training_class = locked
        if why := why_not_now(lesson, timezone.localdate()):
            raise NotNow(why)
        people = list(living(locked))
        kept = _checked(people, marks)
        sheet = AttendanceSheet.objects.select_for_update().filter(lesson=lesson).first()
        if sheet and {pk: sheet.marks.get(pk) for pk in kept} == kept:
            return sheet
        correction = written(correction)
        if sheet and not correction:
            raise NotNow(_("这一课的考勤已登记，更正须说明理由。"), field="correction")
        return _keep(sheet or AttendanceSheet(lesson=lesson), kept, people, by=by, correction=correction)


def _checked(people: list[Enrolment], marks: Mapping[int, str]) -> dict[str, str]:
    """A known mark for everyone and for nobody else."""
    missing = [person for person in people if marks.get(person.pk) not in Mark.values]
    if missing:
        raise NotNow(_("%(name)s还没有登记出勤、请假或缺勤。") % {"name": missing[0].name})
    if len(marks) != len(people):
        raise NotNow(_("考勤名单与花名册不一致，请刷新页面后再登记。"))
    return {str(person.pk): str(marks[person.pk]) for person in people}


def _keep(
    sheet: AttendanceSheet, marks: dict[str, str], people: list[Enrolment], *, by: Membership, correction: str
) -> AttendanceSheet:
    before = dict(sheet.marks)
    sheet.marks, sheet.by, sheet.recorded_at, sheet.correction = before | marks, by, timezone.now(), correction
    sheet.save()
    lesson = sheet.lesson
    recount(lesson.training_class, people)
    record(
        "attendance.corrected" if before else "attendance.recorded",
        by=by,
        on=lesson.training_class,
        reason=correction,
        day=lesson.day.isoformat(),
        starts=f"{lesson.starts:%H:%M}",
        changed=_changed(before, marks, people),
    )
    return sheet


def _changed(before: dict[str, str], marks: dict[str, str], people: list[Enrolment]) -> dict[str, str | list[str]]:
    """The marks that are new; in a correction, each with the one it replaces, by the trainee's number on the roster."""
    if not before:
        return dict(marks)
    places = {str(person.pk): person.sequence for person in people}
    return {f"{places[pk]}.mark": [before.get(pk, ""), mark] for pk, mark in marks.items() if before.get(pk) != mark}


def recount(training_class: TrainingClass, people: list[Enrolment]) -> None:
    """The hours each of these people attended, from all sheets of the class; two queries."""
    hours: dict[str, Decimal] = {}
    for marks, length in AttendanceSheet.objects.filter(lesson__training_class=training_class).values_list(
        "marks", "lesson__hours"
    ):
        for pk, mark in marks.items():
            if mark == Mark.PRESENT:
                hours[pk] = hours.get(pk, Decimal(0)) + length
    for person in people:
        person.attended_hours = hours.get(str(person.pk), Decimal(0))
    Enrolment.objects.bulk_update(people, ["attended_hours"])


def planned_hours(training_class: TrainingClass) -> Decimal:
    """The lesson hours of the timetable."""
    return sum(training_class.lessons.values_list("hours", flat=True), Decimal(0))


def attendance_percent(enrolment: Enrolment, planned: Decimal) -> Decimal:
    """Hours attended in per cent of the timetable, to a tenth, rounded down: 79.96 % is not 80 %."""
    if not planned:
        return Decimal(0)
    return (enrolment.attended_hours * 1000 // planned) / 10
