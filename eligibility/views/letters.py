"""Letters of 协查: issued, printed with a QR code, out as a workbook and in again (R-ELG-5)."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts.domain.audit import record
from accounts.domain.unmask import unmask
from accounts.enums import HANDS_ON
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from eligibility.domain import letters
from eligibility.domain.descriptions import department_label, label_of
from eligibility.forms import ReplySheetForm
from eligibility.imports.replies import reply_sheet, take_replies
from eligibility.models import Letter, LetterRow
from eligibility.views.assistances import chosen_of, show_outcome
from kit.inputs import cleaned
from kit.qr import svg_of
from kit.sheets import XLSX


@post_only("assistances")
@membership_required(*HANDS_ON)
def issue(request: Request) -> HttpResponse:
    """A letter about everybody ticked."""
    membership: Membership = request.membership
    found = letters.issue(chosen_of(request), by=membership)
    return redirect("letter", found.pk)


def own(request: Request, pk: int) -> Letter:
    """A letter within the scope of the membership; 404 outside it."""
    return get_object_or_404(
        Letter.objects.visible_to(request.membership).select_related("organisation", "division", "issued_by__user"),
        pk=pk,
    )


def plainly(request: Request, letter: Letter) -> bool:
    """Whether the numbers are shown in full: only asked for with a purpose, and put on record (R-SEC-1)."""
    if request.method != "POST":
        return False
    unmask(request.membership, request.POST.get("purpose", ""), on=letter, division=letter.division)
    return True


@require_http_methods(["GET", "POST"])
@membership_required(*HANDS_ON)
def letter(request: Request, pk: int) -> HttpResponse:
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
            "department": department_label(found.department),
            "rows": [(row, label_of(row.check_code, row.category)) for row in rows],
            "digest": letters.mark_of(found, rows),
            "qr": SafeString(svg_of(request.build_absolute_uri(reverse("letter", args=[found.pk])))),
        },
    )


@require_http_methods(["GET", "POST"])
@membership_required(*HANDS_ON)
def sheet(request: Request, pk: int) -> HttpResponse:
    """The workbook for the department; with a purpose (POST) the numbers are in full."""
    found = own(request, pk)
    return sheet_answer(found, by=request.membership, plain=plainly(request, found))


def sheet_answer(
    found: Letter, rows: Iterable[LetterRow] | None = None, *, by: Membership, plain: bool = False
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
@membership_required(*HANDS_ON)
def sheet_upload(request: Request) -> HttpResponse:
    """The filled-in workbook back: good rows are taken, every other one gets its sentence."""
    membership: Membership = request.membership
    given = cleaned(ReplySheetForm(request.POST, request.FILES))
    outcome = take_replies(given["file"].file, given["file"].name or "", by=membership, letter=given["letter"])
    return show_outcome(request, membership, outcome)
