"""A department's own page: what it is asked about whom, answered here one by one or many at once (R-ELG-5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.http import posted_version
from eligibility.domain import departments
from eligibility.domain.assistance import answer_version
from eligibility.domain.replying import chosen_for, correct_answer, reply
from eligibility.enums import Answer
from eligibility.forms import ANSWERS, AnswerForm, ReplySheetForm
from eligibility.imports.replies import take_replies
from eligibility.models import Letter, LetterRow
from eligibility.views.assistances import counted
from eligibility.views.letters import sheet_answer
from kit.inputs import cleaned
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.versions import unchanged
from kit.whole import wholes


def of_department(request: Request) -> Membership:
    """Only for the departments themselves; the offices have 协查."""
    membership: Membership = request.membership
    if not departments.is_department(membership):
        raise NotAllowed(_("这里由被协查的部门答复。审核部门请在“协查”中办理。"))
    return membership


@require_GET
@membership_required()
def asked(request: Request) -> HttpResponse:
    """Every open question that names the department, with the people in full; the opening is put on record."""
    return answer_page(request, of_department(request))


def answer_page(request: Request, membership: Membership, *, status: int = 200, **more: Any) -> HttpResponse:
    questions = departments.opened(membership)
    answer = render(
        request,
        "eligibility/departments/list.html",
        {
            "groups": departments.by_letter(questions),
            "count": sum(one.asked.answer == Answer.OPEN for one in questions),
            "late": sum(one.late for one in questions),
            "answers": ANSWERS,
            "most": departments.MOST_SHOWN,
            "shown": len(questions),
            "answered": departments.answered_by(membership),
            **more,
        },
        status=status,
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@post_only("asked")
@membership_required()
def answer(request: Request) -> HttpResponse:
    """One result for everybody ticked; a question that is not the department's is not found."""
    membership = of_department(request)
    ids = wholes(request.POST.getlist("row"))
    if not ids:
        raise NotValid(_("请先勾选人员。"))
    given = cleaned(AnswerForm(request.POST, request.FILES))
    rows = chosen_for(membership, ids)
    if rows is None:
        raise Http404
    outcome = reply(
        rows, given["answer"], by=membership, letter=given["letter"], note=given["note"], upload=given["file"]
    )
    if outcome.refused:
        raise NotNow(outcome.refused)
    messages.success(request, _("已答复%(count)s项，审核部门已收到。") % {"count": outcome.taken})
    return redirect("asked")


@post_only("asked")
@membership_required()
def correct(request: Request, pk: int) -> HttpResponse:
    """The department mends an answer of its own, with letter, note or file; the office that asked gets a notice and the
    person judged again.
    """
    membership = of_department(request)
    asked = get_object_or_404(
        departments.addressed_to(membership).filter(answered_by__organisation=membership.organisation_id), pk=pk
    )
    given = cleaned(AnswerForm(request.POST, request.FILES))
    with unchanged(f"assistance {pk}", lambda: answer_version(pk), posted_version(request)):
        correct_answer(
            asked,
            given["answer"],
            by=membership,
            letter=given["letter"],
            note=given["note"],
            upload=given["file"],
        )
    messages.success(request, _("答复已更正，审核部门已收到。"))
    return redirect("asked")


@require_GET
@membership_required()
def sheet(request: Request, pk: int) -> HttpResponse:
    """What one letter asks of the department as a workbook, with the people in full as on its page; put on record."""
    membership = of_department(request)
    letter = get_object_or_404(Letter, pk=pk)
    rows = (
        LetterRow.objects.filter(letter=letter, assistance__in=departments.put_to(membership))
        .select_related("person", "assistance")
        .order_by("sequence")
    )
    if not rows:
        raise Http404
    return sheet_answer(letter, rows, by=membership, plain=True)


@post_only("asked")
@membership_required()
def sheet_upload(request: Request) -> HttpResponse:
    """The filled-in workbook back from the department itself: good rows are taken, every other one
    gets its sentence.
    """
    membership = of_department(request)
    given = cleaned(ReplySheetForm(request.POST, request.FILES))
    outcome = take_replies(given["file"].file, given["file"].name or "", by=membership, letter=given["letter"])
    if outcome.taken or outcome.same:
        messages.success(request, counted(outcome))
    return answer_page(
        request, membership, sentences=outcome.refused, status=409 if outcome.refused and not outcome.taken else 200
    )
