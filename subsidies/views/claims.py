"""Claims in the browser: draw up, look at a trainee's basis, strike a line, publicity and objections."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from casework.domain.moves import NotYours, Obstructed
from casework.models import Step
from eligibility.domain.examine import results_of
from subsidies.domain.amounts import standard_for, work_out
from subsidies.domain.claims import ClaimRefused, draw_up, refuse_line
from subsidies.domain.objections import answer_objection, file_objection
from subsidies.forms import AnswerForm, ObjectionForm
from subsidies.models import Objection, Publicity, SubsidyLine
from training.models import TrainingClass


@require_GET
def class_subsidy(request: HttpRequest, pk: int) -> HttpResponse:
    """The subsidy tab of a class: the claim, or what it would be worth today, person by person (feature 49)."""
    training_class = get_object_or_404(TrainingClass.objects.visible_to(request.post).select_related("project", "division"), pk=pk)
    subsidy = getattr(training_class, "subsidy", None)
    context = {"training_class": training_class, "subsidy": subsidy, "tab": "subsidy"}
    if subsidy:
        context["lines"] = subsidy.lines.select_related("enrolment__person", "payment").order_by("enrolment__sequence")
    elif training_class.project_id and training_class.first_day:
        worths = work_out(training_class)
        context |= {"worths": worths, "standard": standard_for(training_class), "total": sum(w.amount for w in worths)}
    return render(request, "subsidies/claim/tab.html", context)


@require_POST
def subsidy_new(request: HttpRequest, pk: int) -> HttpResponse:
    training_class = get_object_or_404(TrainingClass.objects.visible_to(request.post), pk=pk)
    try:
        subsidy = draw_up(training_class, by=request.post)
    except ClaimRefused as refused:
        messages.error(request, str(refused))
        return redirect("class_subsidy", pk=pk)
    return redirect("case", kind="subsidy", pk=subsidy.pk)


@require_GET
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """From the money back to the roster: standard, enrolment, checks, decisions, publicity, batch, bank line (R-SUB-6)."""
    found = get_object_or_404(
        SubsidyLine.objects.visible_to(request.post).select_related(
            "subsidy__training_class__opening", "subsidy__training_class__project", "enrolment__person", "enrolment__examination",
            "standard", "payment__batch",
        ),
        pk=pk,
    )
    training_class = found.subsidy.training_class
    cases = [(kind, getattr(training_class, kind)) for kind in ("opening", "completion", "subsidy") if hasattr(training_class, kind)]
    steps = [
        step for kind, application in cases
        for step in Step.objects.filter(kind=kind, object_id=application.pk).order_by("id")
    ]
    if found.payment:
        steps += Step.objects.filter(kind="paymentbatch", object_id=found.payment.batch_id).order_by("id")
    return render(request, "subsidies/claim/line.html", {"line": found, "training_class": training_class, "cases": cases,
                                                         "steps": sorted(steps, key=lambda s: s.at),
                                                         "results": results_of(found.enrolment.examination)})


@require_POST
def line_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SubsidyLine.objects.visible_to(request.post).select_related("subsidy"), pk=pk)
    try:
        refuse_line(found, reason=request.POST.get("reason", ""), by=request.post)
    except NotYours as refused:
        raise PermissionDenied(str(refused)) from refused
    except Obstructed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已剔除，金额已重新合计。"))
    return redirect("case", kind="subsidy", pk=found.subsidy_id)


@require_GET
def publicities(request: HttpRequest) -> HttpResponse:
    """Everything published, newest first, searchable by number or unit (public)."""
    found = Publicity.objects.select_related("subsidy__division", "subsidy__applicant").order_by("-begins", "-id")
    asked = request.GET.get("q", "").strip()[:60]
    if asked:
        found = found.filter(subsidy__applicant__name__contains=asked) | found.filter(subsidy__number__startswith=asked)
    return render(request, "subsidies/publicity/list.html", {"publicities": found[:100], "q": asked})


def publicity(request: HttpRequest, pk: int) -> HttpResponse:
    """One publicity as the public sees it, masked, with the objection form (public)."""
    found = get_object_or_404(Publicity.objects.select_related("subsidy__division", "subsidy__desk"), pk=pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            filed = file_objection(found, origin=request.META.get("REMOTE_ADDR", "")[:45], **form.cleaned_data)
        except Obstructed as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "subsidies/publicity/filed.html", {"publicity": found, "objection": filed}, status=201)
    return render(request, "subsidies/publicity/show.html", {"publicity": found, "form": form}, status=400 if form.errors else 200)


@require_POST
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    objection = get_object_or_404(
        Objection.objects.visible_to(request.post).select_related("publicity__subsidy"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请选择处理结果并写明答复。"))
    else:
        try:
            answer_objection(objection, by=request.post, **form.cleaned_data)
        except NotYours as refused:
            raise PermissionDenied(str(refused)) from refused
        except Obstructed as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("异议已处理，答复已公开。"))
    return redirect("case", kind="subsidy", pk=objection.publicity.subsidy_id)
