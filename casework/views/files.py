"""Files of a case: up into a slot, down only through the scope of the case (R-SEC-1)."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.files import (
    FileAltered,
    FileRefused,
    asked_of,
    attach,
    day_after,
    may_attach,
    particulars_of,
    visible_file,
)
from casework.domain.flow import file_of
from casework.enums import WITH_APPLICANT
from casework.http import download_attachment
from casework.views.base import load_case
from casework.views.decision import case_page


@post_only("case", "kind", "pk")
@membership_required()
def files(request: Request, kind: str, pk: int) -> HttpResponse:
    """Attach one file; a refused one leaves its sentence on the case's page and everything else as it was."""
    flow, application = load_case(request, kind, pk)
    if not may_attach(application, request.membership):
        if application.state not in WITH_APPLICANT:
            sentence = _("申请已提交，材料不能再改。需要补充的，请先撤回或等待退回补正。")
            return case_page(request, flow, application, sentences=[sentence], status=409)
        raise PermissionDenied(_("只有申请单位的经办人可以上传材料。"))
    slot, upload = request.POST.get("slot", ""), request.FILES.get("file")
    known = {code: label for code, label, _required in asked_of(file_of(application), request.membership)}
    if slot not in known:
        raise Http404
    if upload is None:
        return case_page(request, flow, application, sentences=[_("请先选择要上传的文件。")], status=400)
    try:
        said = {field: request.POST.get(field, "") for field in particulars_of(slot)}
        valid_to = day_after(_last_day(request.POST.get("last_valid_day", "")))
        attach(kind, application.pk, slot, upload, by=request.membership, valid_to=valid_to, particulars=said)
    except FileRefused as refused:
        sentence = _("“%(what)s”没有上传：%(why)s") % {"what": known[slot], "why": refused}
        return case_page(request, flow, application, sentences=[sentence], status=400)
    messages.success(request, _("已上传：%(what)s。") % {"what": known[slot]})
    return redirect("case", kind, pk)


def _last_day(text: str) -> date | None:
    """The last valid day as typed; FileRefused for what is no day."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise FileRefused("date", _("有效期至应为日期，例如2026-12-31。")) from error


@require_GET
@membership_required()
def file(request: Request, pk: int) -> HttpResponse:
    """The file as a download, never shown inside our own pages."""
    attachment = visible_file(pk, request.membership)
    if attachment is None:
        raise Http404
    try:
        return download_attachment(attachment, by=request.membership)
    except FileAltered as altered:
        return render(request, "409.html", {"sentences": [str(altered)]}, status=409)
