"""更正回执 in the browser: entered for a payment by one finance officer, answered by another on the
batch's page (R-SUB-7).
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.enums import MONEY_ROLES
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from kit.refusals import NotAllowed, NotNow
from subsidies.domain.corrections import RELATED, correction_kind, propose, settle, take_back
from subsidies.domain.payments import why_not_finance
from subsidies.enums import CorrectionKind
from subsidies.forms import CorrectionAnswerForm, CorrectionForm
from subsidies.models import BankCorrection, Payment
from subsidies.views.claims import on_its_case


@require_http_methods(["GET", "POST"])
@membership_required(*MONEY_ROLES)
def correction_new(request: Request, pk: int) -> HttpResponse:
    """The form for what the bank says now; what was typed stays where it is refused."""
    membership = request.membership
    payment = get_object_or_404(
        Payment.objects.visible_to(membership).select_related("batch", "subsidy__training_class"), pk=pk
    )
    if why := why_not_finance(membership, payment.batch.division_id):
        raise NotAllowed(why)
    form, status = CorrectionForm(request.POST or None, initial={"kind": correction_kind(payment)}), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            propose(payment, by=membership, **form.cleaned_data)
            messages.success(request, _("更正回执已登记，等待另一名财务人员复核；复核前这笔款暂缓办理。"))
            return redirect("case", kind="paymentbatch", pk=payment.batch_id)
    kind = form["kind"].value()
    label = CorrectionKind(kind).label if kind in CorrectionKind.values else ""
    return render(
        request,
        "subsidies/batch/correction.html",
        {"payment": payment, "form": form, "kind": kind, "kind_label": label},
        status=status,
    )


def batch_page(request: Request, pk: int) -> str:
    """Where a correction stands, for whoever comes to its address by GET; the list where it is not in scope."""
    found = (
        BankCorrection.objects.visible_to(getattr(request, "membership", None))
        .filter(pk=pk)
        .values_list("payment__batch", flat=True)
        .first()
    )
    return reverse("case", args=["paymentbatch", found]) if found else reverse("batches")


@post_only(batch_page)
@membership_required(*MONEY_ROLES)
def correction_answer(request: Request, pk: int) -> HttpResponse:
    """Agree, decline or take back; what stands in the way is shown on top of the batch."""
    membership = request.membership
    found = get_object_or_404(BankCorrection.objects.visible_to(membership).select_related(*RELATED), pk=pk)
    if why := why_not_finance(membership, found.payment.batch.division_id):
        raise NotAllowed(why)
    form = CorrectionAnswerForm(request.POST)
    decision = form.cleaned_data["decision"] if form.is_valid() else ""
    note = form.cleaned_data.get("note", "")
    done = {
        "agree": _("更正已入账。"),
        "decline": _("已注明不同意，这笔款不再暂缓。"),
        "take_back": _("更正登记已撤回。"),
    }.get(decision, "")

    def act() -> None:
        if not decision:
            raise NotNow([_("请选择同意或不同意。")])
        if decision == "take_back":
            take_back(found, by=membership)
        else:
            settle(found, agree=decision == "agree", note=note, by=membership)

    return on_its_case(request, found.payment.batch, act, done)
