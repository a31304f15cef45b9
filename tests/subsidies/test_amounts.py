"""What a passed trainee is worth (R-SUB-1, R-SUB-3)."""

from datetime import date
from decimal import Decimal

import pytest

from casework.models import Parameter
from subsidies.domain.amounts import standard_for, work_out
from subsidies.domain.payments import read_result, take_result
from subsidies.enums import Item, LineState
from subsidies.models import Subsidy, SubsidyLine
from tests.factories import eligibility as people
from tests.factories import subsidies as money
from training.models import Enrolment, Occupation

pytestmark = pytest.mark.django_db


def worth(case, sequence: int = 1):
    return next(one for one in work_out(case.training_class) if one.enrolment.sequence == sequence)


def subsidised(person, *, code="150102", first_day=date(2026, 1, 5), state=LineState.APPROVED, **fields):
    """Another class for which this person was subsidised."""
    other = money.completed_class(code=code, first_day=first_day, persons=[person], **fields)
    claim = Subsidy.objects.create(
        number=f"{other.training_class.number}-B",
        division=other.training_class.division,
        applicant=other.clerk.organisation,
        training_class=other.training_class,
        fund_source="employment",
        payee=other.clerk.organisation,
        amount=Decimal("900.00"),
    )
    line = SubsidyLine(
        subsidy=claim,
        enrolment=other.training_class.enrolments.get(),
        item=Item.TRAINING,
        amount=Decimal("900.00"),
        basis={},
        state=state,
        reason="不符合" if state == LineState.REFUSED else "",
    )
    line.save()
    return other.training_class


def test_amount_is_the_standard_in_force_on_the_first_day():
    money.standard("1000.00", since=date(2020, 7, 1), until=date(2026, 2, 2))
    money.standard("1200.00", since=date(2026, 2, 2), until=date(2026, 2, 3))
    money.standard("1500.00", since=date(2026, 2, 3))
    case = money.completed_class()
    assert [one.amount for one in work_out(case.training_class)] == [Decimal("1200.00")] * 3
    assert worth(case).basis["formula"] == "1,200.00 × 100% = 1,200.00"
    assert worth(case).basis["source"] == "示例标准"


@pytest.mark.parametrize(
    ("first_day", "amount"),
    [(date(2026, 2, 1), "1000.00"), (date(2026, 2, 2), "1200.00"), (date(2026, 2, 3), "1500.00")],
)
def test_the_day_before_and_the_day_after_a_change_have_their_own_standard(first_day, amount):
    money.standard("1000.00", until=date(2026, 2, 2))
    money.standard("1200.00", since=date(2026, 2, 2), until=date(2026, 2, 3))
    money.standard("1500.00", since=date(2026, 2, 3))
    assert standard_for(money.completed_class(first_day=first_day).training_class).amount == Decimal(amount)


def test_the_row_that_names_most_of_the_class_wins():
    occupation = Occupation.objects.order_by("code").first()
    case = money.completed_class(project=money.project(code="YYY-5", occupation=occupation, level=5))
    rows = [
        {},
        {"training_type": "employment_skills"},
        {"category": "laid_off_unemployed"},
        {"category": "laid_off_unemployed", "training_type": "employment_skills"},
        {"level": 5},
        {"occupation": occupation.pk},
        {"occupation": occupation.pk, "level": 5},
        {"project_code": "YYY-5"},
        {"project_code": "YYY-5", "category": "laid_off_unemployed"},
    ]
    for place, fields in enumerate(rows, start=1):
        money.standard(f"{place}00.00", **fields)
        assert standard_for(case.training_class).amount == Decimal(f"{place}00.00"), fields


@pytest.mark.parametrize(
    "fields",
    [
        {"project_code": "OTHER"},
        {"occupation": "9-99-99-99"},
        {"level": 1},
        {"training_type": "siyb_gyb"},
        {"category": "veteran"},
        {"hours_from": 41},
        {"item": Item.LIVING},
    ],
)
def test_a_standard_for_something_else_does_not_count(fields):
    money.standard(**fields)
    assert standard_for(money.completed_class().training_class) is None


def test_more_lesson_hours_are_worth_their_own_standard():
    for hours, amount in ((0, "600.00"), (40, "900.00"), (80, "1800.00")):
        money.standard(amount, hours_from=hours)
    assert standard_for(money.completed_class().training_class).amount == Decimal("900.00")


def test_without_a_standard_everyone_is_told_so():
    case = money.completed_class()
    assert {(one.amount, one.refusal) for one in work_out(case.training_class)} == {
        (Decimal("0.00"), "开班日没有适用的补贴标准，请先由自治区公布标准。")
    }


def test_who_did_not_pass_gets_nothing():
    money.standard()
    case = money.completed_class()
    Enrolment.objects.filter(sequence=2).update(result="fail", certificate_number="")
    assert [one.refusal for one in work_out(case.training_class)] == ["", "结业成绩不是合格，不予补贴。", ""]


def test_a_certificate_is_demanded_where_the_project_demands_one():
    money.standard(without_certificate_percent=60)
    case = money.completed_class()
    Enrolment.objects.filter(sequence=2).update(certificate_number="")
    assert worth(case, 2).refusal == "本项目须取得证书，此人没有证书编号。"


def test_without_a_certificate_the_standard_pays_its_percentage_to_the_fen():
    money.standard("1234.55", without_certificate_percent=33)
    case = money.completed_class(project=money.project(certificate_required=False))
    Enrolment.objects.filter(sequence=2).update(certificate_number="", certificate_verified=False)
    assert [one.amount for one in work_out(case.training_class)] == [
        Decimal("1234.55"),
        Decimal("407.40"),
        Decimal("1234.55"),
    ]


def test_a_number_that_was_typed_and_nobody_confirmed_is_worth_the_share_without_a_certificate():
    """900.30 × 75 % = 675.225, half up to the fen each: 675.23 twice is 1,350.46."""
    money.standard("900.30", without_certificate_percent=75)
    case = money.completed_class(2, project=money.project(certificate_required=False))
    Enrolment.objects.update(certificate_verified=False)
    assert [one.amount for one in work_out(case.training_class)] == [Decimal("675.23"), Decimal("675.23")]


def test_half_a_fen_is_rounded_up_and_not_to_the_even_one():
    money.standard("0.05", without_certificate_percent=50)
    case = money.completed_class(project=money.project(certificate_required=False))
    Enrolment.objects.update(certificate_number="", certificate_verified=False)
    assert worth(case).amount == Decimal("0.03")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"without_certificate_percent": 0}, "按适用的标准，没有取得证书的不予补贴。"),
        ({"amount": Decimal("0.00")}, "适用的补贴标准为零元。"),
    ],
)
def test_nothing_worth_nothing_is_claimed(fields, refusal):
    money.standard(**{"amount": "800.00"} | fields)
    case = money.completed_class(1, project=money.project(certificate_required=False))
    Enrolment.objects.update(certificate_number="", certificate_verified=False)
    assert worth(case).refusal == refusal


def test_a_struck_out_trainee_is_not_among_the_lines():
    money.standard()
    case = money.completed_class()
    Enrolment.objects.filter(sequence=3).update(
        struck_out_at="2026-01-30T00:00Z", struck_out_by=case.first, strike_reason="重复报名"
    )
    assert [one.enrolment.sequence for one in work_out(case.training_class)] == [1, 2]


# ── three a year, the same only once (R-SUB-3)
# ──────────────────────────────────────────────────────────────────────────


def other_project(n):
    return money.project(code=f"OTHER-{n}", occupation=Occupation.objects.order_by("code")[n])


def test_a_fourth_training_in_a_year_is_not_subsidised_wherever_the_three_were():
    money.standard()
    person = people.person("巴特尔")
    numbers = [
        subsidised(person, code=code, project=other_project(n), first_day=date(2026, 1, n + 5)).number
        for n, code in enumerate(("150102", "150202", "150781"), start=1)
    ]
    case = money.completed_class(persons=[person])
    assert (worth(case).refusal, worth(case).basis["elsewhere"]) == ("2026年已享受3次补贴（每年最多3次）。", numbers)


def test_the_third_training_in_a_year_is_subsidised():
    money.standard()
    person = people.person("巴特尔")
    for n in (1, 2):
        subsidised(person, project=other_project(n))
    case = money.completed_class(persons=[person])
    assert worth(case).refusal == ""
    assert worth(case).basis["taken_this_year"] == 2


def test_trainings_of_another_year_do_not_count_for_this_one():
    money.standard()
    person = people.person("巴特尔")
    for n in (1, 2, 3):
        subsidised(person, project=other_project(n), first_day=date(2025, 12, 31 - n))
    case = money.completed_class(persons=[person])
    assert worth(case).refusal == ""
    assert worth(case).basis["taken_this_year"] == 0


@pytest.mark.parametrize(
    ("state", "refused"), [(LineState.CLAIMED, False), (LineState.REFUSED, False), (LineState.APPROVED, True)]
)
def test_what_counts_is_what_was_approved(state, refused):
    money.standard()
    person = people.person("巴特尔")
    for n in (1, 2, 3):
        subsidised(person, project=other_project(n), state=state)
    assert bool(worth(money.completed_class(persons=[person])).refusal) is refused


def test_a_payment_the_bank_returned_still_counts():
    money.standard()
    case = money.approved_claim(1)
    person = case.line(1).enrolment.person
    batch = money.frozen_batch(case)
    take_result(batch, read_result(batch, money.answers(batch, "失败")), by=case.finance)
    assert case.line(1).state == LineState.RETURNED
    again = money.completed_class(persons=[person], project=case.training_class.project)
    assert worth(again).refusal == "同一职业同一等级已享受过补贴。"
    assert worth(again).basis["elsewhere"] == [case.training_class.number]


def test_the_limit_is_the_place_s_own_where_it_set_one():
    money.standard()
    Parameter.objects.create(
        code="trainings_a_year", division_id="150100", value=1, since=date(2024, 1, 1), source="示例"
    )
    person = people.person("巴特尔")
    subsidised(person, code="150202", project=other_project(1))
    assert worth(money.completed_class(persons=[person])).refusal == "2026年已享受1次补贴（每年最多1次）。"
    assert worth(money.completed_class(code="150203", persons=[person])).refusal == ""


def test_the_same_occupation_at_the_same_level_is_subsidised_once_in_a_life():
    money.standard()
    person, occupation = people.person("巴特尔"), Occupation.objects.order_by("code").first()
    subsidised(person, code="150202", first_day=date(2023, 5, 8), project=money.project(occupation=occupation, level=5))
    case = money.completed_class(persons=[person], project=money.project(occupation=occupation, level=5))
    assert worth(case).refusal == "同一职业同一等级已享受过补贴。"
    higher = money.completed_class(persons=[person], project=money.project(occupation=occupation, level=4))
    assert worth(higher).refusal == ""


def test_syb_is_subsidised_once_though_it_names_no_occupation_also_by_its_successor():
    money.standard()
    person, syb = (
        people.person("巴特尔"),
        {"code": "SYB", "name": "创办你的企业", "level": None, "training_type": "entrepreneurship"},
    )
    first = money.project(occupation=None, until=date(2026, 1, 1), **syb)
    subsidised(person, project=first, first_day=date(2025, 5, 12))
    says = "同一培训项目已享受过补贴。"
    assert worth(money.completed_class(persons=[person], project=first, first_day=date(2025, 9, 8))).refusal == says
    follows = money.project(occupation=None, since=date(2026, 1, 1), until=date(2026, 3, 1), **syb)
    assert worth(money.completed_class(persons=[person], project=follows, first_day=date(2026, 2, 23))).refusal == says
    named = money.project(occupation=Occupation.objects.order_by("code").first(), since=date(2026, 3, 1), **syb)
    assert worth(money.completed_class(persons=[person], project=named)).refusal == says
    other = money.project(occupation=None, **syb | {"code": "GYB", "name": "产生你的企业想法"})
    assert worth(money.completed_class(persons=[person], project=other)).refusal == ""


def test_trainings_without_an_occupation_are_not_taken_for_the_same():
    money.standard()
    person = people.person("巴特尔")
    subsidised(person, project=money.project(occupation=None, level=None))
    assert (
        worth(money.completed_class(persons=[person], project=money.project(occupation=None, level=None))).refusal == ""
    )


@pytest.mark.parametrize("how_many", [1, 3])
def test_a_roster_costs_four_queries_however_long(how_many, django_assert_num_queries):
    money.standard()
    case = money.completed_class(how_many)
    training_class = (
        type(case.training_class).objects.select_related("project", "division").get(pk=case.training_class.pk)
    )
    with django_assert_num_queries(4):
        work_out(training_class)
