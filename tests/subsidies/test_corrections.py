"""更正回执: a return after success and a wrong failure, booked by two finance officers on their own day; held meanwhile
(R-SUB-7).
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.enums import Role
from accounts.models import Event
from casework.domain.moves import take
from casework.models import Notice
from kit.refusals import NotAllowed, NotNow, Overtaken
from subsidies.domain import corrections
from subsidies.domain.corrections import propose, settle, take_back
from subsidies.domain.payments import draw_up_batch, payable, read_result, take_result
from subsidies.enums import CorrectionKind, CorrectionState, LineState, PaymentState
from subsidies.models import BankCorrection, Payment, SubsidyLine
from tests import factories
from tests.factories import subsidies as money
from tests.factories.guards import forced
from tests.subsidies.test_batches import refused, settle_constraints
from training.domain.units.accounts import begin_change
from training.enums import Stage
from training.models import AccountChange

pytestmark = pytest.mark.django_db
SENT_BACK = {"kind": CorrectionKind.SENT_BACK, "bank_reference": "TH0001", "reason": "账户已销户"}
ARRIVED = {"kind": CorrectionKind.ARRIVED, "bank_reference": "ICBC-LATE-1", "reason": "银行更正：实际已入账"}
LATER = money.TODAY + timedelta(days=9)


@pytest.fixture
def api():
    """A client of the API logged in as a membership."""

    def login(membership):
        client = APIClient()
        client.force_login(membership.user)
        return client

    return login


@pytest.fixture
def case():
    return money.approved_claim(2)


@pytest.fixture
def colleague(case):
    return factories.member(case.finance.organisation, Role.FINANCE)


def answered(case, word="成功"):
    """The claim's payment, answered by the bank on the day it was ordered, in a batch that is closed."""
    batch = money.frozen_batch(case)
    take_result(batch, read_result(batch, money.answers(batch, word)), by=case.finance)
    take(batch, "settle", by=case.finance)
    return batch.payments.get()


def now(payment):
    return Payment.objects.get(pk=payment.pk)


def corrected(payment, case, colleague, fields, day):
    made = propose(payment, by=case.finance, day=day, **fields)
    return settle(made, agree=True, by=colleague)


def test_money_that_arrived_and_came_back_is_booked_on_its_own_day_by_two_people(case, colleague):
    payment = answered(case)
    with money.at(LATER):
        made = propose(payment, by=case.finance, day=date(2026, 3, 20), **SENT_BACK)
        assert (now(payment).state, {line.state for line in case.lines}) == (
            PaymentState.PAID,
            {LineState.PAID},
        ), "nothing moves before it is agreed"
        Notice.objects.all().delete()
        settle(made, agree=True, by=colleague)
    after = now(payment)
    assert (after.state, after.value_date, after.bank_reference) == (
        PaymentState.SENT_BACK,
        money.TODAY,
        f"ICBC{payment.pk:08d}",
    ), "paid stays gross"
    assert (after.return_reason, timezone.localdate(after.sent_back_at)) == ("账户已销户", LATER)
    assert {(line.state, line.payment) for line in case.lines} == {(LineState.RETURNED, payment)}
    assert case.stage == Stage.PAYABLE
    assert case.subsidy.budget.committed == Decimal("2400.00"), (
        "it waits to be paid again: the money is back in its fund, and promised"
    )
    assert Notice.objects.get(organisation=case.clerk.organisation).text.startswith(
        f"补贴{case.subsidy.number}的付款2026-03-20被银行退回（账户已销户）"
    )
    kept = BankCorrection.objects.get()
    assert (kept.day, kept.state, kept.proposer, kept.answerer) == (
        date(2026, 3, 20),
        CorrectionState.AGREED,
        case.finance.user,
        colleague.user,
    )
    assert kept.before == {
        "state": "paid",
        "value_date": "2026-03-16",
        "bank_reference": f"ICBC{payment.pk:08d}",
        "return_reason": "",
    }
    event = Event.objects.get(act="paymentbatch.corrected")
    assert event.data["changed"] == {"state": ["paid", "sent_back"], "return_reason": ["", "账户已销户"]}
    settle_constraints()


def test_a_wrong_failure_is_paid_on_the_bank_s_day_and_nothing_is_paid_twice(case, colleague):
    payment = answered(case, "失败")
    with money.at(LATER):
        corrected(payment, case, colleague, ARRIVED, date(2026, 3, 18))
        assert not payable(case.finance).exists()
    after = now(payment)
    assert (after.state, after.value_date, after.bank_reference, after.return_reason) == (
        PaymentState.PAID,
        date(2026, 3, 18),
        "ICBC-LATE-1",
        "",
    )
    assert timezone.localdate(after.answered_at) == LATER
    assert ({line.state for line in case.lines}, case.stage) == ({LineState.PAID}, Stage.PAID)
    assert BankCorrection.objects.get().before["return_reason"] == "户名不符"
    settle_constraints()


def test_what_was_corrected_to_paid_can_come_back_too(case, colleague):
    payment = answered(case, "失败")
    with money.at(LATER):
        corrected(payment, case, colleague, ARRIVED, date(2026, 3, 18))
        corrected(now(payment), case, colleague, SENT_BACK, date(2026, 3, 24))
    assert (now(payment).state, now(payment).value_date) == (PaymentState.SENT_BACK, date(2026, 3, 18))
    settle_constraints()


# ── 暂缓 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_while_a_correction_waits_the_line_is_held_everywhere(case, colleague, browser, api):
    payment = answered(case, "失败")
    money.new_account(case)
    assert [claim.pk for claim in payable(case.finance)] == [case.subsidy.pk]
    made = propose(payment, by=case.finance, day=money.TODAY, **ARRIVED)
    with pytest.raises(NotNow, match="有更正回执待复核，暂缓拨付"):
        draw_up_batch([case.subsidy], by=case.finance)
    page = browser(case.finance).get(reverse("payables")).content.decode()
    assert "有更正回执待复核，暂缓拨付" in page
    assert f'value="{case.subsidy.pk}" disabled' in page
    assert "有更正回执待复核" in api(case.finance).get("/api/v1/payables/").json()["results"][0]["why_not"]
    assert {line["on_hold"] for line in api(case.clerk).get(f"/api/v1/subsidies/{case.subsidy.pk}/lines/").json()} == {
        True
    }
    assert (
        "银行回执有更正待复核，暂缓办理"
        in browser(case.clerk).get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    )
    assert "暂缓" in browser(case.clerk).get(reverse("subsidy_line", args=[case.line(1).pk])).content.decode()
    for change in ({"state": LineState.APPROVED, "payment": None}, {"state": LineState.RECOVERED}):
        with pytest.raises(IntegrityError, match="is held until"), transaction.atomic():
            SubsidyLine.objects.filter(subsidy=case.subsidy).update(**change)
    settle(made, agree=False, note="银行电话确认确实失败", by=colleague)
    assert (now(payment).state, {line.state for line in case.lines}) == (PaymentState.RETURNED, {LineState.RETURNED})
    assert draw_up_batch([case.subsidy], by=case.finance).payments.count() == 1


def test_a_failure_that_was_paid_again_is_no_second_payment(case, colleague):
    payment = answered(case, "失败")
    money.new_account(case)
    batch = draw_up_batch([case.subsidy], by=case.finance)
    with pytest.raises(NotNow, match=r"已重新列入.*尚未锁定的请先撤销批次"):
        propose(payment, by=case.finance, day=money.TODAY, **ARRIVED)
    take(batch, "freeze", by=case.finance)
    take_result(batch, read_result(batch, money.answers(batch)), by=case.finance)
    with pytest.raises(NotNow, match=r"再次拨付（已到账）；同一补贴到账两次的，应追回重复的一笔"):
        propose(payment, by=case.finance, day=money.TODAY, **ARRIVED)
    assert not BankCorrection.objects.exists()


# ── by two people, once
# ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_entered_it_does_not_agree_to_it(case, colleague):
    made = propose(answered(case), by=case.finance, day=money.TODAY, **SENT_BACK)
    for agree in (True, False):
        with pytest.raises(NotAllowed, match="不能自己复核"):
            settle(made, agree=agree, note="是", by=case.finance)
    with pytest.raises(IntegrityError, match="bankcorrection_by_two_users"), transaction.atomic():
        BankCorrection.objects.update(
            state="agreed", answered_by=colleague, answerer=case.finance.user, answered_at=timezone.now()
        )
    for stranger in (money.finance("150103"), money.finance("150100"), case.first, case.clerk):
        with pytest.raises(NotAllowed):
            settle(made, agree=True, by=stranger)
        with pytest.raises(NotAllowed):
            take_back(made, by=stranger)
    with pytest.raises(NotAllowed, match="只有登记更正的人可以撤回"):
        take_back(made, by=colleague)
    take_back(made, by=case.finance)
    assert BankCorrection.objects.get().state == CorrectionState.TAKEN_BACK
    with pytest.raises(Overtaken, match="已撤回"):
        settle(made, agree=True, by=colleague)


def test_a_correction_is_answered_once_and_declined_only_with_a_reason(case, colleague):
    payment = answered(case)
    made = propose(payment, by=case.finance, day=money.TODAY, **SENT_BACK)
    with pytest.raises(NotNow, match="这一笔已有更正回执待复核"):
        propose(payment, by=colleague, day=money.TODAY, **(SENT_BACK | {"bank_reference": "TH2"}))
    with pytest.raises(NotNow, match="不同意更正须说明理由"):
        settle(made, agree=False, note=" ", by=colleague)
    assert (
        settle(made, agree=True, by=colleague).state
        == settle(made, agree=True, by=colleague).state
        == CorrectionState.AGREED
    )
    with pytest.raises(Overtaken, match="已入账"):
        settle(made, agree=False, note="改主意", by=colleague)
    assert Event.objects.filter(act="paymentbatch.corrected").count() == 1


@pytest.mark.parametrize(
    ("word", "fields", "day", "sentence"),
    [
        ("成功", SENT_BACK, date(2026, 3, 15), "退回日期2026-03-15早于到账日期2026-03-16，请与银行核对"),
        ("成功", SENT_BACK, date(2026, 3, 17), "退回日期2026-03-17在今天（2026-03-16）之后"),
        ("失败", ARRIVED, date(2025, 3, 16), "到账日期2025-03-16早于批次锁定日2026-03-16，请与银行核对"),
        ("失败", ARRIVED, date(2026, 3, 17), "到账日期2026-03-17在今天（2026-03-16）之后"),
        ("失败", SENT_BACK, money.TODAY, "这一笔现在是“退票”，不能登记“到账后被银行退回”"),
        ("成功", ARRIVED, money.TODAY, "这一笔现在是“已到账”，不能登记"),
        ("成功", SENT_BACK | {"reason": " "}, money.TODAY, "请写明更正的原因"),
        ("成功", SENT_BACK | {"bank_reference": " "}, money.TODAY, "请填写银行的流水号"),
        ("成功", SENT_BACK | {"bank_reference": "1.23456789012346E+17"}, money.TODAY, "Excel 把银行流水号当作数字保存"),
        ("成功", SENT_BACK | {"kind": "else"}, money.TODAY, "请选择更正的种类"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_with_what_is_wrong(case, word, fields, day, sentence):
    with pytest.raises(NotNow, match=sentence):
        propose(answered(case, word), by=case.finance, day=day, **fields)
    assert not BankCorrection.objects.exists()


def test_a_serial_number_of_the_bank_is_used_once_in_corrections_too(case, colleague):
    first, other = answered(case), money.approved_claim(1)
    second = answered(other, "失败")
    with pytest.raises(NotNow, match=f"银行流水号{first.bank_reference.lower()}已用于"):
        propose(
            second, by=case.finance, day=money.TODAY, **(ARRIVED | {"bank_reference": first.bank_reference.lower()})
        )
    corrected(first, case, colleague, SENT_BACK, money.TODAY)
    third = answered(money.approved_claim(1))
    with pytest.raises(NotNow, match="银行流水号th0001已用于"):
        propose(third, by=case.finance, day=money.TODAY, **(SENT_BACK | {"bank_reference": " th0001 "}))


def test_the_database_lets_a_payment_follow_nothing_but_an_agreed_correction(case, colleague):
    payment = answered(case)
    sent_back = {
        "state": "sent_back",
        "return_reason": "退回",
        "sent_back_at": timezone.now(),
        "sent_back_on": money.TODAY,
    }
    for change in (
        sent_back,
        {"value_date": None},
        {"bank_reference": "X"},
        {"state": "returned", "return_reason": "x"},
        {"answered_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError, match="stays as it was ordered and answered"), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**change)
    made = propose(payment, by=case.finance, day=money.TODAY, **SENT_BACK)
    with pytest.raises(IntegrityError, match="stays as it was ordered and answered"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**sent_back)
    with refused("does not follow correction"), transaction.atomic():
        BankCorrection.objects.update(
            state="agreed", answered_by=colleague, answerer=colleague.user, answered_at=timezone.now()
        )
        settle_constraints()
    settle(made, agree=True, by=colleague)
    for change in ({"reason": "另一个"}, {"state": "declined", "note": "x"}, {"day": money.TODAY - timedelta(days=1)}):
        with pytest.raises(IntegrityError, match="stays as it was entered and answered"), transaction.atomic():
            BankCorrection.objects.update(**change)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        BankCorrection.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError, match="cannot be corrected so"), transaction.atomic():
        BankCorrection.objects.create(
            payment=payment,
            kind="sent_back",
            day=money.TODAY,
            bank_reference="X9",
            reason="x",
            before={},
            proposed_by=case.finance,
            proposer=case.finance.user,
            proposed_at=timezone.now(),
        )


def test_the_first_answer_may_come_again_after_a_return_and_another_leads_to_the_correction(case, colleague):
    payment = answered(case)
    rows = money.answers(payment.batch)
    corrected(payment, case, colleague, SENT_BACK, money.TODAY)
    assert take_result(payment.batch, read_result(payment.batch, rows), by=case.finance) == 0
    with pytest.raises(
        NotNow, match="已有回执（到账后退回），内容与此不同；银行事后退回或更正的，请在批次页面登记更正回执"
    ):
        take_result(payment.batch, read_result(payment.batch, money.answers(payment.batch, "失败")), by=case.finance)


# ── 退票: paid again only to an account changed and approved since ──────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["失败", "成功"])
def test_what_came_back_goes_out_only_to_an_account_changed_and_approved_after_the_return(case, colleague, word):
    payment = answered(case, word)
    if word == "成功":
        corrected(payment, case, colleague, SENT_BACK, money.TODAY)
    name, reason = case.subsidy.payee.name, now(payment).return_reason
    with pytest.raises(NotNow) as refused:
        draw_up_batch([case.subsidy], by=case.finance)
    assert refused.value.sentences == [
        (
            f"{case.subsidy.number}：上次付款已退票（{reason}），{name}的收款账户还没有变更；变更由审核人员同意、"
            "财务确认后才能再次拨付。"
        )
    ]
    begin_change(
        case.clerk.organisation.unit,
        by=case.clerk,
        holder=name,
        bank_name="示例银行",
        bank_account="6222020602000099999",
    )
    with pytest.raises(NotNow, match="收款账户还没有变更；变更由审核人员同意、财务确认后"):
        draw_up_batch([case.subsidy], by=case.finance)
    forced(AccountChange.objects.all(), state="withdrawn", decided_at=timezone.now())
    money.new_account(case)
    again = money.frozen_batch(case)
    take_result(again, read_result(again, money.answers(again)), by=case.finance)
    assert [p.state for p in case.subsidy.payments.order_by("pk")] == [now(payment).state, PaymentState.PAID]
    assert ({line.state for line in case.lines}, case.stage) == ({LineState.PAID}, Stage.PAID)
    settle_constraints()


def test_a_batch_says_of_its_returns_what_has_become_of_them(case, browser, api):
    batch = answered(case, "失败").batch

    def said():
        page = browser(case.finance).get(reverse("case", args=["paymentbatch", batch.pk])).content.decode()
        (found,) = [
            one
            for one in api(case.finance).get(f"/api/v1/batches/{batch.pk}/conditions/").json()
            if "退票" in one["sentence"]
        ]
        assert found["sentence"] in page
        return found["sentence"], found["holds"]

    assert said() == ("1笔退票，单位更正账户后可再次拨付", False)
    money.new_account(case)
    again = draw_up_batch([case.subsidy], by=case.finance)
    assert said() == ("1笔退票，已列入新的批次再次拨付", False)
    take(again, "freeze", by=case.finance)
    take_result(again, read_result(again, money.answers(again)), by=case.finance)
    assert said() == ("1笔退票，已再次拨付", True)


def test_a_return_approved_before_it_happened_cures_nothing(case, colleague):
    payment = answered(case)
    money.new_account(case)
    with money.at(LATER):
        corrected(payment, case, colleague, SENT_BACK, LATER)
        with pytest.raises(NotNow, match="的收款账户须在退票之后变更并确认"):
            draw_up_batch([case.subsidy], by=case.finance)


def test_the_return_is_the_first_line_of_the_unit_s_home_page_with_the_cure(case, browser, api):
    answered(case, "失败")
    home = browser(case.clerk).get("/").content.decode()
    main = home[home.index("<main") :]
    assert main.index("户名不符") < main.index("正在审核")
    assert (reverse("account_new") in main, "去变更账户" in main, "没有需要贵单位办理的事项" in main) == (
        True,
        True,
        False,
    )
    for url in (
        reverse("case", args=["subsidy", case.subsidy.pk]),
        reverse("class_subsidy", args=[case.training_class.pk]),
        reverse("subsidy_line", args=[case.line(1).pk]),
    ):
        assert "户名不符" in browser(case.clerk).get(url).content.decode(), url
    assert (
        "付款已退票（户名不符），收款账户变更并经财务确认后再次拨付"
        in browser(case.clerk).get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    )
    assert {
        line["return_reason"] for line in api(case.clerk).get(f"/api/v1/subsidies/{case.subsidy.pk}/lines/").json()
    } == {"户名不符"}
    money.new_account(case)
    assert "收款账户已变更，等待财务再次拨付" in browser(case.clerk).get("/").content.decode()
    other = factories.operator(factories.unit())
    assert "户名不符" not in browser(other).get("/").content.decode()


# ── pages and API
# ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_finance_enters_and_a_colleague_agrees_in_the_browser(case, colleague, browser):
    payment = answered(case)
    page = reverse("case", args=["paymentbatch", payment.batch_id])
    first, second = browser(case.finance), browser(colleague)
    form = reverse("bank_correction_new", args=[payment.pk])
    assert form in first.get(page).content.decode()
    assert "到账后被银行退回" in first.get(form).content.decode()
    wrong = first.post(
        form, {"kind": "sent_back", "day": "2026-03-10", "bank_reference": "TH0001", "reason": "账户已销户"}
    )
    shown = wrong.content.decode()
    assert (
        wrong.status_code,
        "退回日期2026-03-10早于到账日期2026-03-16" in shown,
        'value="TH0001"' in shown,
        "账户已销户" in shown,
    ) == (409, True, True, True)
    assert first.post(form, {"kind": "sent_back", "day": "昨天"}).status_code == 400
    unseen = first.post(
        form, {"kind": "sent_back", "day": "2026-03-16", "bank_reference": "TH0001", "reason": "\u200b\u3164"}
    )
    assert (unseen.status_code, "请写明更正的原因" in unseen.content.decode()) == (409, True)
    assert (
        first.post(
            form, {"kind": "sent_back", "day": "2026-03-16", "bank_reference": "TH0001", "reason": "账户已销户"}
        ).status_code
        == 302
    )
    made = BankCorrection.objects.get()
    answer = reverse("bank_correction_answer", args=[made.pk])
    assert "撤回登记" in first.get(page).content.decode()
    assert "更正回执待复核" in second.get("/").content.decode()
    todo, own = (client.get(reverse("inbox", args=["todo"])).content.decode() for client in (second, first))
    assert ("复核1件更正回执" in todo, page in todo, "没有待办" in todo) == (True, True, False)
    assert ("更正回执" in own, "没有待办" in own) == (False, True), "who entered it does not agree to it"
    assert "同意入账" in second.get(page).content.decode()
    assert first.post(answer, {"decision": "agree"}).status_code == 403
    refused = second.post(answer, {"decision": "decline"})
    assert (refused.status_code, "不同意更正须说明理由" in refused.content.decode()) == (409, True)
    assert second.post(answer, {"decision": "decline", "note": "\u2800\u200d"}).status_code == 409
    assert second.post(answer, {"decision": "all"}).status_code == 409
    assert second.post(answer, {"decision": "agree"}).status_code == 302
    assert now(payment).state == PaymentState.SENT_BACK
    assert "没有待办" in second.get(reverse("inbox", args=["todo"])).content.decode()
    shown = second.get(page).content.decode()
    assert ("到账后退回" in shown, "已入账" in shown, "账户已销户" in shown) == (True, True, True)
    evidence = second.get(reverse("subsidy_line", args=[case.line(1).pk])).content.decode()
    assert ("TH0001" in evidence, "到账后被银行退回" in evidence) == (True, True)


def test_the_api_gives_the_same_answers(case, colleague, api):
    payment = answered(case)
    first, second = api(case.finance), api(colleague)
    path = f"/api/v1/payments/{payment.pk}/corrections/"
    body = {"kind": "sent_back", "day": "2026-03-16", "bank_reference": "TH0001", "reason": "账户已销户"}
    assert first.post(path, body | {"day": "2026-03-10"}, format="json").status_code == 409
    assert first.post(path, body | {"day": "31/02/2026"}, format="json").status_code == 400
    assert api(case.first).post(path, body, format="json").status_code == 403
    assert api(money.finance("150103")).post(path, body, format="json").status_code == 404
    made = first.post(path, body, format="json")
    assert (made.status_code, made.json()["state"], made.json()["before"]["state"]) == (201, "proposed", "paid")
    answer = f"/api/v1/corrections/{made.json()['id']}/answer/"
    assert first.post(answer, {"decision": "agree"}, format="json").status_code == 403
    assert second.post(answer, {"decision": "decline"}, format="json").status_code == 409
    assert second.post(answer, {"decision": "agree"}, format="json").json()["state"] == "agreed"
    assert [row["state"] for row in first.get(path).json()["results"]] == ["agreed"]
    (shown,) = first.get(f"/api/v1/batches/{payment.batch_id}/payments/").json()
    assert (shown["state"], shown["value_date"], shown["return_reason"]) == ("sent_back", "2026-03-16", "账户已销户")


def test_a_serial_number_taken_while_a_correction_waited_is_said_in_words(case, colleague, monkeypatch):
    payment, other = answered(case, "失败"), money.approved_claim(1)
    made = propose(payment, by=case.finance, day=money.TODAY, **ARRIVED)
    batch = money.frozen_batch(other)
    take_result(batch, read_result(batch, money.answers(batch, 银行流水号=ARRIVED["bank_reference"])), by=other.finance)
    with pytest.raises(NotNow, match="银行流水号ICBC-LATE-1已用于"):
        settle(made, agree=True, by=colleague)
    monkeypatch.setattr(corrections, "_serial_taken", lambda *args, **kwargs: [])
    with pytest.raises(NotNow, match="这个银行流水号刚被另一笔付款使用"):
        settle(made, agree=True, by=colleague)
    assert (BankCorrection.objects.get().state, now(payment).state) == (CorrectionState.PROPOSED, PaymentState.RETURNED)
