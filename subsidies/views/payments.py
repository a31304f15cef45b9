"""The finance officer's pages: what waits, batches, bank files, budgets (R-SUB-5)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.enums import MONEY_ROLES, Role
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.keyset import PAGE
from casework.http import posted_version, shown_version
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.sheets import XLSX
from kit.versions import unchanged
from subsidies.domain.budgets import budgets_version, set_budget
from subsidies.domain.finance_home import batches_of, budgets_of, payables_by_fund
from subsidies.domain.payments import (
    draw_up_batch,
    payable,
    take_bank_file,
    take_result_file,
    take_result_template,
    why_not_finance,
)
from subsidies.forms import BudgetForm, ChoiceOfClaimsForm, ResultForm
from subsidies.models import PaymentBatch


@require_GET
@membership_required(*MONEY_ROLES)
def payables(request: Request) -> HttpResponse:
    """Approved and unpaid, by fund."""
    return render(request, "subsidies/batch/payables.html", {"funds": payables_by_fund(request.membership)})


@post_only("payables")
@membership_required(Role.FINANCE)
def batch_new(request: Request) -> HttpResponse:
    """A batch of the chosen claims; one that was taken by a colleague meanwhile is named."""
    offered = {claim.pk: claim for claim in payable(request.membership)}
    form = ChoiceOfClaimsForm(request.POST, offered=list(offered))
    if not form.is_valid():
        gone = _("所选补贴中有的已不在待拨付之列，可能已在其他批次中；请重新选择。")
        raise NotNow(gone if request.POST.getlist("subsidy") else _("请至少选择一笔待拨付的补贴。"))
    batch = draw_up_batch([offered[pk] for pk in form.cleaned_data["subsidy"]], by=request.membership)
    return redirect("case", kind="paymentbatch", pk=batch.pk)


@require_GET
@membership_required(*MONEY_ROLES)
def batches(request: Request) -> HttpResponse:
    found = batches_of(request.membership).order_by("-id")
    return render(
        request, "subsidies/batch/list.html", {"page": Paginator(found, PAGE).get_page(request.GET.get("page"))}
    )


def own_batch(request: Request, pk: int) -> PaymentBatch:
    """The batch of the finance officer's own place; 404 outside the scope, NotAllowed inside."""
    rows = PaymentBatch.objects.visible_to(request.membership).select_related("division", "applicant", "desk__division")
    batch = get_object_or_404(rows, pk=pk)
    if why := why_not_finance(request.membership, batch.division_id):
        raise NotAllowed([why])
    return batch


@require_GET
@membership_required(*MONEY_ROLES)
def batch_file(request: Request, pk: int) -> HttpResponse:
    """The bank's file as it was frozen; each download is on record, an altered file is not given out."""
    batch = own_batch(request, pk)
    try:
        content = take_bank_file(batch, by=request.membership)
    except LookupError as none:
        raise Http404 from none
    return _workbook(content, f"{batch.number}.xlsx")


@require_GET
@membership_required(*MONEY_ROLES)
def batch_template(request: Request, pk: int) -> HttpResponse:
    """The result file with references and amounts filled in."""
    batch = own_batch(request, pk)
    try:
        content = take_result_template(batch, by=request.membership)
    except LookupError as none:
        raise Http404 from none
    return _workbook(content, f"{batch.number}-result.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@post_only(lambda request, pk: reverse("case", args=["paymentbatch", pk]))
@membership_required(*MONEY_ROLES)
def batch_result(request: Request, pk: int) -> HttpResponse:
    """The bank's answer: checked row by row, booked as a whole or not at all, each wrong row named."""
    batch = own_batch(request, pk)
    form = ResultForm(request.POST, request.FILES)
    if not form.is_valid():
        raise NotValid(_("请选择银行回执文件。"), field="file")
    booked = take_result_file(batch, form.cleaned_data["file"], by=request.membership)
    messages.success(
        request,
        _("银行回执已入账%(count)s笔。") % {"count": booked} if booked else _("这份回执此前已全部入账，没有变化。"),
    )
    return redirect("case", kind="paymentbatch", pk=pk)


@require_http_methods(["GET", "POST"])
@membership_required(*MONEY_ROLES)
def budgets(request: Request) -> HttpResponse:
    """Budgets in scope; the own division's can be registered and changed."""
    membership = request.membership
    form = BudgetForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST":
        if membership.role != Role.FINANCE:
            raise NotAllowed(_("只有本地财务人员可以登记预算。"))
        if form.is_valid():
            with unchanged(
                f"budgets {membership.division.pk}",
                lambda: budgets_version(membership.division.pk),
                posted_version(request),
            ):
                set_budget(by=membership, **form.cleaned_data)
            messages.success(request, _("预算已登记。"))
            return redirect("budgets")
    return render(
        request,
        "subsidies/budget/list.html",
        {
            "budgets": budgets_of(membership),
            "form": form,
            "version": (
                shown_version(request, budgets_version(membership.division.pk))
                if membership.role == Role.FINANCE
                else ""
            ),
        },
        status=400 if request.method == "POST" else 200,
    )
