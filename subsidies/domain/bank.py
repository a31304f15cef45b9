"""The bank's file out and its answer in: what stands in each, and what a row of the answer says (R-SUB-5)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from kit.errors import MoneyError
from kit.memory import no_collecting
from kit.money import FEN, fen, yuan_text
from kit.sheets import CellProblem, write_table
from kit.text import cell_date, cell_decimal, cell_text, is_scientific, squeeze
from subsidies.enums import PaymentState
from subsidies.models import Payment, PaymentBatch

BANK_HEADERS = ("序号", "收款户名", "开户银行", "收款账号", "金额（元）", "用途", "业务编号")
RESULT_HEADERS = ("业务编号", "金额（元）", "结果", "到账日期", "银行流水号", "失败原因")
OPTIONAL_HEADERS = ("到账日期", "银行流水号", "失败原因")
PAID_WORDS = {"成功", "已到账", "paid", "success"}
RETURNED_WORDS = {"失败", "退票", "returned", "failed"}
FLOAT_DUST = Decimal("0.000001")

Cells = Mapping[str, Any]


class Answer(NamedTuple):
    """What the bank says of a payment, by the payment's own columns; `state` is None where its word is not known."""

    state: str | None
    value_date: date | None
    bank_reference: str
    return_reason: str


ANSWERED = Answer._fields


class Ordered(NamedTuple):
    """A payment as its answer is matched and booked: no account is opened for that."""

    pk: int
    reference: str
    amount: Decimal
    number: str
    claim: int
    applicant: int
    answer: Answer


def reference(payment: Payment) -> str:
    """业务编号: what the result file comes back with."""
    return _reference(payment.batch.number, payment.sequence)


def _reference(number: str, sequence: int) -> str:
    return f"{number}-{sequence:05d}"


class BankLine(NamedTuple):
    """A payment as the bank's file says it, and whom it is for."""

    sequence: int
    payee_name: str
    bank_name: str
    bank_account: str
    amount: Decimal
    class_number: str
    payee: int


def lines_of(batch: PaymentBatch) -> list[BankLine]:
    """The payments in their order; read once of an instance, so that what was compared with the accounts on file is what is written."""
    kept = batch.__dict__
    if "kept_lines" not in kept:
        with no_collecting():
            kept["kept_lines"] = list(map(BankLine._make, batch.payments.order_by("sequence").values_list(
                "sequence", "payee_name", "bank_name", "bank_account", "amount", "subsidy__training_class__number", "subsidy__payee")))  # fmt: skip
    return kept["kept_lines"]


def bank_workbook(batch: PaymentBatch) -> bytes:
    """The bank's file: a line a payment, with number and total of the order above the table."""
    lines = lines_of(batch)
    title = _("%(number)s 共%(count)s笔 合计%(amount)s元") % {
        "number": batch.number, "count": len(lines), "amount": yuan_text(sum((line.amount for line in lines), Decimal("0.00")))}
    rows = ((*line[:6], _reference(batch.number, line.sequence)) for line in lines)
    return _workbook(BANK_HEADERS, rows, title=title, text_columns={"收款账号", "业务编号", "用途"})


def result_template(batch: PaymentBatch) -> bytes:
    """The result file with reference and amount filled in, for banks that answer on paper or on a screen."""
    payments = batch.payments.filter(state=PaymentState.PENDING).select_related("batch").order_by("sequence")
    rows = ([reference(p), p.amount, None, None, None, None] for p in payments)
    return _workbook(RESULT_HEADERS, rows, text_columns={"业务编号", "银行流水号"})


def _workbook(headers: Sequence[str], rows: Iterable[Sequence[Any]], **options: Any) -> bytes:
    target = io.BytesIO()
    write_table(target, headers, rows, money_columns={"金额（元）"}, **options)
    return target.getvalue()


@dataclass
class BankResult:
    """What a result file says: payments with their answers, and what is wrong by row; `rows` as they were read."""

    rows: list[tuple[int, Cells]]
    good: list[tuple[Ordered, Answer]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


def read_result(batch: PaymentBatch, rows: Iterable[tuple[int, Cells]]) -> BankResult:
    """Match the bank's rows by reference and amount; nothing is taken here. Unknown, foreign or doubled rows are errors."""
    payments, today = ordered(batch), timezone.localdate()
    result, seen = BankResult(list(rows)), set()
    for number, cells in result.rows:
        problem = _spoilt(cells)
        key = "" if problem else squeeze(cell_text(cells.get("业务编号")))
        payment, answer = payments.get(key), answer_of(cells)
        problem = problem or what_is_wrong(payment, cells, answer, doubled=key in seen, today=today)
        seen.add(key)
        if problem:
            result.errors.append((number, problem))
        elif payment:
            result.good.append((payment, answer))
    return result


def ordered(batch: PaymentBatch) -> dict[str, Ordered]:
    """The payments of a batch by their reference, as a cell's text is compared with it."""
    rows = batch.payments.values_list("pk", "sequence", "amount", "subsidy__number", "subsidy", "subsidy__applicant", *ANSWERED)
    payments = (
        Ordered(pk, _reference(batch.number, sequence), amount, number, claim, applicant, Answer(*answer))
        for pk, sequence, amount, number, claim, applicant, *answer in rows
    )
    return {squeeze(payment.reference): payment for payment in payments}


def _spoilt(cells: Cells) -> str:
    """The first cell that has no usable value (#REF! and the like), as a sentence."""
    for name, cell in cells.items():
        if isinstance(cell, CellProblem):
            return f"{name}：{cell.message}"
    return ""


def what_is_wrong(payment: Ordered | None, cells: Cells, answer: Answer, *, doubled: bool, today: date) -> str:
    """Why a row of the answer cannot be booked, or ""."""
    if payment is None:
        return _("业务编号不属于本批次。")
    if doubled:
        return _("同一业务编号出现两次。")
    amount = amount_of(cells.get("金额（元）"))
    if amount is None:
        return _("金额看不懂：%(amount)s。") % {"amount": cells.get("金额（元）")}
    if amount != payment.amount:
        return _("金额不符：本批次为%(ours)s元，回执为%(theirs)s元。") % {"ours": yuan_text(payment.amount), "theirs": yuan_text(amount)}
    return _incomplete(cells, answer, today) or _contradicts(payment, answer)


def _incomplete(cells: Cells, answer: Answer, today: date) -> str:
    if answer.state is None:
        return _("结果“%(word)s”看不懂，只能是“成功”或“失败”。") % {"word": cell_text(cells.get("结果"))}
    if answer.state == PaymentState.RETURNED:
        return "" if answer.return_reason else _("失败的一笔须有失败原因。")
    if not (answer.value_date and answer.bank_reference):
        return _("成功的一笔须有到账日期和银行流水号。")
    if is_scientific(answer.bank_reference):
        return _("Excel 把银行流水号当作数字保存，末几位已经丢失；请把该列设为“文本”格式后重新录入。")
    return _("到账日期%(day)s在今天之后。") % {"day": answer.value_date} if answer.value_date > today else ""


def _contradicts(payment: Ordered, answer: Answer) -> str:
    """An answer already booked may come again, but not another one."""
    if payment.answer.state == PaymentState.PENDING or payment.answer == answer:
        return ""
    return _("这一笔已有回执（%(state)s），内容与此不同。") % {"state": PaymentState(payment.answer.state).label}


def answer_of(cells: Cells) -> Answer:
    """The row's words. A paid row has no reason, a returned one no date."""
    word = squeeze(cell_text(cells.get("结果"))).lower()
    if word in RETURNED_WORDS:
        return Answer(PaymentState.RETURNED, None, _text(cells, "银行流水号", 60), _text(cells, "失败原因", 200))
    return Answer(PaymentState.PAID if word in PAID_WORDS else None, cell_date(cells.get("到账日期")), _text(cells, "银行流水号", 60), "")


def _text(cells: Cells, name: str, most: int) -> str:
    return cell_text(cells.get(name))[:most]


@lru_cache(typed=True)
def amount_of(value: Any) -> Decimal | None:
    """A cell as yuan exact to the fen, or None. A number Excel worked out may carry dust behind the fen; nothing else is rounded."""
    number = cell_decimal(value)
    if number is None:
        return None
    if isinstance(value, float) and abs(number - number.quantize(FEN)) < FLOAT_DUST:
        number = number.quantize(FEN)
    try:
        return fen(number)
    except MoneyError:
        return None
