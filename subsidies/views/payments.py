"""The finance officer's pages: what waits, batches, bank files, budgets (R-SUB-5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.audit import record
from accounts.enums import Role
from casework.domain.moves import NotYours, Obstructed
from kit.errors import FileRefused
from kit.sheets import inspect_upload, read_table
from subsidies.domain.budgets import set_budget
from subsidies.domain.payments import RESULT_HEADERS, draw_up_batch, payable, read_result, take_result
from subsidies.forms import BudgetForm, ResultForm
from subsidies.models import Budget, PaymentBatch, Standard, Subsidy
from training.enums import FundSource


def finance_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Finance works here; auditors and inspectors may read."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        post = request.post
        readers = (Role.FINANCE, Role.AUDITOR, Role.INSPECTOR, Role.ADMINISTRATOR)
        if post is None or post.is_unit or post.role not in readers or (request.method == "POST" and post.role != Role.FINANCE):
            raise PermissionDenied(_("只有财务人员可以办理拨付。"))
        return view(request, *args, **kwargs)

    return inner


@require_GET
@finance_only
def payables(request: HttpRequest) -> HttpResponse:
    """Approved and unpaid, by fund."""
    groups: dict[str, list[Subsidy]] = {}
    for subsidy in payable(request.post):
        groups.setdefault(subsidy.fund_source, []).append(subsidy)
    funds = [(FundSource(code).label, subsidies, sum(s.amount for s in subsidies)) for code, subsidies in sorted(groups.items())]
    return render(request, "subsidies/batch/payables.html", {"funds": funds})


@require_POST
@finance_only
def batch_new(request: HttpRequest) -> HttpResponse:
    chosen = Subsidy.objects.visible_to(request.post).filter(pk__in=[pk for pk in request.POST.getlist("subsidy") if pk.isdigit()])
    try:
        batch = draw_up_batch(list(chosen.select_related("payee", "division")), by=request.post)
    except NotYours as refused:
        raise PermissionDenied(str(refused)) from refused
    except Obstructed as refused:
        messages.error(request, str(refused))
        return redirect("payables")
    return redirect("case", kind="paymentbatch", pk=batch.pk)


@require_GET
@finance_only
def batches(request: HttpRequest) -> HttpResponse:
    found = PaymentBatch.objects.visible_to(request.post).select_related("division").order_by("-id")[:200]
    return render(request, "subsidies/batch/list.html", {"batches": found})


@require_GET
@finance_only
def bank_file(request: HttpRequest, pk: int) -> FileResponse:
    """The bank's file as it was frozen; each download is on record."""
    batch = get_object_or_404(PaymentBatch.objects.visible_to(request.post), pk=pk)
    if request.post.role != Role.FINANCE:
        raise PermissionDenied(_("只有财务人员可以下载银行文件。"))
    if not batch.bank_file:
        raise Http404
    record("paymentbatch.file_taken", by=request.post, on=batch, digest=batch.digest)
    return FileResponse(batch.bank_file.open("rb"), as_attachment=True, filename=f"{batch.number}.xlsx")


@require_POST
@finance_only
def bank_result(request: HttpRequest, pk: int) -> HttpResponse:
    """The bank's answer: checked row by row, booked as a whole or not at all, each wrong row named."""
    batch = get_object_or_404(PaymentBatch.objects.visible_to(request.post), pk=pk)
    form = ResultForm(request.POST, request.FILES)
    problems: list[str] = []
    if not form.is_valid():
        problems = [_("请选择银行回执文件。")]
    else:
        try:
            content = form.cleaned_data["file"].read()
            inspect_upload(content, form.cleaned_data["file"].name, {"xlsx"})
            table = read_table(content, RESULT_HEADERS)
            take_result(batch, read_result(batch, list(table.rows)), by=request.post)
        except FileRefused as refused:
            problems = [str(refused.message)]
        except NotYours as refused:
            raise PermissionDenied(str(refused)) from refused
        except Obstructed as refused:
            problems = refused.sentences
    if problems:
        return render(request, "subsidies/batch/result_refused.html", {"batch": batch, "problems": problems}, status=400)
    messages.success(request, _("银行回执已入账。"))
    return redirect("case", kind="paymentbatch", pk=pk)


@finance_only
def budgets(request: HttpRequest) -> HttpResponse:
    form = BudgetForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        try:
            set_budget(by=request.post, **form.cleaned_data)
        except Obstructed as refused:
            form.add_error("amount", str(refused))
        else:
            messages.success(request, _("预算已登记。"))
            return redirect("budgets")
    found = Budget.objects.visible_to(request.post).select_related("division").order_by("-year", "division_id", "fund_source")
    for budget in found:
        budget.fund_label = FundSource(budget.fund_source).label
        budget.left = budget.amount - budget.committed
        budget.percent = int(budget.committed * 100 / budget.amount) if budget.amount else 0
    return render(request, "subsidies/budget/list.html", {"budgets": found, "form": form}, status=400 if form.errors else 200)


@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """The subsidy standards, past and present (public)."""
    return render(request, "subsidies/standard/list.html", {"standards": Standard.objects.order_by("-since", "item", "project_code")})
