"""Attendance per lesson: the list, one lesson's sheet, the sheet on paper (R-SUP-1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import Request
from accounts.middleware import membership_required
from casework.domain.routing import parameters
from casework.http import Difference, posted_version, shown_version
from kit.inputs import cleaned
from kit.refusals import NotAllowed
from kit.versions import Stale, unchanged
from kit.whole import whole
from training.domain.classes.enrolments import living
from training.domain.classes.versions import sheet_version
from training.domain.roster.attendance import (
    attendance_percent,
    planned_hours,
    record_sheet,
    why_not_now,
    why_not_recorder,
)
from training.enums import Mark
from training.forms.rosters import SheetForm
from training.models import Lesson, TrainingClass
from training.views.classes import class_of, tab

A4_COLUMNS = 10


@require_GET
@membership_required()
def class_attendance(request: Request, pk: int) -> HttpResponse:
    """Every lesson with its sheet, every trainee with the hours attended."""
    training_class = class_of(request, pk)
    planned = planned_hours(training_class)
    lessons = training_class.lessons.select_related("teacher", "venue", "sheet__by__user")
    return tab(
        request,
        training_class,
        "attendance",
        "training/attendance/list.html",
        {
            "lessons": [(lesson, counts(lesson)) for lesson in lessons],
            "people": [(person, attendance_percent(person, planned)) for person in living(training_class)],
            "planned": planned,
            "least": (
                parameters({"attendance_percent": training_class.first_day}, division=training_class.division).get(
                    "attendance_percent"
                )
            ),
            "may_record": not why_not_recorder(training_class, request.membership),
            "today": timezone.localdate(),
        },
    )


def counts(lesson: Lesson) -> dict[str, int] | None:
    """How many were there, on leave, absent; None without a sheet."""
    if not hasattr(lesson, "sheet"):
        return None
    marks = list(lesson.sheet.marks.values())
    return {mark: marks.count(mark) for mark in Mark.values}


@require_http_methods(["GET", "POST"])
@membership_required()
def lesson_attendance(request: Request, pk: int, lesson: int) -> HttpResponse:
    """One lesson: a row a trainee, everyone present until marked otherwise; works without script."""
    training_class = class_of(request, pk)
    found = get_object_or_404(training_class.lessons.select_related("teacher", "venue"), pk=lesson)
    found.training_class = training_class
    if why := why_not_recorder(training_class, request.membership):
        raise NotAllowed(why)
    if request.method == "GET":
        return lesson_page(request, training_class, found)
    try:
        with unchanged(f"sheet {lesson}", lambda: sheet_version(lesson), posted_version(request)):
            record_sheet(found, marks_in(request.POST), by=request.membership, **cleaned(SheetForm(request.POST)))
    except Stale as newer:
        return lesson_page(
            request, training_class, found, sentences=[str(newer)], typed=request.POST, status=409, stale=newer
        )
    messages.success(request, _("%(day)s的考勤已保存。") % {"day": found.day.isoformat()})
    return redirect("class_attendance", training_class.pk)


def marks_in(posted: QueryDict) -> dict[int, str]:
    """The marks of the form, by enrolment: `mark-12=present`."""
    return {pk: posted[name] for name in posted if name.startswith("mark-") and (pk := whole(name[5:])) is not None}


def lesson_page(
    request: Request,
    training_class: TrainingClass,
    lesson: Lesson,
    *,
    sentences: Any = (),
    typed: QueryDict | None = None,
    status: int = 200,
    stale: Stale | None = None,
) -> HttpResponse:
    sheet = getattr(lesson, "sheet", None)
    kept = {int(pk): mark for pk, mark in sheet.marks.items()} if sheet else {}
    shown = kept | (marks_in(typed) if typed else {})
    why = why_not_now(lesson, timezone.localdate())
    return tab(
        request,
        training_class,
        "attendance",
        "training/attendance/lesson.html",
        {
            "lesson": lesson,
            "sheet": sheet,
            "marks": Mark.choices,
            "why": [why] if why and not sentences else [],
            "sentences": sentences,
            "rows": [(person, shown.get(person.pk, Mark.PRESENT)) for person in living(training_class)],
            "correction": typed.get("correction", "") if typed else "",
            "version": shown_version(request, sheet_version(lesson.pk), stale),
            "differences": (
                [
                    Difference(person.name, mark_label(kept.get(person.pk)), mark_label(shown.get(person.pk)))
                    for person in living(training_class)
                    if kept.get(person.pk) != shown.get(person.pk)
                ]
                if stale
                else []
            ),
        },
        status=status,
    )


def mark_label(mark: str | None) -> str:
    return str(Mark(mark).label) if mark else ""


@require_GET
@membership_required()
def attendance_print(request: Request, pk: int) -> HttpResponse:
    """The sheet to sign on paper: a row a trainee, a column a lesson, as many as fit on A4; ?day= for one day."""
    training_class = class_of(request, pk)
    lessons = list(training_class.lessons.all())
    days = sorted({lesson.day for lesson in lessons})
    day = request.GET.get("day", "")
    if day:
        lessons = [lesson for lesson in lessons if lesson.day.isoformat() == day]
    people = list(living(training_class))
    return tab(
        request,
        training_class,
        "attendance",
        "training/attendance/print.html",
        {
            "sheets": [lessons[place : place + A4_COLUMNS] for place in range(0, len(lessons), A4_COLUMNS)],
            "days": days,
            "day": day,
            "people": people,
            "paper": {
                "lessons": [(lesson.day, lesson.starts) for lesson in lessons],
                "people": [(person.sequence, person.name) for person in people],
            },
        },
    )
