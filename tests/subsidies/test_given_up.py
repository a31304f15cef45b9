"""A claim given up claims for nobody; it is taken up again, or another is made for the same people, never both
(R-SUB-1).
"""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.domain.findings import search
from casework.enums import State
from casework.models import WorkItem
from kit.refusals import NotNow
from subsidies.domain.claims import claimable, draw_up, refuse_line
from subsidies.enums import LineState
from subsidies.models import Budget, Subsidy, SubsidyLine
from tests.factories import subsidies as money
from training.enums import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    money.standard()
    money.budget("3600.00")
    return money.completed_class(3)


def claims(case) -> list[Subsidy]:
    return list(Subsidy.objects.filter(training_class=case.training_class).order_by("sequence"))


def move(client, claim, name):
    return client.post(reverse("move", args=["subsidy", claim.pk, name]), {"expected_version": claim.version})


def states(claim) -> list[str]:
    return list(claim.lines.order_by("enrolment__sequence").values_list("state", flat=True))


def test_nobody_of_a_claim_given_up_is_claimed_for_any_more(case, browser):
    claim, client = draw_up(case.training_class, by=case.clerk), browser(case.clerk)
    assert move(client, claim, "drop").status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.amount, states(claim), case.stage) == (
        State.WITHDRAWN,
        Decimal("0.00"),
        [LineState.REFUSED] * 3,
        Stage.COMPLETED,
    )
    page = client.get(reverse("case", args=["subsidy", claim.pk])).content.decode()
    assert "申请单位放弃了这次申请" in page
    assert "申请中" not in page
    assert (len(claimable(case.training_class)), search()) == (3, [])
    assert WorkItem.objects.get(kind="subsidy", object_id=claim.pk).amount == Decimal("0.00")


def test_another_claim_is_made_for_the_same_people_and_the_old_one_stays_given_up(case, browser, api):
    client, program = browser(case.clerk), api(case.clerk)
    claim = draw_up(case.training_class, by=case.clerk)
    move(client, claim, "drop")
    offered = client.get(reverse("class_subsidy", args=[case.training_class.pk])).content.decode()
    assert offered.count('name="enrolment"') == 3
    people = [line.enrolment_id for line in case.lines]
    assert (
        client.post(
            reverse("subsidy_new", args=[case.training_class.pk]), {"supplementary": "1", "enrolment": people}
        ).status_code
        == 302
    )
    first, second = claims(case)
    assert (second.number, second.amount) == (f"{case.training_class.number}-B2", Decimal("3600.00"))
    sent = move(client, first, "resume")
    assert (sent.status_code, f"已另有补贴申请{second.number}" in sent.content.decode()) == (409, True)
    answer = program.post(
        f"/api/v1/subsidies/{first.pk}/moves/resume/", {"expected_version": first.version}, format="json"
    )
    assert (answer.status_code, second.number in answer.content.decode()) == (409, True)
    case.take("submit", case.clerk)
    money.run_jobs(case.subsidy)
    case.agreed()
    with case.over():
        case.ended()
        case.take("conclude", case.second)
    assert (states(first), states(second)) == ([LineState.REFUSED] * 3, [LineState.APPROVED] * 3)
    assert Budget.objects.get().committed == Decimal("3600.00")
    assert claimable(case.training_class) == []


def test_taken_up_again_by_program_it_asks_for_the_same_but_for_whom_an_officer_took_out(case, api):
    case.in_review()
    refuse_line(case.line(2), reason="缺勤过多", by=case.first)
    case.take("return", case.first, "请补发票")
    claim, program = case.subsidy, api(case.clerk)
    for name in ("drop", "resume"):
        answer = program.post(
            f"/api/v1/subsidies/{claim.pk}/moves/{name}/", {"expected_version": claim.version}, format="json"
        )
        assert answer.status_code == 200, answer.content
        claim.refresh_from_db()
    assert (claim.number, claim.state, claim.amount) == (
        f"{case.training_class.number}-B",
        State.DRAFT,
        Decimal("2400.00"),
    )
    assert states(claim) == [LineState.CLAIMED, LineState.REFUSED, LineState.CLAIMED]
    assert case.line(2).reason == "缺勤过多"
    assert [worth.enrolment.sequence for worth in claimable(case.training_class)] == [2], (
        "whom the claim asks for is offered to no other"
    )
    with pytest.raises(NotNow):
        case.take("resume", case.clerk)
    case.take("submit", case.clerk)
    money.run_jobs(case.subsidy)
    case.agreed()
    assert (case.subsidy.state, case.stage) == (State.PUBLICITY, Stage.PUBLICITY)


def test_a_supplementary_claim_given_up_leaves_the_paid_ones_alone(case, browser):
    case.in_review()
    refuse_line(case.line(2), reason="误剔除", by=case.first)
    case.agreed()
    with case.over():
        case.ended()
        case.take("conclude", case.second)
    second = draw_up(case.training_class, by=case.clerk)
    move(browser(case.clerk), second, "drop")
    first, second = claims(case)
    assert (states(first), states(second)) == (
        [LineState.APPROVED, LineState.REFUSED, LineState.APPROVED],
        [LineState.REFUSED],
    )
    assert (case.stage, search()) == (Stage.PAYABLE, [])
    third = draw_up(case.training_class, by=case.clerk)
    assert (third.number, states(third)) == (f"{case.training_class.number}-B3", [LineState.CLAIMED])
    assert SubsidyLine.objects.filter(enrolment=case.lines[0].enrolment, is_live=True).count() == 1


@pytest.mark.parametrize("who", ["first", "finance"])
def test_only_the_applicant_gives_up_and_takes_up_again(case, browser, who):
    claim = draw_up(case.training_class, by=case.clerk)
    assert move(browser(getattr(case, who)), claim, "drop").status_code in (403, 404)
    claim.refresh_from_db()
    assert claim.state == State.DRAFT
