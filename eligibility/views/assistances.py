"""协查: the open assisted checks of the office in charge, by department and day; single and batch answers (R-ELG-5)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.enums import HANDS_ON
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.domain.files import attach
from casework.http import posted_version
from eligibility.domain import assistance
from eligibility.domain.assistance import Reply, Taken
from eligibility.domain.departments import REPLY
from eligibility.domain.descriptions import department_label, label_of
from eligibility.domain.examine import subjects_called
from eligibility.domain.letters import department_of
from eligibility.forms import ANSWERS, AnswerForm
from eligibility.models import Assistance, Letter
from kit.inputs import cleaned
from kit.refusals import NotValid
from kit.versions import unchanged
from kit.whole import wholes

LETTERS_SHOWN = 20


@require_GET
@membership_required(*HANDS_ON)
def assistances(request: Request) -> HttpResponse:
    """What waits for an answer, with the letters that went out last."""
    membership: Membership = request.membership
    return answer_page(request, membership)


def answer_page(request: Request, membership: Membership, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = assistance.waiting(membership)
    return render(
        request,
        "eligibility/assistances/list.html",
        {
            "groups": grouped(membership, rows),
            "answers": ANSWERS,
            "count": len(rows),
            "most": assistance.MOST_SHOWN,
            "overdue": sum(is_late(row) for row in rows),
            "letters": Letter.objects.visible_to(membership).order_by("-pk")[:LETTERS_SHOWN],
            **more,
        },
        status=status,
    )


def grouped(membership: Membership, rows: list[Assistance]) -> list[dict[str, Any]]:
    """One group a department and day, each row with its case, its check and whether it is late."""
    seen = assistance.described(membership, rows)

    def key(row: Assistance) -> tuple[str, Any]:
        return department_of(row), timezone.localdate(row.asked_at)

    return [
        {
            "department": department_label(department),
            "day": day,
            "rows": [(row, seen[row.pk], label_of(row.check_code, row.category), is_late(row)) for row in found],
        }
        for (department, day), found in groupby(sorted(rows, key=key), key=key)
    ]


def is_late(row: Assistance) -> bool:
    """Past its last day and still not decided."""
    return row.due_on is not None and row.due_on < timezone.localdate()


def chosen_of(request: Request) -> list[Assistance]:
    """The ticked questions; 404 when one of them is outside the scope."""
    ids = wholes(request.POST.getlist("row"))
    rows = assistance.chosen(request.membership, ids)
    if rows is None:
        raise Http404
    return rows


@post_only("assistances")
@membership_required()
def answer(request: Request, pk: int) -> HttpResponse:
    """Take the answer, with the letter as a file where there is one; a refused file leaves the answer untaken."""
    membership = request.membership
    asked = get_object_or_404(Assistance, pk=pk)
    provider = subjects_called(asked.subject_kind)
    if provider is None or asked.subject_id not in provider.describe(membership, [asked.subject_id]):
        raise Http404
    given = cleaned(AnswerForm(request.POST, request.FILES))
    upload, result = given.pop("file"), given.pop("answer")
    with unchanged(f"assistance {pk}", lambda: assistance.answer_version(pk), posted_version(request)):
        assistance.answer(
            asked.subject_kind,
            asked.subject_id,
            asked.check_code,
            result,
            by=membership,
            file=upload is not None,
            **given,
        )
        if upload:
            attach(*provider.case_of(asked.subject_id), f"{REPLY}{asked.pk}", upload, by=membership)
    messages.success(request, _("协查结果已记录，并已重新判定。"))
    back = request.POST.get("next", "")
    return redirect(
        back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "assistances"
    )


@post_only("assistances")
@membership_required(*HANDS_ON)
def batch(request: Request) -> HttpResponse:
    """One letter number and one result for everybody ticked; the reply's file goes to each case once."""
    membership: Membership = request.membership
    rows = chosen_of(request)
    if not rows:
        raise NotValid(_("请先勾选人员。"))
    given = cleaned(AnswerForm(request.POST, request.FILES))
    upload = given["file"]
    replies = [
        Reply(
            (row.subject_kind, row.subject_id, row.check_code),
            given["answer"],
            given["letter"],
            given["note"],
            f"{row.person.name}：",
        )
        for row in rows
    ]
    with transaction.atomic():
        outcome = assistance.answer_many(replies, by=membership, department=given["department"])
        for case, asked in outcome.cases.items() if upload else ():
            upload.seek(0)
            attach(*case, f"{REPLY}{asked}", upload, by=membership)
    return show_outcome(request, membership, outcome)


def show_outcome(request: Request, membership: Membership, outcome: Taken) -> HttpResponse:
    """The page again, with what was taken and a sentence for everything that was not."""
    messages.success(request, counted(outcome))
    return answer_page(
        request, membership, sentences=outcome.refused, status=409 if outcome.refused and not outcome.taken else 200
    )


def counted(outcome: Taken) -> str:
    """How many answers were taken, were there already, and were not taken."""
    return _("已收取%(taken)s条协查结果，%(same)s条与原来相同，%(refused)s条未收取。") % {
        "taken": outcome.taken,
        "same": outcome.same,
        "refused": len(outcome.refused),
    }
