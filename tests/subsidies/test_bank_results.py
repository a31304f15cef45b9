"""The bank's answer: booked as a whole, once, each wrong row named; what came back is paid again (R-SUB-5, R-SUB-6)."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Event
from casework.domain.moves import take
from casework.enums import State
from casework.models import Attachment, Notice
from kit.errors import FileRefused
from kit.refusals import NotAllowed, NotNow
from subsidies.domain import bank
from subsidies.domain.bank import RESULT_HEADERS, amount_of, result_template
from subsidies.domain.payments import draw_up_batch, read_result, take_result, take_result_file
from subsidies.enums import LineState, PaymentState
from subsidies.models import Payment, PaymentBatch, Subsidy
from tests.factories import subsidies as money
from tests.kit import files
from training.enums import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases():
    return [money.approved_claim(2), money.approved_claim(1)]


@pytest.fixture
def batch(cases):
    return money.frozen_batch(*cases)


def book(batch, rows):
    finance = batch.applicant.memberships.first()
    return take_result(batch, read_result(batch, rows), by=finance)


def states(batch) -> list[str]:
    return list(batch.payments.order_by("sequence").values_list("state", flat=True))


def test_paid_payments_pay_their_lines_their_classes_and_tell_the_units(batch, cases):
    assert book(batch, money.answers(batch)) == 2
    for case in cases:
        payment = case.subsidy.payments.get()
        assert (payment.state, payment.value_date, payment.bank_reference) == (
            PaymentState.PAID,
            money.TODAY,
            f"ICBC{payment.pk:08d}",
        )
        assert {line.state for line in case.lines} == {LineState.PAID}
        assert case.stage == Stage.PAID
        assert (
            Notice.objects.filter(
                organisation=case.clerk.organisation, text__contains=f"已到账{payment.amount}元"
            ).count()
            == 1
        )
    assert Event.objects.get(act="paymentbatch.result").data == {"paid": 2, "returned": []}


def test_a_unit_with_several_claims_in_a_batch_gets_one_notice_an_answer():
    """«四件补贴已到账»; what came back for one reason is one notice too, and leads to the list of the claims."""
    cases = [money.approved_claim(1) for _ in range(6)]
    unit = cases[0].clerk.organisation
    Subsidy.objects.filter(pk__in=[case.subsidy.pk for case in cases]).update(applicant=unit)
    batch = money.frozen_batch(*cases)
    rows = money.answers(batch)
    rows[4:] = money.answers(batch, "失败")[4:]
    Notice.objects.all().delete()
    assert book(batch, rows) == 6
    arrived, came_back = Notice.objects.order_by("id")
    numbers = [case.subsidy.number for case in cases]
    assert arrived.text == f"4件补贴已到账，共4800.00元：{'、'.join(numbers[:4])}。"
    assert came_back.text.startswith("2件补贴的付款被银行退回（")
    assert came_back.text.endswith("、".join(numbers[4:]) + "。")
    assert {(notice.organisation, notice.url) for notice in (arrived, came_back)} == {
        (unit, f"{reverse('inbox', args=['done'])}?kind=subsidy")
    }


def test_the_same_file_twice_changes_nothing_the_second_time(batch):
    file = money.result_file(money.answers(batch))
    finance = batch.applicant.memberships.first()
    assert take_result_file(batch, file, by=finance) == 2
    before = list(batch.payments.order_by("pk").values())
    file.seek(0)
    assert take_result_file(batch, file, by=finance) == 0
    assert list(batch.payments.order_by("pk").values()) == before
    assert Event.objects.filter(act="paymentbatch.result").count() == 1
    assert Attachment.objects.filter(kind="paymentbatch", slot="bank_result").count() == 1


def test_a_partial_file_books_what_it_answers_and_the_rest_waits(batch, cases):
    finance = cases[0].finance
    assert book(batch, money.answers(batch)[:1]) == 1
    assert states(batch) == [PaymentState.PAID, PaymentState.PENDING]
    assert (cases[0].stage, cases[1].stage) == (Stage.PAID, Stage.PAYABLE)
    with pytest.raises(NotNow, match="还有1笔没有银行回执"):
        take(batch, "settle", by=finance)
    assert book(batch, money.answers(batch)) == 1
    take(batch, "settle", by=finance)
    batch.refresh_from_db()
    assert batch.state == State.SETTLED


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"业务编号": "P150102-2026-000999-00001"}, "业务编号不属于本批次"),
        ({"业务编号": None}, "业务编号不属于本批次"),
        ({"金额（元）": "2400.01"}, r"金额不符：本批次为2,400\.00元，回执为2,400\.01元"),
        ({"金额（元）": "贰仟肆佰"}, "金额看不懂：贰仟肆佰"),
        ({"金额（元）": None}, "金额看不懂"),
        ({"金额（元）": "2400.001"}, "金额看不懂"),
        ({"结果": "处理中"}, "结果“处理中”看不懂，只能是“成功”或“失败”"),
        ({"结果": None}, "结果“”看不懂"),
        ({"到账日期": None}, "成功的一笔须有到账日期和银行流水号"),
        ({"到账日期": "三月"}, "到账日期“三月”不是日期，请写作 2026-11-20 这样的形式"),
        ({"到账日期": "31/02/2026"}, "到账日期“31/02/2026”不是日期"),
        ({"到账日期": "03/04/2026"}, "到账日期“03/04/2026”年、月、日的次序不清"),
        (
            {"到账日期": datetime(2026, 3, 15, 16)},
            "到账日期“2026-03-15 16:00:00”可能是2026-03-16零点被软件按世界时写成的",
        ),
        ({"到账日期": "2025-03-16"}, "到账日期2025-03-16早于批次锁定日2026-03-16，请与银行核对"),
        ({"到账日期": "20260315102233"}, "到账日期2026-03-15早于批次锁定日2026-03-16"),
        ({"银行流水号": " "}, "成功的一笔须有到账日期和银行流水号"),
        ({"银行流水号": 1.23456789012345678e17}, "Excel 把银行流水号当作数字保存"),
        ({"到账日期": date(2026, 3, 17)}, "到账日期2026-03-17在今天（2026-03-16）之后"),
        ({"银行流水号": "9" * 61}, "银行流水号超过60个字符"),
        (
            {"结果": "失败", "失败原因": "户名不符", "银行流水号": 1.23456789012345678e17},
            "Excel 把银行流水号当作数字保存",
        ),
        ({"结果": "失败", "失败原因": None}, "失败的一笔须有失败原因"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_of_the_file_is_booked(batch, cells, sentence):
    rows = money.answers(batch)
    rows[0][1].update(cells)
    with pytest.raises(NotNow, match=f"^第2行：{sentence}"):
        book(batch, rows)
    assert states(batch) == [PaymentState.PENDING] * 2


def test_a_doubled_row_is_named(batch):
    rows = money.answers(batch)
    with pytest.raises(NotNow) as refused:
        book(batch, [*rows, (4, dict(rows[0][1]))])
    assert refused.value.sentences == ["第4行：同一业务编号出现两次。"]


def test_a_row_of_another_batch_is_not_booked_here(batch):
    other = money.frozen_batch(money.approved_claim(1))
    with pytest.raises(NotNow, match="业务编号不属于本批次"):
        book(batch, money.answers(other))


def test_a_second_answer_that_contradicts_the_first_is_refused(batch):
    answered = money.answers(batch)
    book(batch, answered)
    for change in ({"结果": "失败", "失败原因": "户名不符"}, {"银行流水号": "ANOTHER"}, {"到账日期": "2026-03-17"}):
        rows = [(row, dict(cells)) for row, cells in answered]
        rows[1][1].update(change)
        with (
            money.at(money.TODAY + timedelta(days=7)),
            pytest.raises(NotNow, match="第3行：这一笔已有回执（已到账），内容与此不同"),
        ):
            book(batch, rows)


@pytest.mark.parametrize(
    "cell",
    [
        "20260316102233",
        46097,
        46097.4323,
        "2026-03-16T10:22:33+08:00",
        "2026-03-16 10:22:33",
        datetime(2026, 3, 16, 10, 22),
    ],
)
def test_a_date_with_a_time_as_digits_or_as_a_serial_number_of_excel_is_read(batch, cell):
    rows = money.answers(batch)
    for _row, cells in rows:
        cells["到账日期"] = cell
    assert book(batch, rows) == 2
    assert set(batch.payments.values_list("value_date", flat=True)) == {date(2026, 3, 16)}


def test_a_day_between_the_freeze_and_today_is_taken_in_a_later_week(batch):
    rows = money.answers(batch)
    rows[0][1]["到账日期"], rows[1][1]["到账日期"] = "2026-03-16", "2026-03-23"
    with money.at(money.TODAY + timedelta(days=7)):
        assert book(batch, rows) == 2


@pytest.mark.parametrize("day", [date(2026, 3, 15), date(2026, 3, 17), date(2025, 3, 16)])
def test_the_database_keeps_the_value_date_between_freeze_and_booking(batch, day):
    payment = batch.payments.first()
    with pytest.raises(IntegrityError, match="cannot have been paid on"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(
            state="paid", value_date=day, bank_reference="X1", answered_at=timezone.now()
        )
    with pytest.raises(IntegrityError, match="payment_answered_at_a_time"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(state="paid", value_date=money.TODAY, bank_reference="X1")
    with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(frozen_at=timezone.now() - timedelta(days=400))


def test_one_serial_number_of_the_bank_stands_for_one_payment(batch, cases):
    """Within a file, across batches, in another case or with spaces around; also on a failed row;
    and in the database.
    """
    rows = money.answers(batch)
    rows[1][1]["银行流水号"] = f" {rows[0][1]['银行流水号'].lower()} "
    first, second = (payment.reference for payment in batch.payments.select_related("batch").order_by("sequence"))
    with pytest.raises(NotNow) as refused:
        book(batch, rows)
    serial = rows[0][1]["银行流水号"]
    assert refused.value.sentences == [
        f"第3行：银行流水号{serial.lower()}已用于{first}，一个流水号只能对应一笔付款，请与银行核对。"
    ]
    book(batch, money.answers(batch))
    other = money.frozen_batch(money.approved_claim(1))
    for cells in (
        {"银行流水号": serial.lower()},
        {"结果": "失败", "失败原因": "户名不符", "到账日期": None, "银行流水号": serial},
    ):
        with pytest.raises(NotNow, match=f"第2行：银行流水号.*已用于{first}"):
            book(other, [(row, given | cells) for row, given in money.answers(other)])
    assert second != first
    with pytest.raises(IntegrityError, match="payment_serial_once"), transaction.atomic():
        other.payments.update(
            state="paid", value_date=money.TODAY, bank_reference=f"{serial.lower()} ", answered_at=timezone.now()
        )


def test_a_serial_number_taken_while_the_file_was_compared_is_said_in_words(batch, monkeypatch):
    book(batch, money.answers(batch))
    other = money.frozen_batch(money.approved_claim(1))
    monkeypatch.setattr(bank, "taken_serials", lambda serials: {})
    with pytest.raises(NotNow) as refused:
        book(
            other,
            [
                (row, cells | {"银行流水号": money.answers(batch)[0][1]["银行流水号"]})
                for row, cells in money.answers(other)
            ],
        )
    assert refused.value.sentences == ["回执中有银行流水号刚被另一批次使用，请重新导入查看是哪一笔。"]
    assert states(other) == [PaymentState.PENDING]


def test_many_wrong_rows_are_named_up_to_fifty(batch):
    rows = [(n, {"业务编号": f"X{n}"}) for n in range(2, 200)]
    with pytest.raises(NotNow) as refused:
        book(batch, rows)
    assert len(refused.value.sentences) == 51
    assert refused.value.sentences[-1] == "另有148行有问题。"


def test_a_draft_takes_no_answer_and_an_empty_file_is_none(cases):
    draft = draw_up_batch([cases[0].subsidy], by=cases[0].finance)
    with pytest.raises(NotNow, match="批次尚未送银行"):
        book(draft, money.answers(draft))
    frozen = money.frozen_batch(cases[1])
    with pytest.raises(NotNow, match="文件中没有回执"):
        book(frozen, [])


def test_only_finance_of_the_place_books(batch, cases):
    result = read_result(batch, money.answers(batch))
    for other in (money.finance("150103"), money.finance("150100"), cases[0].second, cases[0].clerk):
        with pytest.raises(NotAllowed):
            take_result(batch, result, by=other)


def test_banks_write_amounts_and_days_in_many_ways(batch):
    rows = money.answers(batch)
    rows[0][1].update({"金额（元）": " ¥2,400.00 元", "到账日期": "2026年3月16日", "结果": " 已到账 "})
    rows[1][1].update(
        {
            "金额（元）": 1199.9999999999998,
            "到账日期": "20260316",
            "结果": "ＰＡＩＤ",
            "业务编号": f" {rows[1][1]['业务编号']} ",
        }
    )
    assert book(batch, rows) == 2
    assert set(batch.payments.values_list("value_date", flat=True)) == {date(2026, 3, 16)}


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (0.1 + 0.2, Decimal("0.30")),
        (1200, Decimal("1200.00")),
        (1200.5, Decimal("1200.50")),
        ("1,200.5", Decimal("1200.50")),
        (1200.006, None),
        ("1200.006", None),
        (float("nan"), None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_an_amount_is_exact_to_the_fen_or_none(cell, amount):
    assert amount_of(cell) == amount


# ── the file itself
# ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"not a workbook", "not_xlsx"),
        (b"%PDF-1.4\n%%EOF", "not_xlsx"),
        (b"x" * (30 * 1024 * 1024), "too_large"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_with_what_to_do(batch, content, code):
    with pytest.raises(FileRefused) as refused:
        take_result_file(batch, SimpleUploadedFile("回执.xlsx", content), by=batch.applicant.memberships.first())
    assert refused.value.code == code
    assert states(batch) == [PaymentState.PENDING] * 2


def test_a_workbook_with_a_password_or_without_the_columns_is_refused(batch):
    finance = batch.applicant.memberships.first()
    with pytest.raises(FileRefused) as refused:
        take_result_file(batch, SimpleUploadedFile("回执.xlsx", files.LOCKED_XLSX), by=finance)
    assert refused.value.code == "encrypted"
    with pytest.raises(FileRefused, match="缺少：金额（元）"):
        take_result_file(
            batch, money.result_file(money.answers(batch), [h for h in RESULT_HEADERS if h != "金额（元）"]), by=finance
        )


def test_the_bank_s_file_is_kept_with_the_batch(batch):
    finance = batch.applicant.memberships.first()
    take_result_file(batch, money.result_file(money.answers(batch)), by=finance)
    kept = Attachment.objects.get(kind="paymentbatch", object_id=batch.pk, slot="bank_result")
    assert (kept.by, kept.name) == (finance, "回执.xlsx")


def test_the_template_filled_in_by_hand_is_taken(batch):
    book_ = load_workbook(io.BytesIO(result_template(batch)))
    sheet = book_.active
    assert [cell.value for cell in sheet[1]] == list(RESULT_HEADERS)
    for row in (2, 3):
        for column, value in enumerate(("成功", date(2026, 3, 16), f"00{row}"), start=3):
            sheet.cell(row, column, value)
    target = io.BytesIO()
    book_.save(target)
    assert (
        take_result_file(
            batch, SimpleUploadedFile("回执.xlsx", target.getvalue()), by=batch.applicant.memberships.first()
        )
        == 2
    )


# ── 退票 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_returned_payment_is_paid_again_to_the_corrected_account_and_the_history_stays(batch, cases):
    case = cases[0]
    rows = money.answers(batch)
    rows[0][1].update({"结果": "退票", "失败原因": "户名不符"})
    book(batch, rows)
    take(batch, "settle", by=case.finance)
    first = case.subsidy.payments.get()
    assert {(line.state, line.payment) for line in case.lines} == {(LineState.RETURNED, first)}
    assert (first.return_reason, first.value_date, case.stage) == ("户名不符", None, Stage.PAYABLE)
    assert Notice.objects.filter(organisation=case.clerk.organisation, text__contains="请在单位信息中更正账户").exists()
    money.new_account(case)
    again = money.frozen_batch(case)
    book(again, money.answers(again))
    first.refresh_from_db()
    second = again.payments.get()
    assert (first.state, first.bank_account, first.batch) == (PaymentState.RETURNED, "0602005009024510000", batch)
    assert (second.state, second.bank_account, second.amount) == (
        PaymentState.PAID,
        "6222020602000099999",
        first.amount,
    )
    assert {(line.state, line.payment) for line in case.lines} == {(LineState.PAID, second)}
    assert [part.line_id for part in first.parts.order_by("line")] == [
        part.line_id for part in second.parts.order_by("line")
    ]
    assert case.stage == Stage.PAID
    assert first.reference != second.reference


def test_what_came_back_does_not_free_the_budget(batch, cases):
    book(batch, money.answers(batch, "失败"))
    assert cases[0].subsidy.budget.committed == Decimal("3600.00")


@pytest.mark.parametrize("how_many", [1, 3])
def test_booking_costs_the_same_for_one_payment_and_for_three(how_many, django_assert_num_queries):
    batch = money.frozen_batch(*[money.approved_claim(2) for _ in range(how_many)])
    finance = (
        type(batch.applicant.memberships.first())
        .objects.select_related("organisation", "user")
        .get(pk=batch.applicant.memberships.first().pk)
    )
    result = read_result(batch, money.answers(batch))
    with django_assert_num_queries(12):
        take_result(batch, result, by=finance)
