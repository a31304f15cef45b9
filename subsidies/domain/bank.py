"""The bank's file out and its answer in: what stands in each, and what a row of the answer says (R-SUB-5)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.case_file import CaseFile
from kit.dates import read_date
from kit.errors import DateError, MoneyError
from kit.fast.copying import write_json
from kit.money import FEN, fen, yuan_text
from kit.sheets import CellProblem, write_table
from kit.text import cell_decimal, cell_text, is_scientific, squeeze
from subsidies.enums import PaymentState
from subsidies.models import PaymentBatch
from subsidies.models.payments import reference_of

BANK_HEADERS = ("序号", "收款户名", "开户银行", "收款账号", "金额（元）", "用途", "业务编号")
RESULT_HEADERS = ("业务编号", "金额（元）", "结果", "到账日期", "银行流水号", "失败原因")
OPTIONAL_HEADERS = ("到账日期", "银行流水号", "失败原因")
PAID_WORDS = {"成功", "已到账", "paid", "success"}
RETURNED_WORDS = {"失败", "退票", "returned", "failed"}
FLOAT_DUST = Decimal("0.000001")
LONGEST_SERIAL = 60

Cells = Mapping[str, Any]


class Answer(NamedTuple):
    """What the bank says of a payment, by the payment's own columns."""

    state: str
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


class BankLine(NamedTuple):
    """A payment as the bank's file says it, and whom it is for."""

    sequence: int
    payee_name: str
    bank_name: str
    bank_account: str
    amount: Decimal
    class_number: str
    payee: int
    account: int | None


def lines_of(batch: PaymentBatch) -> list[BankLine]:
    """The payments in their order."""
    rows = batch.payments.order_by("sequence").values_list(
        "sequence",
        "payee_name",
        "bank_name",
        "bank_account",
        "amount",
        "subsidy__training_class__number",
        "subsidy__payee",
        "account",
    )
    return list(map(BankLine._make, rows))


class BatchFile(CaseFile[PaymentBatch]):
    """A batch with its lines, read once, so that what was compared with the accounts on file is what is written."""

    @cached_property
    def lines(self) -> list[BankLine]:
        return lines_of(self.application)


def bank_workbook(batch: PaymentBatch, lines: list[BankLine]) -> bytes:
    """The bank's file: a line a payment, with number and total of the order above the table."""
    title = _("%(number)s 共%(count)s笔 合计%(amount)s元") % {
        "number": batch.number,
        "count": len(lines),
        "amount": yuan_text(sum((line.amount for line in lines), Decimal("0.00"))),
    }
    rows = ((*line[:6], reference_of(batch.number, line.sequence)) for line in lines)
    return _workbook(BANK_HEADERS, rows, title=title, text_columns={"收款账号", "业务编号", "用途"})


def result_template(batch: PaymentBatch) -> bytes:
    """The result file with reference and amount filled in, for banks that answer on paper or on a screen."""
    payments = batch.payments.filter(state=PaymentState.PENDING).select_related("batch").order_by("sequence")
    rows = ([p.reference, p.amount, None, None, None, None] for p in payments)
    return _workbook(RESULT_HEADERS, rows, text_columns={"业务编号", "银行流水号"})


def _workbook(headers: Sequence[str], rows: Iterable[Sequence[Any]], **options: Any) -> bytes:
    target = io.BytesIO()
    write_table(target, headers, rows, money_columns={"金额（元）"}, **options)
    return target.getvalue()


class Matched(NamedTuple):
    """A row of the answer with the payment it is about."""

    row: int
    payment: Ordered
    answer: Answer


@dataclass
class BankResult:
    """What a result file says: payments with their answers, and what is wrong by row; `rows` as they were read."""

    rows: list[tuple[int, Cells]]
    good: list[Matched] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


def read_result(batch: PaymentBatch, rows: Iterable[tuple[int, Cells]]) -> BankResult:
    """Match the bank's rows by reference and amount; nothing is taken here. Unknown, foreign or doubled rows are
    errors.
    """
    payments, read = ordered(batch), Reading.of(batch)
    result, seen = BankResult(list(rows)), set[str]()
    for number, cells in result.rows:
        problem, key, answer = _spoilt(cells), "", None
        if not problem:
            key = squeeze(cell_text(cells.get("业务编号")))
            answer, problem = _answer(cells)
        payment = payments.get(key)
        problem = problem or what_is_wrong(payment, cells, answer, read, doubled=key in seen)
        seen.add(key)
        if problem:
            result.errors.append((number, problem))
        elif payment and answer:
            result.good.append(Matched(number, payment, answer))
    _find_serials_twice(result)
    return result


@dataclass(frozen=True)
class Reading:
    """The days between which a payment of a batch can have been made."""

    frozen_on: date
    today: date

    @classmethod
    def of(cls, batch: PaymentBatch) -> Reading:
        today = timezone.localdate()
        return cls(timezone.localdate(batch.frozen_at) if batch.frozen_at else today, today)

    def why_not(self, day: date) -> str:
        """The sentence for a day on which the bank cannot have paid, with both days, or ""."""
        if day > self.today:
            return _("到账日期%(day)s在今天（%(today)s）之后。") % {"day": day, "today": self.today}
        if day < self.frozen_on:
            return _("到账日期%(day)s早于批次锁定日%(frozen)s，请与银行核对。") % {"day": day, "frozen": self.frozen_on}
        return ""


def _find_serials_twice(result: BankResult) -> None:
    """One serial number of the bank stands for one payment: in the file, and among all that was
    ever booked. One query.
    """
    first: dict[str, Ordered] = {}
    taken = taken_serials([serial for one in result.good if (serial := fold_serial(one.answer.bank_reference))])
    good = []
    for one in result.good:
        serial, own = fold_serial(one.answer.bank_reference), one.payment
        before = first.setdefault(serial, own) if serial else own
        other = (
            before.reference
            if before is not own
            else next((said for pk, said in taken.get(serial, ()) if pk != own.pk), "")
        )
        if other:
            result.errors.append((one.row, serial_taken(one.answer.bank_reference, other)))
        else:
            good.append(one)
    result.good = good
    result.errors.sort()


def fold_serial(serial: str) -> str:
    """A serial number as it is compared, here and in the database."""
    return serial.strip(" ").upper()


def serial_taken(serial: str, other: str) -> str:
    return _("银行流水号%(serial)s已用于%(other)s，一个流水号只能对应一笔付款，请与银行核对。") % {
        "serial": serial,
        "other": other,
    }


TAKEN = """
    SELECT p.id, b.number, p.sequence, upper(btrim(p.bank_reference)) FROM subsidies_payment p
      JOIN subsidies_paymentbatch b ON b.id = p.batch_id
    WHERE p.bank_reference <> '' AND upper(btrim(p.bank_reference)) IN (SELECT json_array_elements_text(%s))
"""


def taken_serials(serials: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """The payments that carry one of these (folded) serial numbers, each with its reference. One query."""
    found: dict[str, list[tuple[int, str]]] = {}
    if serials:
        with connection.cursor() as cursor:
            cursor.execute(TAKEN, [write_json(list(serials))])
            for pk, number, sequence, serial in cursor.fetchall():
                found.setdefault(serial, []).append((pk, reference_of(number, sequence)))
    return found


def ordered(batch: PaymentBatch) -> dict[str, Ordered]:
    """The payments of a batch by their reference, as a cell's text is compared with it."""
    rows = batch.payments.values_list(
        "pk", "sequence", "amount", "subsidy__number", "subsidy", "subsidy__applicant", *ANSWERED
    )
    payments = (
        Ordered(pk, reference_of(batch.number, sequence), amount, number, claim, applicant, Answer(*answer))
        for pk, sequence, amount, number, claim, applicant, *answer in rows
    )
    return {squeeze(payment.reference): payment for payment in payments}


def _spoilt(cells: Cells) -> str:
    """The first cell that has no usable value (#REF! and the like), as a sentence."""
    for name, cell in cells.items():
        if isinstance(cell, CellProblem):
            return f"{name}：{cell.message}"
    return ""


def what_is_wrong(payment: Ordered | None, cells: Cells, answer: Answer | None, read: Reading, *, doubled: bool) -> str:
    """Why a row of the answer cannot be booked, or ""."""
    if payment is None:
        return _("业务编号不属于本批次。")
    if doubled:
        return _("同一业务编号出现两次。")
    amount = amount_of(cells.get("金额（元）"))
    if amount is None:
        return _("金额看不懂：%(amount)s。") % {"amount": cells.get("金额（元）")}
    if amount != payment.amount:
        return _("金额不符：本批次为%(ours)s元，回执为%(theirs)s元。") % {
            "ours": yuan_text(payment.amount),
            "theirs": yuan_text(amount),
        }
    if answer is None:
        return _("结果“%(word)s”看不懂，只能是“成功”或“失败”。") % {"word": cell_text(cells.get("结果"))}
    return _incomplete(answer, read) or _contradicts(payment, answer)


def _incomplete(answer: Answer, read: Reading) -> str:
    if why := why_no_serial(answer.bank_reference):
        return why
    if answer.state == PaymentState.RETURNED:
        return "" if answer.return_reason else _("失败的一笔须有失败原因。")
    if not (answer.value_date and answer.bank_reference):
        return _("成功的一笔须有到账日期和银行流水号。")
    return read.why_not(answer.value_date)


def why_no_serial(serial: str) -> str:
    """The sentence for a serial number that cannot be the bank's, or ""."""
    if is_scientific(serial):
        return _("Excel 把银行流水号当作数字保存，末几位已经丢失；请把该列设为“文本”格式后重新录入。")
    return _("银行流水号超过%(most)s个字符。") % {"most": LONGEST_SERIAL} if len(serial) > LONGEST_SERIAL else ""


def _contradicts(payment: Ordered, answer: Answer) -> str:
    """An answer already booked may come again, but not another one: what the bank says later is a correction by two
    people.
    """
    booked = payment.answer
    if booked.state == PaymentState.SENT_BACK:
        booked = booked._replace(state=PaymentState.PAID, return_reason="")
    if booked.state == PaymentState.PENDING or booked == answer:
        return ""
    return _("这一笔已有回执（%(state)s），内容与此不同；银行事后退回或更正的，请在批次页面登记更正回执。") % {
        "state": PaymentState(payment.answer.state).label
    }


def _answer(cells: Cells) -> tuple[Answer | None, str]:
    """The row's words, None where its result is none; and what is wrong with its date. A paid row has no reason, a
    returned one no date.
    """
    word, serial = squeeze(cell_text(cells.get("结果"))).lower(), squeeze(cell_text(cells.get("银行流水号")))
    if word in RETURNED_WORDS:
        return Answer(PaymentState.RETURNED, None, serial, cell_text(cells.get("失败原因"))[:200]), ""
    if word not in PAID_WORDS:
        return None, ""
    try:
        return Answer(PaymentState.PAID, read_date(cells.get("到账日期")), serial, ""), ""
    except DateError as refused:
        return None, _("到账日期%(what)s") % {"what": refused}


@lru_cache(typed=True)
def amount_of(value: Any) -> Decimal | None:
    """A cell as yuan exact to the fen, or None. A number Excel worked out may carry dust behind the fen; nothing else
    is rounded.
    """
    number = cell_decimal(value)
    if number is None:
        return None
    if isinstance(value, float) and abs(number - number.quantize(FEN)) < FLOAT_DUST:
        number = number.quantize(FEN)
    try:
        return fen(number)
    except MoneyError:
        return None
