"""Exports: asked for with a purpose, written as a job, taken by the person who asked (R-AUT-3, R-RPT-8)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.domain.form_tokens import OWN_FIELDS
from accounts.enums import HANDS_ON, OFFICE_ROLES, Role
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from casework.domain.jobs import queue
from casework.domain.keyset import PAGE
from kit.refusals import NotAllowed
from kit.sheets import XLSX
from reports.domain.exports import check_export, request_export, take_export, why_not_export
from reports.enums import Span
from reports.forms import CellQuestion, PurposeForm, Question
from reports.models import Export
from reports.views.forms import asked_in, cell_in

MOST_ROWS = 1_000_000


@require_GET
@membership_required(*OFFICE_ROLES)
def exports(request: Request) -> HttpResponse:
    """What was exported: for a super administrator everything in scope, for others their own."""
    membership = request.membership
    found = Export.objects.visible_to(membership).select_related("division", "by__user", "by__organisation", "job")
    if membership.role not in (Role.ADMINISTRATOR, Role.AUDITOR, Role.INSPECTOR):
        found = found.filter(by__user=membership.user_id)
    page = Paginator(found.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reports/export/list.html",
        {"page": page, "may_copy": membership.role in HANDS_ON and not why_not_export(membership, membership.division)},
    )


@require_http_methods(["GET", "POST"])
@membership_required(*OFFICE_ROLES)
def export_new(request: Request) -> HttpResponse:
    """Purpose in, job out. Without the right it is 403 with who can grant it, whichever way one comes."""
    values = request.POST if request.method == "POST" else request.GET
    code, people = values.get("form", ""), bool(values.get("row"))
    if request.method == "GET" and not code:
        messages.info(request, _("请先打开要导出的报表，在报表上点“导出”；人员名单从报表的数字进入。"))
        return redirect("reports")
    asked = cell_in(request, code, values) if people else None
    question = asked.question if asked else asked_in(request, code, values)[1]
    if question is None:
        return redirect("form", code)
    if request.method == "GET" and (why := why_not_export(request.membership, question.asked.division)):
        raise NotAllowed(why)
    form = PurposeForm(request.POST if request.method == "POST" else None, people=people)
    if asked and request.method == "POST" and asked.rows.count() > MOST_ROWS:
        form.add_error(None, _("超过一张表能放的行数，请缩小到一个月或一个旗县区。"))
    if request.method == "POST" and form.is_valid():
        export = _queued(request, question, asked, form)
        return redirect(f"{reverse('exports')}#export-{export.pk}")
    return render(
        request,
        "reports/export/new.html",
        {
            "form": form,
            "question": question,
            "asked": asked,
            "span": Span(asked.span).label if asked else "",
            "hidden": [
                (name, value) for name, value in values.items() if name not in OWN_FIELDS | {"purpose", "full_numbers"}
            ],
        },
        status=status_of(form),
    )


def _queued(request: Request, question: Question, asked: CellQuestion | None, form: PurposeForm) -> Export:
    """The export and its job, both or neither; a refusal stays on record."""
    membership, full_numbers = request.membership, form.cleaned_data.get("full_numbers", False)
    cell = (asked.row.code, asked.column_code, asked.span) if asked else ("", "", "")
    check_export(question.form.code, question.asked.division, by=membership, cell=cell, full_numbers=full_numbers)
    with transaction.atomic():
        export = request_export(
            question.form.code,
            question.asked,
            question.axis,
            by=membership,
            banners=question.banners,
            cell=cell,
            purpose=form.cleaned_data["purpose"],
            full_numbers=full_numbers,
        )
        export.job = queue(
            "reports.tasks.write_export",
            title=_("导出%(what)s") % {"what": export},
            kind="export",
            object_id=export.pk,
            owner=membership.organisation,
            division=question.asked.division,
            by=membership,
            queue_name="exports",
        )
        export.save(update_fields=["job"])
    return export


@require_GET
@membership_required(*OFFICE_ROLES)
def export_file(request: Request, pk: int) -> HttpResponse:
    """The file, each time on record; 403 once the right has ended or for anybody else."""
    export = get_object_or_404(Export.objects.visible_to(request.membership).select_related("division", "by"), pk=pk)
    take_export(export, by=request.membership)
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=export.file_name, content_type=XLSX)
