"""Pages of the roster: the list, by hand, by Excel with preview, bad rows back or mended on screen (R-SEC-4)."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import applies_for
from accounts.enums import Role
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.jobs import shown
from casework.enums import JobState
from casework.http import overtaken, posted_version, shown_version
from casework.models import Job
from eligibility.domain.brief import Brief
from eligibility.enums import Verdict
from kit.sheets import XLSX
from kit.versions import Stale, unchanged
from kit.whole import whole, wholes
from training.domain.classes.drafting import people_limits
from training.domain.classes.versions import staged_version, trainee_version, version_of_trainee
from training.domain.roster.enrolling import add_trainee, edit_trainee, remove_trainee
from training.domain.roster.import_job import take_rows, taking_of
from training.domain.roster.staging import common_problems, fix_rows, start_upload
from training.domain.verification.overrulings import overruled_among
from training.fields import BY_KEY, cells_of, fields_for, mark_names
from training.forms.rosters import RosterUploadForm, TraineeForm
from training.imports.roster import bad_rows_file, problem_of, shown_rows, template_file
from training.models import RosterUpload, TrainingClass
from training.views.classes import class_of, may_edit, not_removed, own_class, tab

PAGE, GRID = 50, 20
CELL = re.compile(r"r(\d+)-(\w+)")


@membership_required()
def class_roster(request: Request, pk: int) -> HttpResponse:
    """Who is in the class; the number masked, the name as entered (R-SEC-1)."""
    training_class = class_of(request, pk)
    rows = training_class.enrolments.select_related("person", "examination", "struck_out_by__organisation").order_by(
        "sequence", "id"
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    overruled = overruled_among([enrolment.pk for enrolment in page], request.membership)
    for enrolment in page:
        enrolment.mark_names = mark_names(enrolment.marks)
        enrolment.overruled, enrolment.version = overruled.get(enrolment.pk, []), version_of_trainee(enrolment)
        enrolment.told = Verdict(Brief.of(enrolment.examination).verdict_shown(office=not request.membership.is_unit))
    uploads = RosterUpload.objects.none()
    if may_edit(request, training_class):
        uploads = training_class.uploads.select_related("attachment", "job").order_by("-id")[:5]
    return tab(
        request,
        training_class,
        "roster",
        "training/rosters/list.html",
        {
            "page": page,
            "uploads": uploads,
            "form": RosterUploadForm(),
            "limits": people_limits(training_class),
            "columns": fields_for(training_class.category, training_class.first_day),
            "may_correct": may_correct(request, training_class),
        },
    )


def may_correct(request: Request, training_class: TrainingClass) -> bool:
    """A name or number is mended on the roster itself while that is a draft; afterwards by a correction, asked by
    whoever applied.
    """
    return applies_for(request.membership, training_class.applicant_id) and not may_edit(request, training_class)


@membership_required()
def roster_template(request: Request, pk: int) -> HttpResponse:
    """The Excel template of the class's category."""
    return _xlsx(template_file(class_of(request, pk)), f"roster-{pk}.xlsx")


def _xlsx(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@membership_required(Role.OPERATOR)
@post_only("class_roster", "pk")
def roster_upload(request: Request, pk: int) -> HttpResponse:
    """Keep the file, queue the reading, go to the preview."""
    training_class, form = own_class(request, pk), RosterUploadForm(request.POST, request.FILES)
    if form.is_valid():
        return redirect(
            "roster_preview", start_upload(training_class, form.cleaned_data["file"], by=request.membership).pk
        )
    return tab(
        request, training_class, "roster", "training/rosters/upload.html", {"form": form}, status=status_of(form)
    )


def upload_of(request: Request, pk: int) -> tuple[RosterUpload, TrainingClass]:
    """An upload of the operator's own class."""
    upload = get_object_or_404(
        RosterUpload.objects.visible_to(request.membership).select_related("attachment", "job"), pk=pk
    )
    return upload, own_class(request, upload.training_class_id)


@membership_required(Role.OPERATOR)
def roster_preview(request: Request, pk: int) -> HttpResponse:
    """The staged rows with errors, warnings and what was mended; while a job reads or takes them, how far it is."""
    upload, training_class = upload_of(request, pk)
    taking = taking_of(upload)
    job = taking if taking and taking.state != JobState.DONE else upload.job
    wanted = request.GET.get("show", "")
    rows = upload.rows.order_by("row")
    if wanted == "bad":
        rows = rows.filter(is_good=False)
    elif wanted == "warned":
        rows = rows.exclude(warnings=[])
    elif wanted == "mended":
        rows = rows.exclude(notes=[])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    columns = fields_for(training_class.category, training_class.first_day)
    problems = (
        [(BY_KEY[key].label, problem_of(key, code), count) for key, code, count in common_problems(upload)]
        if upload.bad
        else []
    )
    return tab(
        request,
        training_class,
        "roster",
        "training/rosters/preview.html",
        {
            "upload": upload,
            "taking": taking,
            "job": shown(job, request.membership),
            "page": page,
            "rows": shown_rows(page, columns),
            "columns": columns,
            "show": wanted,
            "problems": problems,
            "limits": people_limits(training_class),
            "enrolled": training_class.enrolments.filter(struck_out_at__isnull=True).count(),
        },
    )


@membership_required(Role.OPERATOR)
@post_only("roster_preview", "pk")
def roster_take(request: Request, pk: int) -> HttpResponse:
    """Take the good rows; many of them by a job whose progress the preview shows."""
    upload, training_class = upload_of(request, pk)
    taken = take_rows(upload, by=request.membership)
    if isinstance(taken, Job):
        return redirect("roster_preview", pk)
    messages.success(request, _("已导入 %(count)s 人。") % {"count": taken})
    left = upload.rows.exists()
    return redirect("roster_preview", pk) if left else redirect("class_roster", training_class.pk)


@membership_required(Role.OPERATOR)
def roster_bad(request: Request, pk: int) -> HttpResponse:
    """The rows that could not be taken, as a template with a column of reasons."""
    upload, training_class = upload_of(request, pk)
    record("roster.bad_rows_downloaded", by=request.membership, on=training_class, upload=upload.pk, rows=upload.bad)
    return _xlsx(bad_rows_file(upload), f"roster-{training_class.pk}-errors.xlsx")


@membership_required(Role.OPERATOR)
def roster_fix(request: Request, pk: int) -> HttpResponse:
    """Mend bad rows in a grid, twenty at a time; a row can be left out."""
    upload, training_class = upload_of(request, pk)
    if request.method == "POST":
        changes: dict[int, dict[str, str]] = {}
        for name, text in request.POST.items():
            if (match := CELL.fullmatch(name)) and (row := whole(match[1])) is not None:
                changes.setdefault(row, {})[match[2]] = text
        drop = wholes(request.POST.getlist("drop"))
        with unchanged(f"upload {pk}", lambda: staged_version(pk), posted_version(request)):
            left = fix_rows(upload, changes, by=request.membership, drop=drop)
        messages.info(request, _("已重新核对，还有 %(left)s 行需要修改。") % {"left": left})
        return redirect("roster_fix", pk) if left else redirect("roster_preview", pk)
    columns = fields_for(training_class.category, training_class.first_day)
    page = Paginator(upload.rows.filter(is_good=False).order_by("row"), GRID).get_page(request.GET.get("page"))
    return tab(
        request,
        training_class,
        "roster",
        "training/rosters/fix.html",
        {
            "upload": upload,
            "page": page,
            "rows": shown_rows(page, columns, plain=True),
            "columns": columns,
            "version": staged_version(pk),
        },
    )


@membership_required(Role.OPERATOR)
def trainee_edit(request: Request, pk: int, enrolment: int | None = None) -> HttpResponse:
    """One trainee by hand, new or changed."""
    training_class = own_class(request, pk)
    found = (
        get_object_or_404(training_class.enrolments.select_related("person", "training_class"), pk=enrolment)
        if enrolment
        else None
    )
    columns = fields_for(training_class.category, training_class.first_day)
    form, stale = TraineeForm(request.POST or None, columns=columns, initial=cells_of(found) if found else None), None
    if request.method == "POST" and form.is_valid():
        try:
            _save(training_class, found, form.cleaned_data, request)
        except Stale as newer:
            stale, found = newer, training_class.enrolments.select_related("person", "training_class").get(pk=enrolment)
            overtaken(form, TraineeForm(columns=columns, initial=cells_of(found)), stale)
        else:
            messages.success(request, _("已保存。"))
            return redirect("trainee_new", pk) if "again" in request.POST else redirect("class_roster", pk)
    return tab(
        request,
        training_class,
        "roster",
        "training/rosters/trainee.html",
        {
            "form": form,
            "enrolment": found,
            "version": shown_version(request, trainee_version(enrolment), stale) if enrolment else "",
        },
        status=status_of(form, stale=stale),
    )


def _save(training_class: TrainingClass, found: Any, cells: dict[str, str], request: Request) -> None:
    if found:
        with unchanged(f"trainee {found.pk}", lambda: trainee_version(found.pk), posted_version(request)):
            edit_trainee(found, cells, by=request.membership)
    else:
        add_trainee(training_class, cells, by=request.membership)


@membership_required(Role.OPERATOR)
@post_only("class_roster", "pk")
def trainee_remove(request: Request, pk: int, enrolment: int) -> HttpResponse:
    """Take one trainee out of a draft roster, as the row that was clicked showed them."""
    training_class = own_class(request, pk)
    found = get_object_or_404(
        training_class.enrolments.filter(struck_out_at__isnull=True).select_related("training_class"), pk=enrolment
    )
    try:
        with unchanged(f"trainee {enrolment}", lambda: trainee_version(enrolment), posted_version(request)):
            remove_trainee(found, by=request.membership)
    except Stale as newer:
        raise not_removed() from newer
    messages.success(request, _("已移出花名册。"))
    return redirect("class_roster", pk)
