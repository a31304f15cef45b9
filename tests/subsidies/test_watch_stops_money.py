"""What the nightly watch found of a trainee stands in the way of money until somebody has dealt with it (R-ELG-8,
R-SUB-5).
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from casework.domain.moves import take
from casework.enums import State
from casework.models import WorkItem
from kit.refusals import NotNow, Refused
from subsidies.domain.claims import refuse_line
from subsidies.domain.payments import draw_up_batch
from subsidies.enums import Item, LineState
from subsidies.models import Budget, PaymentBatch, SubsidyLine
from tests.api.conftest import api
from tests.factories import subsidies as money
from training.domain.verification.watch import deal_with
from training.enums import ChangeKind, Stage
from training.models import Change

__all__ = ["api"]
pytestmark = pytest.mark.django_db
FIRST, LAST = money.FIRST_DAY, money.LAST_DAY
DAY = timedelta(days=1)


def found(case, what=ChangeKind.DIED, since=LAST, place=1):
    """The watch found this last night."""
    return Change.objects.create(
        enrolment=case.line(place).enrolment,
        what=what,
        registry="population",
        since=since,
        key=f"{what}:{since}",
        seen_at=timezone.now(),
    )


def refused(act, *args, **words) -> list[str]:
    with pytest.raises(NotNow) as problem:
        act(*args, **words)
    return problem.value.sentences


@pytest.fixture
def case():
    money.standard()
    money.budget()
    return money.completed_class(3)


def test_a_death_on_the_last_day_stops_the_agreement_on_page_in_bulk_and_by_program(case, browser, api):
    case.in_review()
    found(case)
    client, subsidy = browser(case.first), case.subsidy
    page = client.get(reverse("case", args=["subsidy", subsidy.pk])).content.decode()
    assert "夜间复查发现的情况" in page
    assert "处理以前不能同意和拨付" in page
    sent = client.post(reverse("move", args=["subsidy", subsidy.pk, "approve"]), {"version": subsidy.version})
    assert (sent.status_code, f"夜间复查发现已死亡（{LAST}" in sent.content.decode()) == (409, True)
    item = WorkItem.objects.get(kind="subsidy", object_id=subsidy.pk)
    assert "夜间复查发现已死亡" in client.post(reverse("inbox_agree"), {"item": item.pk}).content.decode()
    client.post(reverse("inbox_agree"), {"case": f"{item.pk}:{subsidy.version}", "confirmed": "1"})
    url = f"/api/v1/subsidies/{subsidy.pk}/moves/approve/"
    assert api(case.first).post(url, {"expected_version": subsidy.version}).status_code == 409
    assert case.subsidy.state == State.IN_REVIEW


def test_the_unit_is_not_told_what_the_watch_found(case, browser):
    case.in_review()
    found(case)
    page = browser(case.clerk).get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    assert "已死亡" not in page
    assert "夜间复查发现的情况" not in page


@pytest.mark.parametrize(
    ("what", "since", "stops"),
    [
        (ChangeKind.DIED, LAST, True),
        (ChangeKind.DIED, LAST + DAY, False),
        (ChangeKind.IMPRISONED, LAST, True),
        (ChangeKind.IMPRISONED, LAST + DAY, False),
        (ChangeKind.PENSION, FIRST, True),
        (ChangeKind.PENSION, FIRST + DAY, False),
        (ChangeKind.HIRED, FIRST, False),
        (ChangeKind.INSURED, FIRST, False),
        (ChangeKind.BUSINESS, FIRST, False),
    ],
)
def test_deaths_and_prison_terms_up_to_the_last_day_and_pensions_by_the_first_stop_money_and_nothing_else_does(
    case, browser, what, since, stops
):
    case.in_review()
    found(case, what, since)
    page = browser(case.first).get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    assert str(ChangeKind(what).label) in page, "shown either way"
    if stops:
        assert len(refused(case.take, "approve", case.first)) == 1
    else:
        case.take("approve", case.first)


def test_the_approval_after_the_publicity_waits_too_and_a_mistake_proved_with_its_document_lets_it_go(case):
    case.published()
    change = found(case)
    with case.over():
        case.ended()
        assert "夜间复查发现" in refused(case.take, "conclude", case.second)[0]
        with pytest.raises(Refused, match="文号"):
            deal_with(change, "派出所证明系误登", by=case.first)
        deal_with(change, "派出所证明系误登", document="新公户证〔2026〕8号", by=case.first)
        case.take("conclude", case.second)
    event = Event.objects.get(act="watch.dealt_with")
    assert (event.reason, event.data["letter"]) == ("派出所证明系误登", "新公户证〔2026〕8号")


def test_whoever_is_struck_out_stops_nobody_else(case):
    case.in_review()
    found(case)
    refuse_line(case.line(1), reason="班期内死亡", by=case.first)
    case.take("approve", case.first)


def test_a_claim_with_a_dead_man_is_put_into_no_batch_and_no_bank_file_is_made(case, browser):
    case.approved()
    other = money.approved_claim(1)
    batch = draw_up_batch([other.subsidy], by=case.finance)
    found(case)
    (only,) = refused(draw_up_batch, [case.subsidy], by=case.finance)
    assert only.startswith(f"{case.subsidy.number}：1号")
    sent = browser(case.finance).post(
        reverse("batch_new"), {"subsidy": case.subsidy.pk, "fund": case.subsidy.fund_source}
    )
    assert sent.status_code in (400, 409)
    found(other)
    (why,) = refused(take, batch, "freeze", by=case.finance)
    assert why.startswith(f"{other.subsidy.number}：1号")
    assert why.endswith(f"属实的，此人已列入批次{batch.number}：先由财务人员撤销该批次，再由审核人员剔除此人。")
    assert PaymentBatch.objects.get().state == State.DRAFT
    take(batch, "withdraw", by=case.finance, reason="其中一人待核实")
    assert other.lines[0].state == LineState.APPROVED


def test_of_a_dead_man_in_a_batch_everybody_reads_that_finance_comes_first_and_the_officer_then(case, browser, api):
    case.approved()
    batch, line = draw_up_batch([case.subsidy], by=case.finance), case.line(1)
    assert refused(refuse_line, line, reason="x", by=case.first)[0][-5:] == "不能剔除。", (
        "nobody is struck out without an entry of the watch"
    )
    found(case)
    first = f"此人已列入批次{batch.number}：先由财务人员撤销该批次，再由审核人员剔除此人。"
    officer, url = browser(case.first), reverse("case", args=["subsidy", case.subsidy.pk])
    assert first in officer.get(url).content.decode()
    sent = officer.post(reverse("subsidy_line_refuse", args=[line.pk]), {"reason": "班期内死亡", "confirmed": "1"})
    assert (sent.status_code, first in sent.content.decode()) == (409, True)
    answer = api(case.first).post(f"/api/v1/lines/{line.pk}/refuse/", {"reason": "班期内死亡"})
    assert (answer.status_code, first in answer.content.decode()) == (409, True)
    assert (
        first
        in browser(case.finance)
        .post(reverse("move", args=["paymentbatch", batch.pk, "freeze"]), {"expected_version": batch.version})
        .content.decode()
    )
    take(batch, "withdraw", by=case.finance, reason="其中一人班期内死亡")
    assert (
        officer.post(
            reverse("subsidy_line_refuse", args=[line.pk]), {"reason": "班期内死亡", "confirmed": "1"}
        ).status_code
        == 302
    )
    assert draw_up_batch([case.subsidy], by=case.finance).amount == Decimal("2400.00")


def test_of_a_dead_man_whose_money_is_at_the_bank_the_officer_waits_for_its_answer(case):
    case.approved()
    batch = money.frozen_batch(case)
    found(case)
    assert (
        f"已送银行（批次{batch.number}）：等银行回执"
        in refused(refuse_line, case.line(1), reason="班期内死亡", by=case.first)[0]
    )


def test_a_dead_man_is_taken_out_of_approved_money_and_the_budget_has_it_back(case, browser):
    case.approved()
    assert Budget.objects.get().committed == Decimal("3600.00")
    assert "不能剔除" in refused(refuse_line, case.line(2), reason="x", by=case.first)[0], (
        "nobody else is taken out now"
    )
    found(case)
    client = browser(case.first)
    page = client.get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    assert reverse("subsidy_line_refuse", args=[case.line(1).pk]) in page
    assert reverse("subsidy_line_refuse", args=[case.line(2).pk]) not in page
    assert "说明理由" in refused(refuse_line, case.line(1), reason=" ", by=case.first)[0]
    sent = client.post(
        reverse("subsidy_line_refuse", args=[case.line(1).pk]), {"reason": "班期内死亡", "confirmed": "1"}
    )
    assert sent.status_code == 302
    assert (case.line(1).state, case.line(1).reason, case.subsidy.amount) == (
        LineState.REFUSED,
        "班期内死亡",
        Decimal("2400.00"),
    )
    assert (Budget.objects.get().committed, case.stage) == (Decimal("2400.00"), Stage.PAYABLE)
    batch = draw_up_batch([case.subsidy], by=case.finance)
    assert batch.amount == Decimal("2400.00")


def test_when_nobody_is_left_to_be_paid_the_class_is_closed(case):
    case.approved()
    for place in (1, 2, 3):
        found(case, place=place)
        refuse_line(case.line(place), reason="班期内死亡", by=case.first)
    assert (case.stage, case.subsidy.amount, Budget.objects.get().committed) == (
        Stage.CLOSED,
        Decimal("0.00"),
        Decimal("0.00"),
    )


def test_who_was_to_be_paid_in_person_and_died_after_the_class_is_held(case):
    """生活费补贴 is meant for the trainee's own pocket; the school's money for a class that was held is not."""
    case.in_review()
    found(case, since=LAST + DAY)
    case.take("approve", case.first)
    SubsidyLine.objects.create(
        subsidy=case.subsidy, enrolment=case.line(1).enrolment, item=Item.LIVING, amount=Decimal("100.00"), basis={}
    )
    assert "夜间复查发现" in refused(case.take, "approve", case.second)[0]
