"""补充申请: a claim refused, or a person struck out by mistake, is claimed for again; nobody twice (R-SUB-1, R-SUB-3)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from casework.domain.moves import take
from casework.enums import State
from kit.refusals import NotAllowed, NotNow
from subsidies.domain.claims import draw_up, refuse_line
from subsidies.domain.payments import read_result, take_result
from subsidies.enums import LineState
from subsidies.models import Budget, Subsidy, SubsidyLine
from tests.factories import subsidies as money
from training.enums import Stage

pytestmark = pytest.mark.django_db
MISTAKE = "把同名的另一人剔除了"


@pytest.fixture
def struck():
    """Three trainees, the second struck out by mistake, the others approved and paid."""
    money.standard()
    money.budget("3600.00")
    case = money.completed_class(3).in_review()
    refuse_line(case.line(2), reason=MISTAKE, by=case.first)
    case.agreed()
    with case.over():
        case.ended()
        case.take("conclude", case.second)
    return case


def paid(case):
    batch = money.frozen_batch(case)
    take_result(batch, read_result(batch, money.answers(batch)), by=case.finance)


def claims(case) -> list[Subsidy]:
    return list(Subsidy.objects.filter(training_class=case.training_class).order_by("sequence"))


def more(case, *sequences):
    people = [case.training_class.enrolments.get(sequence=n).pk for n in sequences]
    return draw_up(case.training_class, by=case.clerk, enrolments=people or None)


def test_who_was_struck_out_by_mistake_is_claimed_for_again_and_paid_once(struck):
    paid(struck)
    assert struck.stage == Stage.PAID
    second = more(struck)
    assert (second.number, second.sequence, second.amount) == (
        f"{struck.training_class.number}-B2",
        2,
        Decimal("1200.00"),
    )
    (line,) = second.lines.all()
    assert (line.enrolment.sequence, line.state) == (2, LineState.CLAIMED)
    assert line.basis["before"] == {"number": f"{struck.training_class.number}-B", "reason": MISTAKE}
    assert struck.stage == Stage.PAID, "a draft moves nothing"
    struck.take("submit", struck.clerk)
    assert struck.stage == Stage.SUBSIDY
    money.run_jobs(struck.subsidy)
    struck.agreed()
    assert struck.stage == Stage.PUBLICITY
    with struck.over():
        struck.ended()
        struck.take("conclude", struck.second)
    assert (struck.subsidy.state, struck.stage) == (State.APPROVED, Stage.PAYABLE)
    assert Budget.objects.get().committed == Decimal("3600.00")
    paid(struck)
    assert struck.stage == Stage.PAID
    assert sorted(SubsidyLine.objects.filter(state=LineState.PAID).values_list("enrolment__sequence", flat=True)) == [
        1,
        2,
        3,
    ]
    first, _second = claims(struck)
    assert [(line.enrolment.sequence, line.state) for line in first.lines.order_by("enrolment__sequence")] == [
        (1, LineState.PAID),
        (2, LineState.REFUSED),
        (3, LineState.PAID),
    ], "the first claim stays as it was decided"
    assert first.lines.get(enrolment__sequence=2).reason == MISTAKE


def test_a_claim_refused_as_a_whole_is_claimed_for_again():
    money.standard()
    money.budget()
    case = money.completed_class(2).in_review()
    case.take("refuse", case.first, reason="发票不合规")
    assert case.stage == Stage.CLOSED
    second = more(case)
    assert (second.sequence, second.amount, second.lines.count()) == (2, Decimal("2400.00"), 2)
    assert {line.basis["before"]["reason"] for line in second.lines.all()} == {"发票不合规"}
    case.take("submit", case.clerk)
    money.run_jobs(case.subsidy)
    case.take("return", case.first, reason="补发票")
    assert (case.subsidy.state, case.stage) == (State.RETURNED, Stage.CLOSED)
    case.take("submit", case.clerk)
    money.run_jobs(case.subsidy)
    case.take("refuse", case.first, reason="仍不合规")
    assert [claim.state for claim in claims(case)] == [State.REFUSED, State.REFUSED]
    assert more(case).number.endswith("-B3")


def test_one_claim_is_open_at_a_time_and_a_second_asking_gives_the_same(struck):
    assert more(struck).pk == more(struck).pk == more(struck, 2).pk
    assert len(claims(struck)) == 2
    other = claims(struck)[1]
    with pytest.raises(IntegrityError, match="subsidy_one_open"), transaction.atomic():
        Subsidy.objects.create(
            number="X",
            division=other.division,
            applicant=other.applicant,
            category=other.category,
            training_class=other.training_class,
            sequence=3,
            fund_source=other.fund_source,
            payee=other.payee,
        )


@pytest.mark.parametrize("whom", [(1,), (1, 2), (1, 2, 3)])
def test_nobody_who_is_committed_or_paid_is_claimed_for_again(struck, whom):
    with pytest.raises(NotNow, match="所选人员中有的不能补充申请"):
        more(struck, *whom)
    paid(struck)
    with pytest.raises(NotNow, match="所选人员中有的不能补充申请"):
        more(struck, *whom)
    assert len(claims(struck)) == 1


def test_the_database_holds_a_person_s_item_to_one_living_line(struck):
    second = more(struck)
    one = struck.training_class.enrolments.get(sequence=1)
    with pytest.raises(IntegrityError, match="line_live_once"), transaction.atomic():
        SubsidyLine.objects.create(subsidy=second, enrolment=one, item="training", amount=Decimal("1200.00"), basis={})
    with pytest.raises(IntegrityError, match="line_live_once"), transaction.atomic():
        SubsidyLine.objects.filter(subsidy=claims(struck)[0], enrolment__sequence=2).update(
            state=LineState.CLAIMED, reason=""
        )


def test_there_is_no_supplementary_claim_where_nobody_can_be_claimed_for(struck):
    case = money.approved_claim(1, school=struck.clerk.organisation)
    with pytest.raises(NotNow, match="没有可以补充申请的人员"):
        more(case)
    with pytest.raises(NotNow, match="请至少选择一名"):
        draw_up(struck.training_class, by=struck.clerk, enrolments=[])
    with pytest.raises(NotAllowed):
        draw_up(struck.training_class, by=struck.first)


def test_limits_and_budget_are_judged_as_always(struck):
    """The budget bears 3,600.00: what another class was promised meanwhile is not there for the supplementary claim."""
    case = money.completed_class(1, school=struck.clerk.organisation).approved()
    assert Budget.objects.get().committed == Decimal("3600.00")
    more(struck)
    struck.take("submit", struck.clerk)
    money.run_jobs(struck.subsidy)
    struck.agreed()
    with struck.over():
        struck.ended()
        with pytest.raises(NotNow, match="资金不足"):
            take(struck.subsidy, "conclude", by=struck.second)
    assert (struck.subsidy.state, case.subsidy.state) == (State.CONCLUDING, State.APPROVED)
    assert Budget.objects.get().committed == Decimal("3600.00")


def test_a_payment_of_the_first_claim_goes_on_while_the_second_is_reviewed(struck):
    more(struck)
    struck.take("submit", struck.clerk)
    first = claims(struck)[0]
    batch = money.draw_up_batch([first], by=struck.finance)
    take(batch, "freeze", by=struck.finance)
    take_result(batch, read_result(batch, money.answers(batch)), by=struck.finance)
    assert struck.stage == Stage.SUBSIDY
    money.run_jobs(struck.subsidy)
    struck.take("refuse", struck.first, reason="确不符合")
    assert struck.stage == Stage.PAID


def test_the_unit_chooses_whom_to_claim_for_in_the_browser_and_by_api(struck, browser):
    tab, new = (reverse(name, args=[struck.training_class.pk]) for name in ("class_subsidy", "subsidy_new"))
    clerk = browser(struck.clerk)
    page = clerk.get(tab).content.decode()
    assert ("建立补充申请" in page, MISTAKE in page) == (True, True)
    assert "建立补充申请" not in browser(struck.first).get(tab).content.decode()
    refused = clerk.post(new, {"supplementary": "1"})
    assert (refused.status_code, "请至少选择一名补充申请的人员" in refused.content.decode()) == (409, True)
    for wrong in ("x", "²", "9" * 4400, "-1"):
        assert clerk.post(new, {"supplementary": "1", "enrolment": wrong}).status_code == 409
    people = {line.enrolment.sequence: line.enrolment_id for line in struck.lines}
    assert clerk.post(new, {"supplementary": "1", "enrolment": [people[1], people[2]]}).status_code == 409
    answer = clerk.post(new, {"supplementary": "1", "enrolment": [people[2]]})
    second = claims(struck)[1]
    assert answer.url == reverse("case", args=["subsidy", second.pk])
    shown = clerk.get(answer.url).content.decode()
    assert ("补充申请" in shown, f"{struck.training_class.number}-B 未予补贴：{MISTAKE}" in shown) == (True, True)
    page = clerk.get(tab).content.decode()
    assert ("此前的申请" in page, "建立补充申请" in page) == (True, False)
    client = APIClient()
    client.force_login(struck.clerk.user)
    path = f"/api/v1/classes/{struck.training_class.pk}/subsidy/"
    assert client.post(path, {"enrolments": ["x"]}, format="json").status_code == 400
    assert (
        client.post(path, {"enrolments": [people[2]]}, format="json").json() | {"id": second.pk, "sequence": 2}
        == client.post(path, {}, format="json").json()
    )


def test_the_lines_of_the_second_claim_lead_back_to_the_first(struck, browser):
    second = more(struck)
    html = browser(struck.clerk).get(reverse("subsidy_line", args=[second.lines.get().pk])).content.decode()
    first = claims(struck)[0]
    assert f'{reverse("case", args=["subsidy", first.pk])}"' in html
    assert browser(struck.first).get(reverse("case", args=["subsidy", first.pk])).status_code == 200
