"""协查: the open assisted checks of the desk, grouped by check, and taking an answer (R-ELG-5; lessons.md, #13)."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.enums import Role
from casework.domain.files import FileRefused, attach
from casework.views.base import seated
from eligibility.domain import assistance
from eligibility.domain.assistance import REPLY, AnswerRefused, NotYourAnswer
from eligibility.domain.examine import subject_kinds
from eligibility.engine import Check
from eligibility.enums import Answer
from eligibility.models import Assistance
from eligibility.rules.table import TABLES


@require_GET
@seated(Role.OFFICER, Role.ADMINISTRATOR)
def assistances(request: HttpRequest) -> HttpResponse:
    """Grouped by check and by the department that is asked."""
    post = request.post  # type: ignore[attr-defined]
    rows = assistance.waiting(post)
    described = {
        kind: door.describe(post, [row.subject_id for row in rows if row.subject_kind == kind])
        for kind, door in subject_kinds().items()
    }
    groups = [
        {"check": code, "label": label_of(code), "department": department_of(code),
         "rows": [(row, described[row.subject_kind][row.subject_id]) for row in found]}
        for code, found in groupby(rows, key=lambda row: row.check_code)
    ]
    return render(request, "eligibility/assistances/list.html", {
        "groups": groups, "answers": [choice for choice in Answer.choices if choice[0] != Answer.OPEN],
        "count": len(rows), "most": assistance.MOST_SHOWN,
    })


def _check(code: str) -> Check | None:
    tables = (table for table in TABLES.values() if not table.draft)
    return next((check for table in tables for category in table.categories for check in category.checks if check.code == code), None)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def label_of(code: str) -> str:
    """A check's name in the reader's language; the code of one that no table has any more."""
    check = _check(code)
    return check.label.fill(check.limits).of(_language()) if check else code


def department_of(code: str) -> str:
    """Whom the check asks, where the table says so."""
    check = _check(code)
    return check.department.of(_language()) if check and check.department else ""


@require_POST
@seated()
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answer, with the letter as a file where there is one; a refused file leaves the answer untaken."""
    post = request.post  # type: ignore[attr-defined]
    asked = get_object_or_404(Assistance, pk=pk)
    door = subject_kinds().get(asked.subject_kind)
    if door is None or asked.subject_id not in door.describe(post, [asked.subject_id]):
        raise Http404
    words = {name: request.POST.get(name, "").replace("\0", "") for name in ("department", "letter", "note")}
    try:
        with transaction.atomic():
            assistance.answer(
                asked.subject_kind, asked.subject_id, asked.check_code, request.POST.get("answer", ""), by=post,
                department=words["department"][:60], letter=words["letter"][:80], note=words["note"][:500],
            )
            if upload := request.FILES.get("file"):
                attach(*door.case_of(asked.subject_id), f"{REPLY}{asked.pk}", upload, by=post)
    except NotYourAnswer as refused:
        raise PermissionDenied(str(refused)) from refused
    except (AnswerRefused, FileRefused) as refused:
        return render(request, "409.html", {"sentences": [str(refused)]}, status=409)
    messages.success(request, _("协查结果已记录，并已重新判定。"))
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "assistances")
