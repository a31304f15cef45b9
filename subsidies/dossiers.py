"""What the case pages of a claim and of a batch show (ui.md, The decision page; R-SUB-1 … R-SUB-6)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Post
from casework.domain.dossier import Condition, Dossier, Fact, Section
from casework.enums import State
from casework.models import Step
from eligibility.domain.examine import results_of
from eligibility.engine import PASS
from eligibility.enums import Verdict
from kit.money import capitals, yuan_text
from subsidies.domain.payments import reference
from subsidies.enums import LineState, PaymentState
from subsidies.models import Budget, PaymentBatch, Subsidy
from training.enums import FundSource


def budget_left(subsidy: Subsidy) -> Any:
    """What the fund still has this year, or None where no budget is on file."""
    budget = Budget.objects.filter(
        fund_source=subsidy.fund_source, division=subsidy.division_id, year=timezone.localdate().year
    ).first()
    return budget.amount - budget.committed if budget else None


def subsidy_facts(subsidy: Subsidy, post: Post) -> list[Fact]:
    left = budget_left(subsidy)
    return [
        Fact(_("班次"), subsidy.training_class.name),
        Fact(_("申请单位"), subsidy.applicant.name),
        Fact(_("收款单位"), subsidy.payee.name),
        Fact(_("资金来源"), FundSource(subsidy.fund_source).label),
        Fact(_("补贴人数"), subsidy.lines.exclude(state=LineState.REFUSED).count()),
        Fact(_("申请金额"), f"{yuan_text(subsidy.amount)} ({capitals(subsidy.amount)})"),
        Fact(_("资金余额"), yuan_text(left) if left is not None else _("未登记预算")),
    ]


def subsidy_conditions(subsidy: Subsidy) -> list[Condition]:
    unit = getattr(subsidy.payee, "unit", None)
    unsettled = subsidy.lines.filter(state=LineState.CLAIMED).exclude(enrolment__verdict=Verdict.ELIGIBLE).count()
    left = budget_left(subsidy)
    publicity = getattr(subsidy, "publicity", None)
    found = [
        Condition(unsettled == 0, _("所有申请人员在补贴环节比对符合") if not unsettled else _("%(n)s人待核实或不符合") % {"n": unsettled}),
        Condition(bool(unit and unit.bank_account), _("收款单位已登记银行账户")),
        Condition(left is not None and (left >= subsidy.amount or subsidy.state == State.APPROVED), _("资金余额足够"), blocks=False),
    ]
    if publicity:
        over = timezone.localdate() > publicity.ends
        found.append(Condition(over, _("公示期 %(a)s 至 %(b)s") % {"a": publicity.begins, "b": publicity.ends}))
        waiting = publicity.objections.filter(outcome="").count()
        found.append(Condition(not waiting, _("没有未处理的异议") if not waiting else _("%(n)s件异议未处理") % {"n": waiting}))
    return found


def claim_lines(subsidy: Subsidy, post: Post) -> dict[str, Any]:
    lines = list(
        subsidy.lines.select_related("enrolment__person", "enrolment__examination", "payment").order_by("enrolment__sequence", "item")
    )
    may_refuse = subsidy.state == State.IN_REVIEW and post.organisation_id == subsidy.desk_id
    return {"lines": lines, "subsidy": subsidy, "may_refuse": may_refuse}


def claim_exceptions(subsidy: Subsidy, post: Post) -> dict[str, Any]:
    """People whose status changed since the last gate, and those refused, each with the sentence (R-SUB-2)."""
    context = claim_lines(subsidy, post)
    context["lines"] = [
        line for line in context["lines"]
        if line.state == LineState.REFUSED or line.enrolment.verdict != Verdict.ELIGIBLE
    ]
    for line in context["lines"]:
        line.open_results = [r for r in results_of(line.enrolment.examination) if r.outcome != PASS]
    return context


def publicity_section(subsidy: Subsidy, post: Post) -> dict[str, Any]:
    publicity = getattr(subsidy, "publicity", None)
    return {
        "publicity": publicity,
        "objections": publicity.objections.select_related("line__enrolment__person").order_by("id") if publicity else [],
        "may_answer": bool(publicity) and post.organisation_id == subsidy.desk_id,
    }


def class_history(subsidy: Subsidy) -> list[tuple[str, int]]:
    """The applications whose steps make up this case's story."""
    training_class = subsidy.training_class
    return [
        (kind, getattr(training_class, kind).pk)
        for kind in ("opening", "completion") if hasattr(training_class, kind)
    ]


SUBSIDY = Dossier(
    kind="subsidy",
    facts=subsidy_facts,
    conditions=subsidy_conditions,
    sections=(
        Section(gettext_lazy("需要处理的人员"), "subsidies/claim/_exceptions.html", claim_exceptions, open=True,
                count=lambda s: s.lines.filter(state=LineState.CLAIMED).exclude(enrolment__verdict=Verdict.ELIGIBLE).count()),
        Section(gettext_lazy("公示与异议"), "subsidies/claim/_publicity.html", publicity_section, open=True,
                count=lambda s: s.publicity.objections.filter(outcome="").count() if hasattr(s, "publicity") else None),
        Section(gettext_lazy("补贴人员与金额"), "subsidies/claim/_lines.html", claim_lines,
                count=lambda s: s.lines.exclude(state=LineState.REFUSED).count()),
    ),
    documents=lambda subsidy: [("claim_form", gettext_lazy("补贴申请表（盖章）"), False), ("invoice", gettext_lazy("发票"), False)],
    history=class_history,
)


def batch_facts(batch: PaymentBatch, post: Post) -> list[Fact]:
    return [
        Fact(_("资金来源"), FundSource(batch.fund_source).label),
        Fact(_("笔数"), batch.payments.count()),
        Fact(_("金额"), yuan_text(batch.amount)),
        Fact(_("大写"), capitals(batch.amount)),
    ]


def batch_conditions(batch: PaymentBatch) -> list[Condition]:
    waiting = batch.payments.filter(state=PaymentState.PENDING).count()
    returned = batch.payments.filter(state=PaymentState.RETURNED).count()
    return [
        Condition(bool(batch.bank_file), _("已生成银行文件")),
        Condition(not waiting, _("全部收到银行回执") if not waiting else _("%(n)s笔待银行回执") % {"n": waiting}),
        Condition(not returned, _("没有退票") if not returned else _("%(n)s笔退票，更正账户后可再次拨付") % {"n": returned}, blocks=False),
    ]


def batch_payments(batch: PaymentBatch, post: Post) -> dict[str, Any]:
    payments = list(batch.payments.select_related("subsidy__training_class", "batch").order_by("sequence"))
    for payment in payments:
        payment.reference = reference(payment)
    return {"batch": batch, "payments": payments, "is_finance": post.role == "finance"}


def frozen_by(batch: PaymentBatch) -> Step | None:
    return Step.objects.filter(kind="paymentbatch", object_id=batch.pk, move="freeze").order_by("-id").first()


BATCH = Dossier(
    kind="paymentbatch",
    facts=batch_facts,
    conditions=batch_conditions,
    sections=(Section(gettext_lazy("付款明细与银行回执"), "subsidies/batch/_payments.html", batch_payments, open=True),),
)
