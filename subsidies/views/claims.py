"""Claims in the browser: the class's tab, a trainee's line back to its basis, striking and putting back, answers to
objections.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.domain.flow import file_of
from casework.domain.history import line_of_time, trail_of
from casework.domain.reasons import ready_reasons
from casework.enums import ENDED, WITH_APPLICANT
from casework.models import Application
from kit.refusals import NotNow
from subsidies.domain.amounts import standard_for
from subsidies.domain.claims import (
    claimable,
    claimed_at,
    draw_up,
    lines_today,
    may_take_out,
    refuse_line,
    refused_before,
    restore_line,
    why_not_claimant,
    why_not_strike,
)
from subsidies.domain.evidence import evidence_of
from subsidies.domain.objections import answer_objection
from subsidies.domain.returns import shown_lines
from subsidies.enums import LineState
from subsidies.forms import AnswerForm, ChoiceOfPeopleForm, ReasonForm
from subsidies.models import Objection, Subsidy, SubsidyLine
from training.domain.classes.tabs import tabs
from training.domain.decision.strikes import NOT_CONFIRMED
from training.enums import Stage
from training.models import TrainingClass


def on_its_case(request: Request, application: Application, act: Callable[[], Any], done: str) -> HttpResponse:
    """Do it and go back to the case."""
    act()
    messages.success(request, done)
    return redirect("case", kind=application._meta.model_name, pk=application.pk)


def class_of(request: Request, pk: int) -> TrainingClass:
    """The class, or 404 outside the scope (R-SEC-1)."""
    rows = TrainingClass.objects.visible_to(request.membership).select_related(
        "project", "division", "applicant", "institution", "employer", "opening"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@membership_required()
def class_subsidy(request: Request, pk: int) -> HttpResponse:
    """The subsidy tab of a class: the claim, or what it would be worth today, person by person."""
    training_class = class_of(request, pk)
    claims = list(Subsidy.objects.filter(training_class=training_class).order_by("-sequence"))
    subsidy = claims[0] if claims else None
    lines: Any = None
    if subsidy and subsidy.state not in WITH_APPLICANT:
        lines = shown_lines(subsidy.lines.all()).order_by("enrolment__sequence", "item")
    elif training_class.project_id and training_class.first_day:
        lines = lines_today(subsidy or Subsidy(training_class=training_class))
    preview = lines is not None and (subsidy is None or subsidy.state in WITH_APPLICANT)
    mine = not why_not_claimant(training_class, request.membership)
    more = (
        offered_more(training_class)
        if mine and subsidy and subsidy.state in ENDED and training_class.stage in claimed_at(subsidy.sequence + 1)
        else []
    )
    context = {
        "earlier": claims[1:],
        "offered": more,
        "class": training_class,
        "training_class": training_class,
        "tabs": tabs(),
        "tab": "subsidy",
        "subsidy": subsidy,
        "may_open": subsidy is not None
        and Subsidy.objects.visible_to(request.membership).filter(pk=subsidy.pk).exists(),
        "lines": lines,
        "is_preview": preview,
        "may_claim": not subsidy and training_class.stage == Stage.COMPLETED and mine,
    }
    if preview:
        context |= {
            "standard": standard_for(training_class),
            "total": sum(line.amount for line in lines if line.state == LineState.CLAIMED),
        }
    return render(request, "subsidies/claim/tab.html", context)


def offered_more(training_class: TrainingClass) -> list[dict[str, Any]]:
    """Whom a supplementary claim can be for, each with what was refused before."""
    before = refused_before(training_class)
    return [{"worth": worth, "before": before.get(worth.enrolment.pk)} for worth in claimable(training_class)]


@post_only("class_subsidy", "pk")
@membership_required()
def subsidy_new(request: Request, pk: int) -> HttpResponse:
    """Draw up the claim, or open the one there is; a supplementary one for the people chosen."""
    training_class, form = class_of(request, pk), ChoiceOfPeopleForm(request.POST)
    chosen = form.cleaned_data["enrolment"] if form.is_valid() else []
    subsidy = draw_up(
        training_class, by=request.membership, enrolments=chosen if "supplementary" in request.POST else None
    )
    return redirect("case", kind="subsidy", pk=subsidy.pk)


def line_of(request: Request, pk: int) -> SubsidyLine:
    rows = shown_lines(SubsidyLine.objects.visible_to(request.membership)).select_related(
        "subsidy__training_class__project",
        "subsidy__division",
        "subsidy__applicant",
        "subsidy__desk__division",
        "subsidy__payee",
        "subsidy__budget",
        "enrolment__person",
        "standard",
        "refused_by__user",
        "refused_by__organisation",
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@membership_required()
def line(request: Request, pk: int) -> HttpResponse:
    """From the money back to the roster: standard, enrolment, checks, decisions, publicity, batch,
    bank line (R-SUB-6).
    """
    found = line_of(request, pk)
    may_strike, evidence = not why_not_strike(found.subsidy, request.membership), evidence_of(found, request.membership)
    reasons = ready_reasons(("strike",), kind="subsidy", category=found.subsidy.category) if may_strike else []
    return render(
        request,
        "subsidies/claim/line.html",
        {
            "line": found,
            "entries": line_of_time(
                evidence.steps, trail_of("subsidy", found.subsidy_id, file_of(found.subsidy)), request.membership
            ),
            "training_class": found.subsidy.training_class,
            "evidence": evidence,
            "may_strike": may_strike,
            "strike_reasons": [text for _move, text in reasons],
        },
    )


@post_only("subsidy_line", "pk")
@membership_required()
def line_refuse(request: Request, pk: int) -> HttpResponse:
    """Take somebody out with a reason, confirmed: never by one click."""
    subsidy = line_of(request, pk).subsidy
    membership: Membership = request.membership
    if "confirmed" not in request.POST and (
        may_take_out(subsidy, membership) or not why_not_strike(subsidy, membership)
    ):
        raise NotNow(NOT_CONFIRMED, field="confirmed")
    return _change_line(request, pk, refuse_line, _("已剔除，金额已重新合计。"))


@post_only("subsidy_line", "pk")
@membership_required()
def line_restore(request: Request, pk: int) -> HttpResponse:
    return _change_line(request, pk, restore_line, _("已恢复，金额已重新合计。"))


def _change_line(request: Request, pk: int, act: Callable[..., Any], done: str) -> HttpResponse:
    found, form = line_of(request, pk), ReasonForm(request.POST)
    reason = form.words if form.is_valid() else ""
    return on_its_case(request, found.subsidy, lambda: act(found, reason=reason, by=request.membership), done)


def page_of_objection(request: Request, pk: int) -> str:
    """The page on which an objection is answered."""
    found = get_object_or_404(
        Objection.objects.visible_to(getattr(request, "membership", None)).select_related("publicity"), pk=pk
    )
    return reverse("case", args=["subsidy", found.publicity.subsidy_id])


@post_only(page_of_objection)
@membership_required()
def objection_answer(request: Request, pk: int) -> HttpResponse:
    """Handle one objection; an unfit answer is said by the domain in the same words as in the API."""
    rows = Objection.objects.visible_to(request.membership).select_related(
        "publicity__subsidy__division",
        "publicity__subsidy__applicant",
        "publicity__subsidy__desk__division",
        "publicity__subsidy__training_class",
        "publicity__subsidy__payee",
    )
    found, form = get_object_or_404(rows, pk=pk), AnswerForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    words = {"outcome": given.get("outcome", ""), "answer": given.get("answer", "")}
    return on_its_case(
        request,
        found.publicity.subsidy,
        lambda: answer_objection(found, by=request.membership, **words),
        _("异议已处理。"),
    )
