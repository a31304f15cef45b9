"""Budgets of a fund, division and year that approvals cannot overdraw (R-SUB-5)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.urls import reverse

from accounts.enums import OrganisationKind
from accounts.models import Event
from casework.domain.moves import take
from casework.enums import State
from kit.refusals import NotAllowed, NotNow, Overtaken
from subsidies.domain.budgets import set_budget
from subsidies.models import Budget, Subsidy
from tests import factories
from tests.factories import subsidies as money
from training.enums import FundSource

pytestmark = pytest.mark.django_db


def concluded(case, by=None):
    with case.over():
        case.ended()
        case.take("conclude", by or case.second)


def test_approval_commits_exactly_the_amount_and_names_the_budget():
    money.standard("1234.57")
    own = money.budget("5000.00")
    money.budget("5000.00", fund=FundSource.UPSKILLING)
    money.budget("5000.00", code="150103")
    money.budget("5000.00", year=2025)
    case = money.completed_class().published()
    concluded(case)
    assert case.subsidy.budget == own
    assert (
        list(Budget.objects.order_by("pk").values_list("committed", flat=True))
        == [Decimal("3703.71")] + [Decimal("0.00")] * 3
    )
    assert Event.objects.get(act="subsidy.conclude").data["budget"] == own.pk


def test_without_a_budget_nothing_is_approved():
    money.standard()
    money.budget(fund=FundSource.UPSKILLING)
    case = money.completed_class().published()
    with pytest.raises(NotNow, match="2026年本地没有“就业补助资金”的预算，请财务先登记预算"):
        concluded(case)
    assert case.subsidy.state == State.CONCLUDING


def test_the_last_fen_can_be_committed_and_not_one_more():
    money.standard()
    money.budget("7199.99")
    one, two = money.completed_class().published(), money.completed_class().published()
    concluded(one)
    with pytest.raises(NotNow, match=r"资金不足：预算余额3,599\.99元，本次3,600\.00元"):
        concluded(two)
    Budget.objects.update(amount=Decimal("7200.00"))
    with two.over():
        two.take("conclude", two.second)
    assert Budget.objects.get().committed == Decimal("7200.00")


def test_what_is_committed_is_always_the_sum_of_the_approved_claims():
    for people in (1, 2, 3):
        money.approved_claim(people)
    budget = Budget.objects.get()
    assert (
        budget.committed
        == Subsidy.objects.filter(budget=budget).aggregate(sum=Sum("amount"))["sum"]
        == Decimal("7200.00")
    )


def test_a_claim_is_approved_and_committed_once():
    case = money.completed_class()
    money.standard()
    money.budget()
    case.published()
    with case.over():
        case.ended()
        version = case.subsidy.version
        step = take(case.subsidy, "conclude", by=case.second, expected_version=version)
        assert take(case.subsidy, "conclude", by=case.second, expected_version=version) == step
        colleague = factories.member(case.second.organisation)
        with pytest.raises(Overtaken, match="已由"):
            take(case.subsidy, "conclude", by=colleague, expected_version=version)
    assert Budget.objects.get().committed == Decimal("3600.00")


def test_a_person_subsidised_elsewhere_meanwhile_blocks_the_approval():
    """Both claims were right when they were submitted; the second to be approved is somebody's second of the same
    occupation.
    """
    money.standard()
    money.budget()
    money.budget(code="150202")
    project = money.project()
    one = money.completed_class(1, project=project).published()
    two = money.completed_class(persons=[one.line(1).enrolment.person], code="150202", project=project).published()
    concluded(one)
    with pytest.raises(
        NotNow, match=f"1号 .*同一职业同一等级已享受过补贴（班次{one.training_class.number}）。请剔除此人"
    ):
        concluded(two)


def test_the_database_refuses_to_overdraw_and_to_approve_without_a_budget():
    money.standard()
    case = money.completed_class().published()
    money.budget("100.00")
    with pytest.raises(IntegrityError, match="budget_not_overdrawn"), transaction.atomic():
        Budget.objects.update(committed=Decimal("100.01"))
    with pytest.raises(IntegrityError, match="subsidy_committed_iff_approved"), transaction.atomic():
        Subsidy.objects.filter(pk=case.subsidy.pk).update(state=State.APPROVED, decided_at="2026-03-16T00:00Z")


def test_finance_registers_and_raises_its_own_budget_on_record():
    finance = money.finance()
    given = {"fund_source": FundSource.EMPLOYMENT, "year": 2026, "by": finance}
    set_budget(amount=Decimal("1000.00"), source="呼财社〔2026〕1号", **given)
    budget = set_budget(amount=Decimal("2000.00"), source="呼财社〔2026〕9号", **given)
    assert (Budget.objects.get(), budget.division_id, budget.amount) == (budget, "150102", Decimal("2000.00"))
    events = Event.objects.filter(act="budget.set").order_by("number")
    assert [event.data["changed"] for event in events] == [
        {"amount": ["", "1000.00"], "source": ["", "呼财社〔2026〕1号"]},
        {"amount": ["1000.00", "2000.00"], "source": ["呼财社〔2026〕1号", "呼财社〔2026〕9号"]},
    ]


def test_a_budget_never_falls_below_what_is_committed():
    case = money.approved_claim()
    with pytest.raises(NotNow, match=r"已承付3,600\.00元"):
        set_budget(fund_source="employment", year=2026, amount=Decimal("3599.99"), source="调减", by=case.finance)
    assert Budget.objects.get().amount == Decimal("100000.00")
    set_budget(fund_source="employment", year=2026, amount=Decimal("3600.00"), source="调减", by=case.finance)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"fund_source": "other"}, "没有这项资金来源"),
        ({"year": 1999}, "年度应在2019到2100之间"),
        ({"amount": Decimal(-1)}, "预算金额不能为负"),
        ({"source": " "}, "请写明预算的文号或依据"),
    ],
)
def test_an_unfit_budget_is_refused_with_a_sentence(wrong, sentence):
    values = {"fund_source": "employment", "year": 2026, "amount": Decimal("1.00"), "source": "示例"} | wrong
    with pytest.raises(NotNow, match=sentence):
        set_budget(by=money.finance(), **values)
    assert not Budget.objects.exists()


def test_only_finance_registers_budgets():
    officer = factories.officer()
    for other in (
        officer,
        factories.operator(factories.unit()),
        factories.member(officer.organisation, "auditor"),
        factories.member(factories.office("150102", OrganisationKind.FINANCE), "auditor"),
    ):
        with pytest.raises(NotAllowed):
            set_budget(fund_source="employment", year=2026, amount=Decimal("1.00"), source="示例", by=other)


def test_budgets_are_listed_by_year_then_place_then_the_order_of_the_funds(browser):
    for code, fund, year in (
        ("150102", FundSource.UNEMPLOYMENT_INSURANCE, 2026),
        ("150102", FundSource.EMPLOYMENT, 2026),
        ("150100", FundSource.EMPLOYMENT, 2026),
        ("150102", FundSource.UPSKILLING, 2026),
        ("150102", FundSource.EMPLOYMENT, 2025),
    ):
        factories.division(code)
        money.budget(code=code, fund=fund, year=year)
    shown = browser(money.finance("150100")).get(reverse("budgets")).context["budgets"]
    assert [(row.year, row.division_id, row.fund_source) for row in shown] == [
        (2026, "150100", "employment"),
        (2026, "150102", "upskilling"),
        (2026, "150102", "employment"),
        (2026, "150102", "unemployment_insurance"),
        (2025, "150102", "employment"),
    ]
