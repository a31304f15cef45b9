"""P9: a payment batch of 20,000 lines: frozen with its bank file, the bank's result read, matched and booked."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import openpyxl
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Membership
from bench.actors import finance_officer
from bench.measure import Bench, Line, NotBuiltError, Target, Variant
from casework.domain.flow import flow_of
from casework.domain.inbox import write_cover
from casework.domain.moves import take
from kit.crypto import encrypt
from kit.sheets import write_table
from subsidies.domain.bank import BANK_HEADERS, RESULT_HEADERS
from subsidies.domain.payments import take_result_file
from subsidies.models import Payment, PaymentBatch, SubsidyLine
from training.domain.units.accounts import in_force
from training.enums import Stage
from training.models import TrainingClass

CODE = "P9"
SENTENCE = "a payment batch of 20,000 lines: freeze, bank file out, result file in, ledger"
LINES, PART = 19_900, 500  # the reader of result files takes 20,000 rows, titles and header included
NUMBER = "P150102-bench"
ORDER, CLEAR = (Path(__file__).parent / "sql" / name for name in ("batch.sql", "batch_clear.sql"))
ANSWERED = ("state", "value_date", "bank_reference", "answered_at")
TABLES = (
    "training_trainingclass",
    "training_enrolment",
    "subsidies_subsidy",
    "subsidies_payment",
    "subsidies_subsidyline",
    "subsidies_paymentpart",
)


def measure(bench: Bench) -> list[Line]:
    line = Line(CODE, f"a batch of {LINES:,} lines", Target(share=0.4))
    line.notes.append(f"limit: COPY of the lines, xlsxwriter, calamine; naive: a save() a line, measured on {PART}")
    with an_order(LINES) as (batch, by):
        result = result_file(batch)
        prepared = copied(batch)
        return [
            bench.timed(
                line,
                ours=Variant(lambda: through_the_portal(batch, by, result)),
                limit=Variant(lambda: best(prepared, result)),
                naive=Variant(lambda: a_save_a_line(batch), times=LINES / PART),
            )
        ]


@contextmanager
def an_order(lines: int) -> Iterator[tuple[PaymentBatch, Membership]]:
    """A draft batch in the measured banner, committed as orders are, and cleared away behind the measure.

    In the transaction that made its rows every later change of them would have all their foreign keys checked again.
    """
    model = (
        TrainingClass.objects.filter(stage=Stage.PAID, division="150102")
        .prefetch_related("subsidies")
        .order_by("-id")
        .first()
    )
    if model is None:
        raise NotBuiltError("no class of the measured banner was paid")
    clear_away()
    try:
        yield draw_up(model, lines)
    finally:
        clear_away()


def draw_up(model: TrainingClass, lines: int) -> tuple[PaymentBatch, Membership]:
    by, account = (
        finance_officer("150102"),
        next(iter(in_force([claim.payee_id for claim in model.subsidies.all()]).values())),
    )
    with transaction.atomic():
        batch = PaymentBatch.objects.create(
            number=NUMBER,
            division=by.division,
            applicant=by.organisation,
            desk=by.organisation,
            fund_source=model.fund_source,
        )
        sealed = encrypt(account.bank_account, Payment._meta.get_field("bank_account").aad)
        run(
            ORDER,
            {
                "lines": lines,
                "class": model.pk,
                "batch": batch.pk,
                "payee": account.holder,
                "bank": account.bank_name,
                "account": sealed,
                "unit_account": account.pk,
            },
        )
        batch.amount = batch.payments.aggregate(sum=Sum("amount"))["sum"]
        batch.save(update_fields=["amount"])
        write_cover(batch, flow_of(batch))
    return batch, by


def clear_away() -> None:
    """What an order left, this measure's or one's that was broken off."""
    with transaction.atomic():
        run(CLEAR, {"number": NUMBER})


def run(script: Path, values: dict[str, object]) -> None:
    """A script over tables whose triggers rest: nothing of it counts in the figures, and everything of it may be
    deleted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in script.read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def through_the_portal(batch: PaymentBatch, by: Membership, result: bytes) -> float:
    """Freeze, answer, and the triggers that run at commit; gives the seconds, and takes it back."""
    with transaction.atomic():
        begun = time.perf_counter()
        ordered = PaymentBatch.objects.get(pk=batch.pk)
        take(ordered, "freeze", by=by)
        booked = take_result_file(ordered, SimpleUploadedFile("result.xlsx", result), by=by)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        seconds = time.perf_counter() - begun
        ordered.bank_file.storage.delete(ordered.bank_file.name)
        transaction.set_rollback(True)
    if booked != LINES:
        raise RuntimeError(f"{booked} payments were booked, not {LINES}")
    return seconds


def result_file(batch: PaymentBatch) -> bytes:
    """The bank's answer: one line in a hundred comes back."""
    target = io.BytesIO()
    write_table(
        target,
        RESULT_HEADERS,
        (answer(payment) for payment in batch.payments.select_related("batch").order_by("sequence")),
        text_columns={"业务编号", "银行流水号"},
    )
    return target.getvalue()


def answer(payment: Payment) -> list[object]:
    if payment.sequence % 100 == 0:
        return [payment.reference, payment.amount, "失败", None, None, "账号与户名不符"]
    return [payment.reference, payment.amount, "成功", timezone.localdate(), f"YH{payment.pk:012d}", None]


def copied(batch: PaymentBatch) -> str:
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY (SELECT * FROM subsidies_payment WHERE batch_id = {batch.pk}) TO STDOUT", text)
    return text.getvalue()


def best(prepared: str, result: bytes) -> None:
    """The limit: the lines by COPY, the bank file by xlsxwriter, the answer by calamine."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_payment (LIKE subsidies_payment INCLUDING INDEXES) ON COMMIT DROP")
        cursor.copy_expert("COPY bench_payment FROM STDIN", io.StringIO(prepared))
        transaction.set_rollback(True)
    with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True, "in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(
            [
                BANK_HEADERS,
                *(
                    ["1", "单位", "内蒙古银行", "6105000000000001", "1500.00", "150102-2026-000001", "P150102-00001"]
                    for _line in range(LINES)
                ),
            ]
        ):
            sheet.write_row(place, 0, row)
    python_calamine.load_workbook(io.BytesIO(result)).get_sheet_by_index(0).to_python()


def a_save_a_line(batch: PaymentBatch) -> None:
    """The naive way: a row, a save() and its lines' save()s for each payment."""
    with transaction.atomic():
        now = timezone.localtime()
        PaymentBatch.objects.filter(pk=batch.pk).update(frozen_at=now)
        book = openpyxl.Workbook()
        payments = batch.payments.order_by("sequence")[:PART]
        for payment in payments:
            book.active.append(
                [
                    payment.sequence,
                    payment.payee_name,
                    payment.bank_name,
                    payment.bank_account,
                    Decimal(payment.amount),
                    payment.subsidy.training_class.number,
                    payment.reference,
                ]
            )
        book.save(io.BytesIO())
        for payment in payments:
            payment.state, payment.value_date, payment.bank_reference, payment.answered_at = (
                "paid",
                now.date(),
                f"YH{payment.pk}",
                now,
            )
            payment.save(update_fields=ANSWERED)  # the account stays as it was ordered, its cipher included
            for line in SubsidyLine.objects.filter(payment=payment):
                line.state = "paid"
                line.save()
            if not payment.subsidy.lines.exclude(state="paid").exists():
                TrainingClass.objects.filter(subsidies=payment.subsidy).update(stage=Stage.PAID)
        transaction.set_rollback(True)
