"""Batches drawn up, frozen, withdrawn: one fund, one living batch for a line, a bank file known by its digest
(R-SUB-5).
"""

import hashlib
import io
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Concat
from django.utils import timezone
from openpyxl import load_workbook

from accounts.enums import OrganisationKind, Role
from accounts.models import Event
from casework.domain.files import FileAltered
from casework.domain.moves import take
from casework.enums import State
from kit.refusals import NotAllowed, NotNow
from subsidies.domain.bank import BANK_HEADERS
from subsidies.domain.payments import draw_up_batch, frozen_bytes, payable, read_result, take_result
from subsidies.enums import LineState, PaymentState
from subsidies.models import Payment, PaymentBatch, PaymentPart, SubsidyLine
from tests import factories
from tests.factories import subsidies as money
from tests.factories import training
from training.enums import FundSource
from training.models import UnitAccount

pytestmark = pytest.mark.django_db


def settle_constraints():
    """What the database checks at the end of a transaction, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def rows_of(content: bytes) -> list[tuple]:
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_a_batch_has_one_payment_a_claim_and_adds_up_to_the_fen():
    money.standard("1234.57")
    one, two = money.approved_claim(3), money.approved_claim(2)
    batch = draw_up_batch([two.subsidy, one.subsidy], by=one.finance)
    assert (batch.state, batch.amount, batch.number) == (State.DRAFT, Decimal("6172.85"), "P150102-2026-000001")
    assert [(p.sequence, p.subsidy, p.amount) for p in batch.payments.order_by("sequence")] == [
        (1, one.subsidy, Decimal("3703.71")),
        (2, two.subsidy, Decimal("2469.14")),
    ]
    assert {(line.state, line.payment.batch) for line in [*one.lines, *two.lines]} == {(LineState.PAYING, batch)}
    assert PaymentPart.objects.count() == 5
    assert payable(one.finance).count() == 0
    settle_constraints()


def test_the_next_batch_of_the_place_has_the_next_number():
    numbers = []
    for _ in range(2):
        case = money.approved_claim(1)
        numbers.append(draw_up_batch([case.subsidy], by=case.finance).number)
    assert numbers == ["P150102-2026-000001", "P150102-2026-000002"]


def test_one_fund_a_batch():
    one, two = money.approved_claim(1), money.approved_claim(1, fund=FundSource.UPSKILLING)
    with pytest.raises(NotNow, match="一个批次只能是同一资金来源"):
        draw_up_batch([one.subsidy, two.subsidy], by=one.finance)
    assert not PaymentBatch.objects.exists()


def test_a_line_is_in_one_living_batch_and_who_comes_second_is_told_which_claim():
    one, two = money.approved_claim(1), money.approved_claim(1)
    draw_up_batch([one.subsidy], by=one.finance)
    with pytest.raises(NotNow) as refused:
        draw_up_batch([one.subsidy, two.subsidy], by=two.finance)
    assert refused.value.sentences == [f"{one.subsidy.number}没有待拨付的金额，可能已在其他批次中；请刷新后再选。"]
    assert (PaymentBatch.objects.count(), two.line(1).state) == (1, LineState.APPROVED)


def test_nothing_chosen_and_nothing_approved_are_no_batch():
    money.standard()
    case = money.completed_class().published()
    with pytest.raises(NotNow, match="请至少选择一笔"):
        draw_up_batch([], by=case.finance)
    with pytest.raises(NotNow, match="没有待拨付的金额"):
        draw_up_batch([case.subsidy], by=case.finance)


def test_only_finance_of_the_place_draws_up_freezes_and_withdraws():
    case = money.approved_claim()
    league = money.finance("150100")
    others = [
        money.finance("150103"),
        league,
        case.clerk,
        case.second,
        factories.member(case.finance.organisation, "auditor"),
    ]
    for other in others:
        with pytest.raises(NotAllowed, match="只有本地财务人员可以办理"):
            draw_up_batch([case.subsidy], by=other)
    batch = draw_up_batch([case.subsidy], by=case.finance)
    for other in others:
        for move in ("freeze", "withdraw"):
            with pytest.raises(NotAllowed):
                take(batch, move, by=other, reason="理由")


def test_a_league_s_finance_is_not_offered_what_it_cannot_pay():
    case = money.approved_claim()
    assert list(payable(case.finance)) == [case.subsidy]
    assert list(payable(money.finance("150100"))) == []
    assert list(payable(factories.member(factories.office("150100"), "auditor"))) == [case.subsidy]


def test_a_payee_whose_account_was_removed_is_named():
    case = money.approved_claim()
    UnitAccount.objects.update(ended_at=timezone.now())
    with pytest.raises(NotNow, match=f"收款单位{case.clerk.organisation.name}没有经审核同意并由财务确认的账户"):
        draw_up_batch([case.subsidy], by=case.finance)
    assert case.line(1).state == LineState.APPROVED


@pytest.mark.parametrize("how_many", [1, 3])
def test_drawing_up_costs_the_same_for_one_claim_and_for_three(how_many, django_assert_num_queries):
    cases = [money.approved_claim(2) for _ in range(how_many)]
    chosen = [case.subsidy for case in cases]
    finance = type(cases[0].finance).objects.select_related("organisation__division").get(pk=cases[0].finance.pk)
    with django_assert_num_queries(15):
        draw_up_batch(chosen, by=finance)


# ── freezing
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bank_file_matches_its_digest_and_the_batch_line_by_line():
    money.standard("1234.57")
    one, two = money.approved_claim(3), money.approved_claim(2)
    batch = money.frozen_batch(one, two)
    content = frozen_bytes(batch)
    assert batch.state == State.FROZEN
    assert hashlib.sha256(content).hexdigest() == batch.digest
    title, heads, *lines = rows_of(content)
    assert title[0] == f"{batch.number} 共2笔 合计6,172.85元"
    assert heads == BANK_HEADERS
    assert [(line[1], line[3], Decimal(str(line[4])), line[5], line[6]) for line in lines] == [
        (
            case.clerk.organisation.name,
            "0602005009024510000",
            case.subsidy.amount,
            case.training_class.number,
            case.subsidy.payments.get().reference,
        )
        for case in (one, two)
    ]
    assert sum(Decimal(str(line[4])) for line in lines) == batch.amount
    step = money.Step.objects.get(kind="paymentbatch", move="freeze")
    assert (step.data["digest"], step.data["amount"], step.data["payments"]) == (batch.digest, "6172.85", 2)


def test_the_file_s_name_tells_nobody_which_batch_it_is():
    batch = money.frozen_batch(money.approved_claim())
    assert batch.number not in batch.bank_file.name


def test_an_altered_bank_file_is_not_given_out():
    batch = money.frozen_batch(money.approved_claim())
    with open(batch.bank_file.path, "ab") as file:
        file.write(b"x")
    with pytest.raises(FileAltered):
        frozen_bytes(batch)


def test_a_frozen_batch_is_neither_frozen_again_nor_withdrawn():
    case = money.approved_claim()
    batch = money.frozen_batch(case)
    for move in ("freeze", "withdraw"):
        with pytest.raises(NotNow, match="现在的状态是“已送银行”"):
            take(batch, move, by=case.finance, reason="理由")


def test_an_account_corrected_after_the_batch_was_drawn_up_is_not_paid_wrongly():
    case = money.approved_claim()
    batch = draw_up_batch([case.subsidy], by=case.finance)
    training.account(case.clerk.organisation.unit, "6222020602000099999")
    with pytest.raises(NotNow, match="收款账户在生成批次后有变更，请撤销批次后重新生成"):
        take(batch, "freeze", by=case.finance)


def test_who_reviewed_a_claim_does_not_send_its_money():
    case = money.approved_claim()
    membership = factories.moved(case.second, case.finance.organisation, Role.FINANCE)
    batch = draw_up_batch([case.subsidy], by=membership)
    with pytest.raises(NotNow, match=f"您审批过{case.subsidy.number}，不能再办理拨付"):
        take(batch, "freeze", by=membership)


# ── withdrawing
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_withdrawn_draft_puts_its_lines_back_and_stays_on_record():
    case = money.approved_claim()
    batch = draw_up_batch([case.subsidy], by=case.finance)
    take(batch, "withdraw", by=case.finance, reason="选错了")
    assert {(line.state, line.payment) for line in case.lines} == {(LineState.APPROVED, None)}
    assert (batch.state, batch.payments.get().state) == (State.WITHDRAWN, PaymentState.CANCELLED)
    assert list(payable(case.finance)) == [case.subsidy]
    settle_constraints()
    again = draw_up_batch([case.subsidy], by=case.finance)
    assert again.amount == Decimal("3600.00")
    assert again.number == "P150102-2026-000002"


def test_withdrawing_needs_a_reason():
    case = money.approved_claim()
    batch = draw_up_batch([case.subsidy], by=case.finance)
    with pytest.raises(NotNow, match="撤销批次须说明理由"):
        take(batch, "withdraw", by=case.finance)


def test_a_returned_claim_in_a_withdrawn_batch_is_a_returned_one_again():
    case = money.approved_claim()
    first = money.frozen_batch(case)
    take_result(first, read_result(first, money.answers(first, "失败")), by=case.finance)
    returned = first.payments.get()
    money.new_account(case)
    second = draw_up_batch([case.subsidy], by=case.finance)
    take(second, "withdraw", by=case.finance, reason="选错了")
    assert {(line.state, line.payment) for line in case.lines} == {(LineState.RETURNED, returned)}
    assert list(payable(case.finance)) == [case.subsidy]
    settle_constraints()


# ── what the database keeps
# ─────────────────────────────────────────────────────────────────────────────────────────────


def refused(match):
    return pytest.raises(Exception, match=match)


def test_a_payment_is_the_sum_of_its_lines_and_never_changes():
    case = money.approved_claim()
    batch = draw_up_batch([case.subsidy], by=case.finance)
    with refused("stays as it was ordered"), transaction.atomic():
        batch.payments.update(amount=Decimal("3600.01"))
    with refused("but its lines come to"), transaction.atomic():
        SubsidyLine.objects.filter(pk=case.line(1).pk).update(state=LineState.APPROVED, payment=None)
        batch.payments.update(
            state=PaymentState.PAID, value_date="2026-03-16", bank_reference="X", answered_at=timezone.now()
        )
        settle_constraints()
    with refused("append-only"), transaction.atomic():
        PaymentPart.objects.all().delete()
    with refused("append-only"), transaction.atomic():
        Payment.objects.filter(batch=batch)._raw_delete("default")


def test_one_wrong_payment_among_many_is_refused_whatever_was_done_first():
    """The bank's answer changes them all by one statement; a line may leave or come before it,
    after it, or on its own.
    """
    cases = [money.approved_claim(2) for _ in range(3)]
    batch = money.frozen_batch(*cases)
    paid = {
        "state": PaymentState.PAID,
        "value_date": "2026-03-16",
        "answered_at": timezone.now(),
        "bank_reference": Concat(Value("X"), "sequence", output_field=CharField()),
    }
    taken, other = cases[1].line(1), cases[2].subsidy.payments.get()
    with refused("is 2400.00 but its lines come to 1200.00"), transaction.atomic():
        SubsidyLine.objects.filter(pk=taken.pk).update(payment=other)
        batch.payments.update(**paid)
    with refused("is 2400.00 but its lines come to"), transaction.atomic():
        batch.payments.update(**paid)
        SubsidyLine.objects.filter(pk=taken.pk).update(state=LineState.APPROVED, payment=None)
        settle_constraints()
    batch.payments.update(**paid)
    settle_constraints()
    with refused("is 2400.00 but its lines come to"), transaction.atomic():
        SubsidyLine.objects.filter(pk=taken.pk).update(payment=other)
        settle_constraints()
    with refused("stays as it was ordered"), transaction.atomic():
        batch.payments.update(state=PaymentState.RETURNED, return_reason="改主意")


def test_a_frozen_batch_takes_no_further_payment_and_keeps_amount_digest_and_file():
    case = money.approved_claim()
    other = money.approved_claim(1)
    batch = money.frozen_batch(case)
    with refused("is frozen"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(amount=Decimal("1.00"))
    with refused("is frozen"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(digest="0" * 64)
    with refused("is frozen at 3600.00 but its payments come to"), transaction.atomic():
        payment = Payment.objects.create(
            batch=batch,
            subsidy=other.subsidy,
            sequence=9,
            payee_name="某",
            bank_name="某",
            bank_account="1",
            amount=Decimal("1200.00"),
        )
        SubsidyLine.objects.filter(subsidy=other.subsidy).update(state=LineState.PAYING, payment=payment)
        settle_constraints()
    with refused("batch_frozen_has_file"), transaction.atomic():
        PaymentBatch.objects.filter(pk=draw_up_batch([other.subsidy], by=other.finance).pk).update(state=State.FROZEN)


def test_one_claim_has_one_payment_under_way():
    case = money.approved_claim()
    batch = draw_up_batch([case.subsidy], by=case.finance)
    with pytest.raises(IntegrityError, match="payment_one_under_way"), transaction.atomic():
        Payment.objects.create(
            batch=batch,
            subsidy=case.subsidy,
            sequence=2,
            payee_name="某",
            bank_name="某",
            bank_account="1",
            amount=Decimal("1.00"),
        )


def test_a_line_has_a_payment_exactly_while_money_was_sent_for_it():
    case = money.approved_claim()
    with pytest.raises(IntegrityError, match="line_has_payment_iff_sent"), transaction.atomic():
        SubsidyLine.objects.update(state=LineState.PAID)
    batch = draw_up_batch([case.subsidy], by=case.finance)
    with pytest.raises(IntegrityError, match="line_has_payment_iff_sent"), transaction.atomic():
        SubsidyLine.objects.filter(payment__batch=batch).update(state=LineState.APPROVED)


def test_drawing_up_is_on_record_without_accounts():
    case = money.approved_claim()
    draw_up_batch([case.subsidy], by=case.finance)
    event = Event.objects.get(act="paymentbatch.drawn_up")
    assert event.data == {"amount": "3600.00", "subsidies": [case.subsidy.number]}
    assert case.finance.organisation.kind == OrganisationKind.FINANCE
