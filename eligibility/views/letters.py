"""Letters of the 协查 desk: issued, printed with a QR code, out as a workbook and in again (R-ELG-5)."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.domain.audit import record
from accounts.domain.unmask import UnmaskRefused, unmask
from accounts.enums import Role
from accounts.middleware import seated
from accounts.models import Post
from accounts.submissions import post_only
from eligibility.domain import letters
from eligibility.domain.assistance import NotYourAnswer
from eligibility.domain.letters import LetterRefused
from eligibility.domain.spoken import department_words, label_of
from eligibility.imports.replies import reply_sheet, take_replies
from eligibility.models import Letter, LetterRow
from eligibility.views.assistances import LONGEST, chosen_of, desk, told
from kit.errors import FileRefused
from kit.qr import svg_of
from kit.sheets import XLSX

HANDS_ON = (Role.OFFICER, Role.ADMINISTRATOR)


@post_only("assistances")
@seated(*HANDS_ON)
def issue(request: HttpRequest) -> HttpResponse:
    """A letter about everybody ticked."""
    post: Post = request.post  # type: ignore[attr-defined]
    try:
        found = letters.issue(chosen_of(request), by=post)
    except NotYourAnswer as refused:
        raise PermissionDenied(str(refused)) from refused
    except LetterRefused as refused:
        return desk(request, post, status=409, sentences=[str(refused)])
    return redirect("letter", found.pk)


def own(request: HttpRequest, pk: int) -> Letter:
    """A letter within the scope of the post; 404 outside it."""
    return get_object_or_404(
        Letter.objects.visible_to(request.post).select_related("organisation", "division", "issued_by__user"), pk=pk
    )  # type: ignore[attr-defined]


def plainly(request: HttpRequest, letter: Letter) -> bool:
    """Whether the numbers are shown in full: only asked for with a purpose, and put on record (R-SEC-1)."""
    if request.method != "POST":
        return False
    try:
        unmask(request.post, request.POST.get("purpose", ""), on=letter, division=letter.division)  # type: ignore[attr-defined]
    except UnmaskRefused as refused:
        raise PermissionDenied(str(refused)) from refused
    return True


@require_http_methods(["GET", "POST"])
@seated(*HANDS_ON)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter on paper; with a purpose (POST) the numbers are in full."""
    found = own(request, pk)
    plain = plainly(request, found)
    rows = letters.rows_of(found)
    return render(
        request,
        "eligibility/assistances/letter.html",
        {
            "letter": found,
            "plain": plain,
            "department": department_words(found.department),
            "rows": [(row, label_of(row.check_code, row.category)) for row in rows],
            "digest": letters.mark_of(found, rows),
            "qr": SafeString(svg_of(request.build_absolute_uri(reverse("letter", args=[found.pk])))),
        },
    )


@require_http_methods(["GET", "POST"])
@seated(*HANDS_ON)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook for the department; with a purpose (POST) the numbers are in full."""
    found = own(request, pk)
    return sheet_answer(found, by=request.post, plain=plainly(request, found))  # type: ignore[attr-defined]


def sheet_answer(
    found: Letter, rows: Iterable[LetterRow] | None = None, *, by: Post, plain: bool = False
) -> HttpResponse:
    """The workbook as a download, put on record."""
    content = reply_sheet(found, rows, plain=plain)
    record("letter.sheet_taken", by=by, on=found, number=found.number, full_numbers=plain)
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="assistance-{found.pk}.xlsx"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@post_only("assistances")
@seated(*HANDS_ON)
def sheet_upload(request: HttpRequest) -> HttpResponse:
    """The filled-in workbook back: good rows are taken, every other one gets its sentence."""
    post: Post = request.post  # type: ignore[attr-defined]
    upload = request.FILES.get("file")
    if upload is None:
        return desk(request, post, status=400, sentences=[_("请先选择要上传的文件。")])
    number = request.POST.get("letter", "").replace("\0", "")[: LONGEST["letter"]]
    try:
        outcome = take_replies(upload.file, upload.name or "", by=post, letter=number)
    except FileRefused as refused:
        return desk(request, post, status=400, sentences=[str(refused)])
    return told(request, post, outcome)
