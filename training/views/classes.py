"""Pages of a class 一班一档: list, new, copy, overview, timetable, files, history (R-OPN-1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.case_file import attachments_of
from casework.domain.files import may_read
from casework.domain.flow import file_of
from casework.domain.keyset import page_of
from casework.domain.moves import available
from casework.http import overtaken, posted_version, shown_version
from casework.models import Attachment
from eligibility.domain.categories import category_help
from kit.refusals import NotAllowed, NotNow, Overtaken
from kit.versions import Stale, unchanged, version_of
from training.domain.classes import tabs
from training.domain.classes.bookings import conflicts, overlaps
from training.domain.classes.drafting import copy_class, create_class, is_editable, people_limits, update_class
from training.domain.classes.timetable import generate_timetable, remove_lesson, save_lesson
from training.domain.classes.versions import class_version, lesson_version, timetable_version
from training.domain.decision.conditions import in_the_way
from training.domain.roster.staging import HOLDER
from training.filters import ClassFilter
from training.forms.classes import ClassForm, LessonForm, PlanForm
from training.models import Lesson, TrainingClass

LIVING = Count("enrolments", filter=Q(enrolments__struck_out_at__isnull=True))


def classes_of(request: Request) -> QuerySet[TrainingClass]:
    """The classes this membership may see, with what their pages show."""
    return TrainingClass.objects.visible_to(request.membership).select_related(
        "division",
        "applicant__division",
        "institution__division",
        "employer__division",
        "project__occupation",
        "venue",
        "body",
        "opening",
    )


def class_of(request: Request, pk: int) -> TrainingClass:
    """The class, or 404 outside the scope (R-SEC-1)."""
    return get_object_or_404(classes_of(request), pk=pk)


def may_edit(request: Request, training_class: TrainingClass) -> bool:
    membership = request.membership
    return (
        membership.role == Role.OPERATOR
        and membership.organisation_id == training_class.applicant_id
        and is_editable(training_class)
    )


def own_class(request: Request, pk: int) -> TrainingClass:
    """The class of the operator who applies; inside the scope but not the applicant is 403."""
    training_class = class_of(request, pk)
    if request.membership.role != Role.OPERATOR or request.membership.organisation_id != training_class.applicant_id:
        raise NotAllowed(_("只有申请单位的经办人可以修改。"))
    return training_class


def not_removed() -> Overtaken:
    """Of what was to be removed on a page that showed it otherwise."""
    return Overtaken(_("没有删除：您打开页面以后，这一行已被他人修改。请看现在的内容，仍要删除的，请再点一次。"))


def tab(
    request: Request,
    training_class: TrainingClass,
    code: str,
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A tab of the class page; every app's tab page goes through here."""
    return render(
        request,
        template,
        {
            "class": training_class,
            "training_class": training_class,
            "tabs": tabs.tabs(),
            "tab": code,
            "may_edit": may_edit(request, training_class),
            **context,
        },
        status=status,
    )


@membership_required()
def class_list(request: Request) -> HttpResponse:
    """Classes of the scope, the newest first."""
    rows = TrainingClass.objects.visible_to(request.membership).select_related(
        "division", "institution", "employer", "project", "opening"
    )
    chosen = ClassFilter(request.GET, rows)
    page = page_of(
        chosen.qs.annotate(people=LIVING),
        "created_at",
        descending=True,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    return render(
        request,
        "training/classes/list.html",
        {"page": page, "filter": chosen, "is_operator": request.membership.role == Role.OPERATOR},
    )


@membership_required(Role.OPERATOR)
def class_edit(request: Request, pk: int | None = None) -> HttpResponse:
    """New class, or the draft again; everything well-formed is saved (R-SEC-4)."""
    training_class = own_class(request, pk) if pk else None
    if training_class and not is_editable(training_class):
        raise NotNow(_("开班申请%(state)s，不能直接修改。") % {"state": training_class.opening.get_state_display()})
    form, stale = ClassForm(request.POST or None, instance=training_class, by=request.membership), None
    if request.method == "POST" and form.is_valid():
        given = form.fields_given()
        try:
            saved = _saved(request, training_class, given)
        except Stale as found:
            stale = found
            overtaken(form, ClassForm(instance=class_of(request, pk), by=request.membership), stale)
        else:
            messages.success(request, _("已保存。"))
            return redirect("class", saved.pk)
    return render(
        request,
        "training/classes/edit.html",
        {
            "form": form,
            "class": training_class,
            "help": category_help(form["category"].value() or "", form.first_day),
            "version": shown_version(request, class_version(pk), stale) if pk else "",
        },
        status=status_of(form, stale=stale),
    )


def _saved(request: Request, training_class: TrainingClass | None, given: dict[str, Any]) -> TrainingClass:
    if training_class is None:
        return create_class(by=request.membership, **given)
    with unchanged(f"class {training_class.pk}", lambda: class_version(training_class.pk), posted_version(request)):
        return update_class(training_class, by=request.membership, **given)


@membership_required(Role.OPERATOR)
@post_only("class", "pk")
def class_copy(request: Request, pk: int) -> HttpResponse:
    """A new draft from an earlier class."""
    copied = copy_class(own_class(request, pk), by=request.membership)
    messages.success(request, _("已复制为新班次，请填写日期、课程表和花名册。"))
    return redirect("class_edit", copied.pk)


@membership_required()
def class_page(request: Request, pk: int) -> HttpResponse:
    """Overview: the facts, what is missing, where the application stands."""
    training_class = class_of(request, pk)
    editable, file = may_edit(request, training_class), file_of(training_class.opening)
    return tab(
        request,
        training_class,
        "overview",
        "training/classes/overview.html",
        {
            "people": training_class.enrolments.filter(struck_out_at__isnull=True).count(),
            "limits": people_limits(training_class),
            "teachers": training_class.teachers.all(),
            "missing": in_the_way(file, request.membership) if editable else [],
            "moves": available(file, request.membership) if editable else [],
            "opening": training_class.opening,
            "help": category_help(training_class.category, training_class.first_day),
        },
    )


@membership_required()
def class_timetable(request: Request, pk: int) -> HttpResponse:
    """The lessons with what stands double; a draft can be planned here."""
    training_class = class_of(request, pk)
    editable = may_edit(request, training_class)
    form = PlanForm(request.POST or None, training_class=training_class) if editable else None
    if request.method == "POST":
        own_class(request, pk)
        if form is None:
            raise NotNow(_("开班申请%(state)s，不能直接修改。") % {"state": training_class.opening.get_state_display()})
        if form.is_valid():
            return _planned(request, training_class, form)
    lessons = list(training_class.lessons.select_related("teacher", "venue"))
    for lesson in lessons if editable else ():
        lesson.version = version_of(lesson)
    return tab(
        request,
        training_class,
        "timetable",
        "training/classes/timetable.html",
        {
            "form": form,
            "lessons": lessons,
            "double": [
                one.sentence_for(request.membership)
                for one in (*conflicts(training_class), *overlaps(training_class))
                if one.other.is_shown_to(request.membership)
            ],
            "total": sum(lesson.hours for lesson in lessons),
            "version": timetable_version(pk),
        },
        status=status_of(form),
    )


def _planned(request: Request, training_class: TrainingClass, form: PlanForm) -> HttpResponse:
    with unchanged(
        f"timetable {training_class.pk}", lambda: timetable_version(training_class.pk), posted_version(request)
    ):
        count = generate_timetable(training_class, by=request.membership, **form.plan())
    messages.success(request, _("已生成 %(count)s 节课。") % {"count": count})
    return redirect("class_timetable", training_class.pk)


@membership_required(Role.OPERATOR)
def lesson_edit(request: Request, pk: int, lesson: int | None = None) -> HttpResponse:
    """One lesson of a draft, new or changed."""
    training_class = own_class(request, pk)
    found = (
        get_object_or_404(training_class.lessons, pk=lesson)
        if lesson
        else Lesson(training_class=training_class, venue=training_class.venue, day=training_class.first_day)
    )
    form, stale = LessonForm(request.POST or None, instance=found, training_class=training_class), None
    if request.method == "POST" and form.is_valid():
        try:
            with unchanged(f"lesson {lesson}", lambda: lesson_version(lesson), posted_version(request)):
                save_lesson(form.save(commit=False), by=request.membership)
        except Stale as newer:
            stale = newer
            overtaken(
                form,
                LessonForm(instance=training_class.lessons.filter(pk=lesson).first(), training_class=training_class),
                stale,
            )
        else:
            messages.success(request, _("已保存。"))
            return redirect("class_timetable", pk)
    return tab(
        request,
        training_class,
        "timetable",
        "training/classes/lesson.html",
        {
            "form": form,
            "lesson": found if lesson else None,
            "version": shown_version(request, lesson_version(lesson), stale) if lesson else "",
        },
        status=status_of(form, stale=stale),
    )


@membership_required(Role.OPERATOR)
@post_only("class_timetable", "pk")
def lesson_remove(request: Request, pk: int, lesson: int) -> HttpResponse:
    """Take one lesson out of a draft's timetable, as the row that was clicked showed it."""
    found = get_object_or_404(own_class(request, pk).lessons, pk=lesson)
    try:
        with unchanged(f"lesson {lesson}", lambda: lesson_version(lesson), posted_version(request)):
            remove_lesson(found, by=request.membership)
    except Stale as newer:
        raise not_removed() from newer
    return redirect("class_timetable", pk)


@membership_required()
def class_files(request: Request, pk: int) -> HttpResponse:
    """Every file of the class's applications and its uploaded rosters."""
    training_class = class_of(request, pk)
    cases = tabs.applications_of(training_class)
    rows = Attachment.objects.filter(tabs.among_applications(cases)).select_related("by__user").order_by("-id")
    files = [file for file in rows if may_read(file.slot, request.membership)]
    return tab(
        request,
        training_class,
        "files",
        "training/classes/files.html",
        {"files": files, "uploads": attachments_of(HOLDER, pk) if may_edit(request, training_class) else {}},
    )


@membership_required()
def class_history(request: Request, pk: int) -> HttpResponse:
    """Everything that was done in the life of the class, the newest first."""
    training_class = class_of(request, pk)
    entries = tabs.history_of(training_class, request.membership)  # type: ignore[arg-type]
    return tab(request, training_class, "history", "training/classes/history.html", {"entries": entries})
