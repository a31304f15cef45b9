"""Files of a case: up into a slot, down only through the scope of the case (R-SEC-1)."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.files import asked_of, attach, day_after, particulars_of, refuse_unless_attaching, visible_file
from casework.domain.flow import file_of
from casework.http import download_attachment
from casework.views.base import load_case
from kit.refusals import NotValid


@post_only("case", "kind", "pk")
@membership_required()
def files(request: Request, kind: str, pk: int) -> HttpResponse:
    """Attach one file to the case."""
    _flow, application = load_case(request, kind, pk)
    refuse_unless_attaching(application, request.membership)
    slot, upload = request.POST.get("slot", ""), request.FILES.get("file")
    known = {code: label for code, label, _required in asked_of(file_of(application), request.membership)}
    if slot not in known:
        raise Http404
    if upload is None:
        raise NotValid(_("请先选择要上传的文件。"), field="file")
    said = {field: request.POST.get(field, "") for field in particulars_of(slot)}
    valid_to = day_after(_last_day(request.POST.get("last_valid_day", "")))
    attach(kind, application.pk, slot, upload, by=request.membership, valid_to=valid_to, particulars=said)
    messages.success(request, _("已上传：%(what)s。") % {"what": known[slot]})
    return redirect("case", kind, pk)


def _last_day(text: str) -> date | None:
    """The last valid day as typed."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise NotValid(_("有效期至应为日期，例如2026-12-31。"), field="last_valid_day") from error


@require_GET
@membership_required()
def file(request: Request, pk: int) -> HttpResponse:
    """The file as a download, never shown inside our own pages."""
    attachment = visible_file(pk, request.membership)
    if attachment is None:
        raise Http404
    return download_attachment(attachment, by=request.membership)
