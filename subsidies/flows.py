"""The moves of a subsidy claim and of a payment batch (R-SUB-1 … R-SUB-5).

A claim: draft → checking → first review → second review (another person) → publicity → approved, committed to a budget.
A batch: draft → frozen (bank file out) → settled (the bank answered for every payment).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.domain.flow import Context, Cover, Flow, Move, Text, Who
from casework.domain.routing import due_on, is_last_step
from casework.enums import State
from eligibility.enums import Verdict
from kit.sheets import write_table
from subsidies.domain.claims import LIVE, approve_lines, commit_budget, publish, work_out_lines
from subsidies.domain.payments import dissolve, freeze, workbook_of
from subsidies.enums import LineState, PaymentState
from subsidies.models import PaymentBatch, Subsidy
from training.domain.stages import set_stage
from training.enums import FundSource, Stage

CONCLUDING_DAYS = 3


def has_lines(subsidy: Subsidy, context: Context) -> Iterable[Text]:
    if not subsidy.lines.filter(state=LineState.CLAIMED).exists():
        yield _("没有可以申请补贴的学员：请查看每个人的不予补贴理由。")


def payee_has_account(subsidy: Subsidy, context: Context) -> Iterable[Text]:
    unit = getattr(subsidy.payee, "unit", None)
    if unit is None or not unit.bank_account:
        yield _("收款单位%(name)s没有登记银行账户，请先在单位信息中补充。") % {"name": subsidy.payee.name}


def everyone_is_settled(subsidy: Subsidy, context: Context) -> Iterable[Text]:
    """Nobody is approved while a line left in the claim is not eligible at the subsidy gate (workflow.md, Partial truth)."""
    lines = subsidy.lines.filter(state=LineState.CLAIMED).select_related("enrolment__person")
    for line in lines.exclude(enrolment__verdict=Verdict.ELIGIBLE).order_by("enrolment__sequence")[:20]:
        yield _("%(sequence)s号 %(name)s：%(verdict)s，请先核实或剔除。") % {
            "sequence": line.enrolment.sequence, "name": line.enrolment.person.name,
            "verdict": line.enrolment.get_verdict_display()}


def publicity_is_over(subsidy: Subsidy, context: Context) -> Iterable[Text]:
    if timezone.localdate() <= subsidy.publicity.ends:
        yield _("公示至%(day)s，期满后才能审批。") % {"day": subsidy.publicity.ends}


def objections_are_answered(subsidy: Subsidy, context: Context) -> Iterable[Text]:
    if subsidy.publicity.objections.filter(outcome="").exists():
        yield _("还有异议没有处理完。")


def nothing_was_upheld(subsidy: Subsidy, context: Context) -> Iterable[Text]:
    for objection in subsidy.publicity.objections.filter(outcome="upheld").select_related("line__enrolment__person"):
        if objection.line is None or objection.line.state in LIVE:
            yield _("异议成立：%(answer)s。请退回申请单位更正。") % {"answer": objection.answer}


def recalculate(subsidy: Subsidy, context: Context) -> None:
    work_out_lines(subsidy)
    context.notes["amount"] = str(subsidy.amount)
    set_stage(subsidy.training_class, Stage.SUBSIDY)
    context.jobs.append(("subsidies.tasks.check_claim", {"title": _("补贴申请复核比对：%(n)s") % {"n": subsidy.number}}))


def after_agreement(subsidy: Subsidy, context: Context) -> str:
    return State.PUBLICITY if is_last_step(subsidy, SUBSIDY) else State.IN_REVIEW


def open_publicity(subsidy: Subsidy, context: Context) -> None:
    if subsidy.state == State.PUBLICITY:
        publicity = publish(subsidy)
        subsidy.due_on = publicity.ends
        context.notes["digest"] = publicity.digest
        set_stage(subsidy.training_class, Stage.PUBLICITY)


def put_on_desk(subsidy: Subsidy, context: Context) -> None:
    subsidy.due_on = due_on(timezone.localdate(), CONCLUDING_DAYS)
    context.notes["publicity_ended"] = subsidy.publicity.ends.isoformat()


def commit(subsidy: Subsidy, context: Context) -> None:
    commit_budget(subsidy)
    approve_lines(subsidy)
    context.notes["amount"] = str(subsidy.amount)
    subsidy.publicity.ended_at = context.at
    subsidy.publicity.save(update_fields=["ended_at"])
    set_stage(subsidy.training_class, Stage.PAYABLE)


def stage_back(subsidy: Subsidy, context: Context) -> None:
    set_stage(subsidy.training_class, Stage.COMPLETED)


def stage_refused(subsidy: Subsidy, context: Context) -> None:
    subsidy.lines.filter(state=LineState.CLAIMED).update(state=LineState.REFUSED, reason=context.reason)
    set_stage(subsidy.training_class, Stage.CLOSED)


def cover_subsidy(subsidy: Subsidy) -> Cover:
    lines = subsidy.lines.all()
    return Cover(
        title=subsidy.training_class.name,
        url=reverse("case", args=["subsidy", subsidy.pk]),
        people=lines.exclude(state=LineState.REFUSED).count(),
        exceptions=lines.filter(state=LineState.CLAIMED).exclude(enrolment__verdict=Verdict.ELIGIBLE).count(),
        amount=subsidy.amount,
    )


SUBSIDY = Flow(
    kind="subsidy",
    label=gettext_lazy("补贴申请"),
    model=Subsidy,
    cover=cover_subsidy,
    amount=lambda subsidy: subsidy.amount,
    moves=(
        Move("submit", gettext_lazy("提交"), (State.DRAFT, State.RETURNED), State.CHECKING, Who.APPLICANT, "N二(一)",
             guards=(has_lines, payee_has_account), effects=(recalculate,)),
        Move("checked", gettext_lazy("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, "M二(三)"),
        Move("approve", gettext_lazy("同意"), (State.IN_REVIEW,), after_agreement, Who.DESK, "N二(一)",
             guards=(everyone_is_settled, has_lines), effects=(open_publicity,), decides=True, tone="success",
             tells=gettext_lazy("补贴申请%(number)s审核通过了一步。")),
        Move("return", gettext_lazy("退回补正"), (State.IN_REVIEW, State.PUBLICITY, State.CONCLUDING), State.RETURNED, Who.DESK, "N二(一)",
             effects=(stage_back,), reason=True, tone="warning", tells=gettext_lazy("补贴申请%(number)s退回补正：%(reason)s")),
        Move("refuse", gettext_lazy("不同意"), (State.IN_REVIEW,), State.REFUSED, Who.DESK, "N二(二)3",
             effects=(stage_refused,), reason=True, decides=True, tone="danger",
             tells=gettext_lazy("补贴申请%(number)s不同意：%(reason)s")),
        Move("publicity_over", gettext_lazy("公示期满"), (State.PUBLICITY,), State.CONCLUDING, Who.SYSTEM, "M一(二)3",
             guards=(publicity_is_over,), effects=(put_on_desk,)),
        Move("conclude", gettext_lazy("批准拨付"), (State.CONCLUDING,), State.APPROVED, Who.DESK, "M一(二)3",
             guards=(publicity_is_over, objections_are_answered, nothing_was_upheld), effects=(commit,), tone="success",
             tells=gettext_lazy("补贴申请%(number)s公示期满，已批准，等待拨付。")),
        Move("withdraw", gettext_lazy("撤回"), (State.CHECKING,), State.RETURNED, Who.APPLICANT, "workflow",
             effects=(stage_back,), tone="secondary"),
    ),
)


def batch_has_money(batch: PaymentBatch, context: Context) -> Iterable[Text]:
    if not batch.payments.exists():
        yield _("批次里没有付款。")


def everyone_answered(batch: PaymentBatch, context: Context) -> Iterable[Text]:
    waiting = batch.payments.filter(state=PaymentState.PENDING).count()
    if waiting:
        yield _("还有%(count)s笔没有银行回执。") % {"count": waiting}


def write_bank_file(batch: PaymentBatch, context: Context) -> None:
    freeze(batch, workbook_of(batch, write_table))
    context.notes["digest"] = batch.digest


def dissolve_batch(batch: PaymentBatch, context: Context) -> None:
    dissolve(batch)


def cover_batch(batch: PaymentBatch) -> Cover:
    return Cover(title=FundSource(batch.fund_source).label, url=reverse("case", args=["paymentbatch", batch.pk]), people=batch.payments.count(), exceptions=0, amount=batch.amount)


BATCH = Flow(
    kind="paymentbatch",
    label=gettext_lazy("拨付批次"),
    model=PaymentBatch,
    cover=cover_batch,
    moves=(
        Move("freeze", gettext_lazy("锁定并生成银行文件"), (State.DRAFT,), State.FROZEN, Who.FINANCE, "M二(三)",
             guards=(batch_has_money,), effects=(write_bank_file,), tone="success"),
        Move("withdraw", gettext_lazy("撤销批次"), (State.DRAFT,), State.WITHDRAWN, Who.FINANCE, "M二(三)",
             effects=(dissolve_batch,), reason=True, tone="warning"),
        Move("settle", gettext_lazy("办结"), (State.FROZEN,), State.SETTLED, Who.FINANCE, "M二(三)",
             guards=(everyone_answered,), tone="success"),
    ),
)
