"""Batches, the bank's file out and its answer in, what is paid and what came back (R-SUB-5, R-SUB-6)."""

from __future__ import annotations

import hashlib
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import Role
from accounts.models import Organisation, Post
from casework.domain.desk import write_cover
from casework.domain.flow import flow_of
from casework.domain.moves import NotYours, Obstructed
from casework.enums import State
from kit.money import fen
from subsidies.enums import LineState, PaymentState
from subsidies.models import Payment, PaymentBatch, Subsidy, SubsidyLine
from training.enums import Stage
from training.models import TrainingClass, Unit

PAID_WORDS = {"成功", "已到账", "paid", "success"}
RETURNED_WORDS = {"失败", "退票", "returned", "failed"}


def payable(post: Post) -> Any:
    """Approved claims with lines waiting for a batch, in this finance office's division."""
    return (
        Subsidy.objects.visible_to(post)
        .filter(state=State.APPROVED, lines__state__in=[LineState.APPROVED, LineState.RETURNED])
        .select_related("training_class", "payee", "applicant")
        .distinct()
        .order_by("decided_at", "id")
    )


def _finance(by: Post, division_id: str) -> None:
    if by.is_unit or by.role != Role.FINANCE or by.organisation.division_id != division_id:
        raise NotYours([_("只有本地财务人员可以办理拨付。")])


def draw_up_batch(subsidies: list[Subsidy], *, by: Post) -> PaymentBatch:
    """A draft batch of one fund with one payment per claim; each line can be in one living batch only."""
    if not subsidies:
        raise Obstructed([_("请至少选择一笔待拨付的补贴。")])
    if len({(s.fund_source, s.division_id) for s in subsidies}) > 1:
        raise Obstructed([_("一个批次只能是同一地区、同一资金来源。")])
    _finance(by, subsidies[0].division_id)
    with transaction.atomic():
        locked = list(
            Subsidy.objects.select_for_update(of=("self",))
            .filter(pk__in=[s.pk for s in subsidies], state=State.APPROVED)
            .select_related("payee", "training_class", "division").order_by("pk")
        )
        batch = PaymentBatch.objects.create(
            number=_next_number(locked[0] if locked else subsidies[0]), division=subsidies[0].division, applicant=by.organisation,
            fund_source=subsidies[0].fund_source, desk=by.organisation,
        )
        for sequence, subsidy in enumerate(locked, 1):
            _put(batch, subsidy, sequence)
        batch.amount = batch.payments.aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00")
        if not batch.amount:
            raise Obstructed([_("所选补贴没有待拨付的金额，可能已在其他批次中。")])
        batch.save(update_fields=["amount"])
        record("paymentbatch.drawn_up", by=by, on=batch, amount=str(batch.amount), subsidies=[s.number for s in locked])
        write_cover(batch, flow_of(batch))
    return batch


def _next_number(subsidy: Subsidy) -> str:
    year = timezone.localdate().year
    taken = PaymentBatch.objects.filter(division=subsidy.division, number__startswith=f"P{subsidy.division_id}-{year}-").count()
    return f"P{subsidy.division_id}-{year}-{taken + 1:05d}"


def _put(batch: PaymentBatch, subsidy: Subsidy, sequence: int) -> None:
    waiting = SubsidyLine.objects.select_for_update(of=("self",)).filter(
        subsidy=subsidy, state__in=[LineState.APPROVED, LineState.RETURNED])
    amount = sum((line.amount for line in waiting), Decimal("0.00"))
    if not amount:
        return
    account = account_of(subsidy.payee)
    payment = Payment.objects.create(
        batch=batch, subsidy=subsidy, sequence=sequence, payee_name=account.bank_account_name or subsidy.payee.name,
        bank_name=account.bank_name, bank_account=account.bank_account, amount=amount,
    )
    SubsidyLine.objects.filter(pk__in=[line.pk for line in waiting]).update(state=LineState.PAYING, payment=payment)


def account_of(payee: Organisation) -> Unit:
    """The payee's account on file. Raises Obstructed when there is none."""
    unit = Unit.objects.filter(organisation=payee).first()
    if unit is None or not unit.bank_account:
        raise Obstructed([_("%(name)s没有登记银行账户，请先在单位信息中补充。") % {"name": payee.name}])
    return unit


def dissolve(batch: PaymentBatch) -> None:
    """Put the lines of a withdrawn draft batch back; the payments stay on record as returned."""
    lines = SubsidyLine.objects.filter(payment__batch=batch, state=LineState.PAYING)
    lines.update(state=LineState.APPROVED, payment=None)
    batch.payments.update(state=PaymentState.RETURNED, return_reason=_("批次撤销"))


BANK_HEADERS = ("序号", "收款户名", "开户银行", "收款账号", "金额（元）", "用途", "业务编号")
RESULT_HEADERS = ("业务编号", "金额（元）", "结果", "到账日期", "银行流水号", "失败原因")


def bank_rows(batch: PaymentBatch) -> list[list[Any]]:
    """The lines of the bank's file; `业务编号` is what the result file comes back with."""
    return [
        [p.sequence, p.payee_name, p.bank_name, p.bank_account, f"{p.amount:.2f}", p.subsidy.training_class.number, reference(p)]
        for p in batch.payments.select_related("subsidy__training_class", "batch").order_by("sequence")
    ]


def reference(payment: Payment) -> str:
    return f"{payment.batch.number}-{payment.sequence:05d}"


def freeze(batch: PaymentBatch, workbook: bytes) -> None:
    """Keep the bank file with its digest; from here on nothing in the batch changes but by the bank's answer."""
    batch.digest = hashlib.sha256(workbook).hexdigest()
    batch.bank_file.save(f"{batch.number}.xlsx", ContentFile(workbook), save=False)


@dataclass
class BankResult:
    """What a result file says: rows to take, and what is wrong by its row number."""

    good: list[tuple[Payment, dict[str, Any]]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


def read_result(batch: PaymentBatch, rows: list[tuple[int, dict[str, Any]]]) -> BankResult:
    """Match the bank's rows by reference and amount; nothing is taken here. Unknown, foreign or doubled rows are errors."""
    payments = {reference(p): p for p in batch.payments.select_related("batch")}
    result, seen = BankResult(), set()
    for number, cells in rows:
        key = str(cells.get("业务编号") or "").strip()
        payment = payments.get(key)
        problem = _wrong(payment, cells, key in seen)
        seen.add(key)
        if problem:
            result.errors.append((number, problem))
        elif payment:
            result.good.append((payment, _answer(cells)))
    return result


def _wrong(payment: Payment | None, cells: dict[str, Any], doubled: bool) -> str:
    if payment is None:
        return _("业务编号不属于本批次。")
    if doubled:
        return _("同一业务编号出现两次。")
    try:
        amount = fen(str(cells.get("金额（元）", "")).replace(",", "").strip())
    except (ValueError, InvalidOperation):
        return _("金额看不懂：%(amount)s。") % {"amount": cells.get("金额（元）")}
    if amount != payment.amount:
        return _("金额不符：本批次为%(ours)s，回执为%(theirs)s。") % {"ours": payment.amount, "theirs": amount}
    answer = _answer(cells)
    if answer["state"] is None:
        return _("结果只能是“成功”或“失败”。")
    if answer["state"] == PaymentState.PAID and not (answer["value_date"] and answer["bank_reference"]):
        return _("成功的一笔须有到账日期和银行流水号。")
    if answer["state"] == PaymentState.RETURNED and not answer["return_reason"]:
        return _("失败的一笔须有失败原因。")
    if payment.state != PaymentState.PENDING and payment.state != answer["state"]:
        return _("这一笔已有回执，结果与此不同。")
    return ""


def _answer(cells: dict[str, Any]) -> dict[str, Any]:
    word = str(cells.get("结果") or "").strip().lower()
    state = PaymentState.PAID if word in PAID_WORDS else PaymentState.RETURNED if word in RETURNED_WORDS else None
    return {
        "state": state,
        "value_date": _day(cells.get("到账日期")),
        "bank_reference": str(cells.get("银行流水号") or "").strip()[:60],
        "return_reason": str(cells.get("失败原因") or "").strip()[:200],
    }


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value or "").strip()[:10].replace("/", "-"))
    except ValueError:
        return None


def take_result(batch: PaymentBatch, result: BankResult, *, by: Post) -> None:
    """Book the bank's answers once; a file read twice changes nothing the second time. Raises Obstructed on any wrong row."""
    _finance(by, batch.division_id)
    if result.errors:
        raise Obstructed([_("第%(row)s行：%(what)s") % {"row": row, "what": what} for row, what in result.errors])
    with transaction.atomic():
        locked = PaymentBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.state not in (State.FROZEN, State.SETTLED):
            raise Obstructed([_("批次尚未送银行，不能导入回执。")])
        pending = {p.pk: p for p in Payment.objects.select_for_update().filter(batch=locked, state=PaymentState.PENDING)}
        booked: dict[str, int] = defaultdict(int)
        for payment, answer in result.good:
            if payment.pk not in pending:
                continue
            Payment.objects.filter(pk=payment.pk).update(**answer)
            paid = answer["state"] == PaymentState.PAID
            payment.lines.filter(state=LineState.PAYING).update(state=LineState.PAID if paid else LineState.RETURNED)
            booked[answer["state"]] += 1
            if paid:
                _class_is_paid(payment.subsidy)
        record("paymentbatch.result", by=by, on=locked, **booked)


def _class_is_paid(subsidy: Subsidy) -> None:
    unpaid = subsidy.lines.filter(state__in=[LineState.APPROVED, LineState.PAYING, LineState.RETURNED]).exists()
    if not unpaid:
        TrainingClass.objects.filter(pk=subsidy.training_class_id, stage=Stage.PAYABLE).update(stage=Stage.PAID)


def workbook_of(batch: PaymentBatch, write: Any) -> bytes:
    """The bank file as bytes; `write(file, headers, rows, …)` is kit's xlsx writer."""
    target = io.BytesIO()
    write(target, list(BANK_HEADERS), bank_rows(batch), title=batch.number, text_columns={"收款账号", "业务编号", "用途"})
    return target.getvalue()
