"""Several people at once, each in a connection of their own: money is promised, ordered and booked once (R-SUB-5)."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from casework.domain.moves import take
from casework.enums import State
from kit.refusals import NotNow
from subsidies.domain.budgets import set_budget
from subsidies.domain.claims import draw_up
from subsidies.domain.objections import file_objection
from subsidies.domain.payments import draw_up_batch, read_result, take_result
from subsidies.enums import LineState, PaymentState
from subsidies.models import Budget, Objection, PaymentBatch, PaymentPart, Subsidy, SubsidyLine
from subsidies.tasks import end_publicity
from tests import factories
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Start all acts together; what each gave, or the exception it ended with."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = act()
        except Exception as problem:  # noqa: BLE001 - handed to the test
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def refusals(results: list[object]) -> list[str]:
    wrong = [one for one in results if isinstance(one, Exception) and not isinstance(one, NotNow)]
    assert wrong == []
    return [one.sentences[0] for one in results if isinstance(one, NotNow)]


@pytest.fixture
def rules():
    money.standard()


def concluding(*cases):
    for case in cases:
        case.published()
    return cases[0].over()


def test_four_approvals_at_once_cannot_overdraw_a_budget_for_two(rules):
    money.budget("7300.00")
    cases = [money.completed_class() for _ in range(4)]
    with concluding(*cases):
        for case in cases:
            case.ended()
        results = at_once(*[lambda c=case: c.take("conclude", c.second) for case in cases])
    assert len(refusals(results)) == 2
    assert all("资金不足" in sentence for sentence in refusals(results))
    budget = Budget.objects.get()
    assert budget.committed == Decimal("7200.00")
    assert Subsidy.objects.filter(state=State.APPROVED, budget=budget).count() == 2
    assert SubsidyLine.objects.filter(state=LineState.APPROVED).count() == 6


def test_a_double_click_on_the_approval_commits_once(rules):
    money.budget()
    case = money.completed_class()
    with concluding(case):
        case.ended()
        version = case.subsidy.version
        results = at_once(*[lambda: take(case.subsidy, "conclude", by=case.second, expected_version=version)] * 3)
    assert len({step.pk for step in results}) == 1
    assert Budget.objects.get().committed == Decimal("3600.00")


def test_two_classes_approved_at_once_are_not_both_somebody_s_last(rules):
    money.budget()
    project = money.project()
    one = money.completed_class(1, project=project)
    two = money.completed_class(persons=[one.training_class.enrolments.get().person], project=project)
    with concluding(one, two):
        one.ended()
        two.ended()
        results = at_once(*[lambda c=case: c.take("conclude", c.second) for case in (one, two)])
    (sentence,) = refusals(results)
    assert "同一职业同一等级" in sentence
    assert Budget.objects.get().committed == Decimal("1200.00")


def test_two_finance_officers_choosing_the_same_claims_make_one_batch(rules):
    money.budget()
    cases = [money.completed_class().approved() for _ in range(2)]
    other = money.finance()
    claims = [case.subsidy for case in cases]
    results = at_once(
        lambda: draw_up_batch(claims, by=cases[0].finance), lambda: draw_up_batch(list(reversed(claims)), by=other)
    )
    assert len(refusals(results)) == 1
    assert (PaymentBatch.objects.count(), PaymentPart.objects.count()) == (1, 6)
    assert PaymentBatch.objects.get().amount == Decimal("7200.00")


def test_two_finance_officers_with_different_claims_get_two_numbers(rules):
    money.budget()
    cases = [money.completed_class(1).approved() for _ in range(4)]
    results = at_once(*[lambda c=case: draw_up_batch([c.subsidy], by=c.finance) for case in cases])
    assert refusals(results) == []
    assert sorted(batch.number for batch in results) == [f"P150102-2026-00000{n}" for n in (1, 2, 3, 4)]


def test_freezing_and_withdrawing_at_once_end_in_one_of_them(rules):
    money.budget()
    case = money.completed_class().approved()
    batch = draw_up_batch([case.subsidy], by=case.finance)
    again = PaymentBatch.objects.get(pk=batch.pk)
    results = at_once(
        lambda: take(batch, "freeze", by=case.finance),
        lambda: take(again, "withdraw", by=case.finance, reason="选错了"),
    )
    assert len(refusals(results)) == 1
    batch.refresh_from_db()
    frozen = batch.state == State.FROZEN
    assert {line.state for line in case.lines} == {LineState.PAYING if frozen else LineState.APPROVED}
    assert batch.payments.get().state == (PaymentState.PENDING if frozen else PaymentState.CANCELLED)


def test_the_same_answer_uploaded_twice_at_once_is_booked_once(rules):
    money.budget()
    case = money.completed_class().approved()
    batch = money.frozen_batch(case)
    result = read_result(batch, money.answers(batch))
    results = at_once(*[lambda: take_result(batch, result, by=case.finance)] * 3)
    assert refusals(results) == []
    assert sorted(results) == [0, 0, 1]


def test_contradicting_answers_at_once_book_one_and_refuse_the_other(rules):
    money.budget()
    case = money.completed_class().approved()
    batch = money.frozen_batch(case)
    paid, returned = (read_result(batch, money.answers(batch, word)) for word in ("成功", "失败"))
    results = at_once(
        lambda: take_result(batch, paid, by=case.finance), lambda: take_result(batch, returned, by=case.finance)
    )
    assert len(refusals(results)) == 1
    assert len({line.state for line in case.lines}) == 1


def test_an_objection_and_the_approval_at_once_never_leave_an_unheard_objection_behind(rules):
    money.budget()
    case = money.completed_class()
    with concluding(case):
        case.ended()
        publicity = case.subsidy.publicity
        results = at_once(
            lambda: case.take("conclude", case.second), lambda: file_objection(publicity, text="没有上课")
        )
    assert len(refusals(results)) == 1
    approved = case.subsidy.state == State.APPROVED
    assert Objection.objects.count() == (0 if approved else 1)


def test_two_beats_at_once_end_a_publicity_once(rules):
    case = money.completed_class()
    with concluding(case):
        assert refusals(at_once(end_publicity, end_publicity)) == []
    assert case.subsidy.state == State.CONCLUDING
    assert money.Step.objects.filter(kind="subsidy", move="publicity_over").count() == 1
    assert money.Job.objects.filter(task="subsidies.tasks.check_payment").count() == 1


def test_two_clerks_draw_up_one_claim(rules):
    case = money.completed_class()
    colleague = factories.operator(case.clerk.organisation)
    results = at_once(
        lambda: draw_up(case.training_class, by=case.clerk), lambda: draw_up(case.training_class, by=colleague)
    )
    assert len({claim.pk for claim in results}) == 1
    assert SubsidyLine.objects.count() == 3


def test_a_budget_registered_by_two_at_once_is_one_row():
    finance, colleague = money.finance(), money.finance()
    given = {"fund_source": "employment", "year": 2026, "source": "示例"}
    results = at_once(
        lambda: set_budget(amount=Decimal("1.00"), by=finance, **given),
        lambda: set_budget(amount=Decimal("2.00"), by=colleague, **given),
    )
    assert refusals(results) == []
    assert Budget.objects.count() == 1


def test_a_claim_is_taken_up_again_or_another_is_made_not_both_at_once(rules):
    case = money.completed_class(2)
    claim = draw_up(case.training_class, by=case.clerk)
    case.take("drop", case.clerk)
    results = at_once(lambda: take(claim, "resume", by=case.clerk), lambda: draw_up(case.training_class, by=case.clerk))
    refusals(results)
    assert Subsidy.objects.filter(state=State.DRAFT).count() == 1
    assert SubsidyLine.objects.filter(is_live=True).count() == 2
