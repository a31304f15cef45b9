"""Completion of a class: the draft, the results trainee by trainee, what is still missing (R-CMP-1)."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.flow import file_of
from casework.enums import ENDED, WITH_APPLICANT, State
from casework.http import differences, posted_version, shown_version
from kit.refusals import NotAllowed, NotValid
from kit.sheets import XLSX
from kit.versions import Stale, unchanged
from training.domain.classes.enrolments import living
from training.domain.classes.versions import results_version
from training.domain.decision.certificate_changes import is_open_to_correction
from training.domain.decision.completions import open_completion, save_results, what_is_missing, why_not_results
from training.domain.decision.issuing import is_issued_here
from training.domain.roster.attendance import attendance_percent, planned_hours
from training.domain.verification.findings import proof_shown
from training.forms.results import ResultForm, fields_of, form_for
from training.imports.results import read_results, results_workbook
from training.models import CertificateChange, Completion, Enrolment
from training.views.classes import class_of, tab


@require_GET
@membership_required()
def class_completion(request: Request, pk: int) -> HttpResponse:
    """The completion tab: where it is, the results so far, what is missing."""
    training_class = class_of(request, pk)
    completion = Completion.objects.filter(training_class=training_class).first()
    planned = planned_hours(training_class)
    with_applicant = completion is not None and completion.state in WITH_APPLICANT
    approved = completion is not None and completion.state == State.APPROVED
    open_changes = (
        CertificateChange.objects.visible_to(request.membership).filter(training_class=pk).exclude(state__in=ENDED)
        if approved
        else ()
    )
    corrected = {change.enrolment_id: change for change in open_changes}
    people = living(training_class).select_related("examination")
    return tab(
        request,
        training_class,
        "completion",
        "training/completion/tab.html",
        {
            "completion": completion,
            "rows": [
                (
                    person,
                    attendance_percent(person, planned),
                    corrected.get(person.pk),
                    approved and is_open_to_correction(person),
                )
                for person in people
            ],
            "proven": {person.pk for person in people if proof_shown(person, request.membership)},
            "missing": what_is_missing(file_of(completion)) if with_applicant else [],
            "may_enter": not why_not_results(training_class, request.membership),
            "with_applicant": with_applicant,
        },
    )


@post_only("class_completion", "pk")
@membership_required()
def completion_new(request: Request, pk: int) -> HttpResponse:
    """Open the draft completion; pressing twice opens the one there is."""
    training_class = class_of(request, pk)
    open_completion(training_class, by=request.membership)
    return redirect("completion_results", pk)


@require_http_methods(["GET", "POST"])
@membership_required()
def completion_results(request: Request, pk: int) -> HttpResponse:
    """Scores, results and certificates of everyone on one page; saved as a draft at any time."""
    completion = entered_here(request, pk)
    people = list(living(completion.training_class))
    data = request.POST if request.method == "POST" else None
    forms = [(person, form_for(completion.training_class, person, data)) for person in people]
    if request.method == "GET":
        return results_page(request, completion, forms)
    wrong = [
        _("%(name)s：%(field)s——%(why)s") % {"name": person.name, "field": form.fields[field].label, "why": why}
        for person, form in forms
        if not form.is_valid()
        for field, errors in form.errors.items()
        for why in errors
    ]
    if wrong:
        return results_page(request, completion, forms, sentences=wrong, status=400)
    try:
        with unchanged(f"results {pk}", lambda: results_version(completion.training_class_id), posted_version(request)):
            changed = save_results(completion, {person.pk: form.row() for person, form in forms}, by=request.membership)
    except Stale as newer:
        return results_page(request, completion, forms, sentences=[str(newer)], status=409, stale=newer)
    messages.success(request, _("已保存，%(count)s人有变化。") % {"count": changed})
    return redirect("class_completion", pk)


@require_GET
@membership_required()
def results_download(request: Request, pk: int) -> HttpResponse:
    """The results as a workbook to be filled in."""
    completion = entered_here(request, pk)
    content = results_workbook(completion.training_class, list(living(completion.training_class)))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="results-{completion.number}.xlsx"'
    return answer


@post_only("completion_results", "pk")
@membership_required()
def results_upload(request: Request, pk: int) -> HttpResponse:
    """The filled-in workbook: all rows or none, with a sentence a row."""
    completion = entered_here(request, pk)
    training_class = completion.training_class
    upload = request.FILES.get("file")
    if upload is None:
        raise NotValid(_("请先选择要上传的文件。"), field="file")
    with transaction.atomic():
        Completion.objects.select_for_update(of=("self",)).get(pk=completion.pk)
        is_old = posted_version(request) not in ("", results_version(pk))
        rows = read_results(upload.file, upload.name or "", training_class, list(living(training_class)), is_old=is_old)
        changed = save_results(completion, rows, by=request.membership)
    messages.success(request, _("已保存，%(count)s人有变化。") % {"count": changed})
    return redirect("class_completion", pk)


def entered_here(request: Request, pk: int) -> Completion:
    """The completion whose results this membership may enter; 404 outside the scope, 403 for others inside."""
    training_class = class_of(request, pk)
    completion = get_object_or_404(Completion, training_class=training_class)
    completion.training_class = training_class
    if why := why_not_results(training_class, request.membership):
        raise NotAllowed(why)
    return completion


def results_page(
    request: Request,
    completion: Completion,
    forms: Sequence[tuple[Enrolment, ResultForm]],
    *,
    sentences: Sequence[str] = (),
    status: int = 200,
    stale: Stale | None = None,
) -> HttpResponse:
    training_class = completion.training_class
    planned = planned_hours(training_class)
    return tab(
        request,
        training_class,
        "completion",
        "training/completion/results.html",
        {
            "completion": completion,
            "sentences": sentences,
            "numbered_here": is_issued_here(training_class),
            "heads": [ResultForm.base_fields[name].label for name in fields_of(training_class)],
            "rows": [(person, form, attendance_percent(person, planned)) for person, form in forms],
            "version": shown_version(request, results_version(completion.training_class_id), stale),
            "differences": (
                [
                    one
                    for person, form in forms
                    for one in differences(
                        form,
                        form_for(training_class, Enrolment.objects.select_related("person").get(pk=person.pk)),
                        f"{person.name}：",
                    )
                ]
                if stale
                else []
            ),
        },
        status=status,
    )
