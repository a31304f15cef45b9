"""Files of a case: up into a slot, down only through the scope of the case (workflow.md, Attachments; R-SEC-1)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.submissions import post_only
from casework.domain.files import FileRefused, asked_of, attach, may_attach, note_taken, visible_file
from casework.enums import WITH_APPLICANT
from casework.views.base import load_case, seated
from casework.views.decision import case_page


@post_only("case", "kind", "pk")
@seated()
def files(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Attach one file; a refused one leaves its sentence on the case's page and everything else as it was."""
    flow, application = load_case(request, kind, pk)
    if not may_attach(application, request.post):  # type: ignore[attr-defined]
        if application.state not in WITH_APPLICANT:
            sentence = _("申请已提交，材料不能再改。需要补充的，请先撤回或等待退回补正。")
            return case_page(request, flow, application, sentences=[sentence], status=409)
        raise PermissionDenied(_("只有申请单位的经办人可以上传材料。"))
    slot, upload = request.POST.get("slot", ""), request.FILES.get("file")
    known = {code: label for code, label, _required in asked_of(application, request.post)}  # type: ignore[attr-defined]
    if slot not in known:
        raise Http404
    if upload is None:
        return case_page(request, flow, application, sentences=[_("请先选择要上传的文件。")], status=400)
    try:
        attach(kind, application.pk, slot, upload, by=request.post)  # type: ignore[attr-defined]
    except FileRefused as refused:
        sentence = _("“%(what)s”没有上传：%(why)s") % {"what": known[slot], "why": refused}
        return case_page(request, flow, application, sentences=[sentence], status=400)
    messages.success(request, _("已上传：%(what)s。") % {"what": known[slot]})
    return redirect("case", kind, pk)


@require_GET
@seated()
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as a download, never shown inside our own pages."""
    attachment = visible_file(pk, request.post)  # type: ignore[attr-defined]
    if attachment is None:
        raise Http404
    answer = download(attachment.file, attachment.name, attachment.media_type)
    note_taken(attachment, by=request.post)  # type: ignore[attr-defined]
    return answer


def download(stored: object, name: str, media_type: str) -> FileResponse:
    """A stored file sent so that no browser runs or keeps it."""
    try:
        opened = stored.open("rb")  # type: ignore[attr-defined]
    except FileNotFoundError as missing:
        raise Http404 from missing
    answer = FileResponse(opened, as_attachment=True, filename=name, content_type=media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
