"""审批表: people, amount in capitals, every opinion; read by whoever may see the claim (R-SUB-5)."""

import pytest
from django.urls import reverse

from accounts.enums import OrganisationKind
from tests import factories
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    money.standard("1234.50")
    money.budget()
    return money.completed_class(2)


def sheet(case) -> str:
    return reverse("subsidy_approval", args=[case.subsidy.pk])


def test_an_approved_claim_has_figures_capitals_and_four_opinions(browser, case):
    case.approved()
    page = browser(case.second).get(sheet(case))
    html = page.content.decode()
    assert "2,469.00 元" in html
    assert "贰仟肆佰陆拾玖元整" in html
    assert [(str(one.title), one.step.move) for one in page.context["opinions"]] == [
        ("申请单位", "submit"),
        ("初审意见", "approve"),
        ("复审意见", "approve"),
        ("批准拨付", "conclude"),
    ]
    assert all(membership.user.full_name in html for membership in (case.clerk, case.first, case.second))
    assert case.line(1).enrolment.person.number not in html
    assert "data-digest" in html


def test_boxes_not_yet_filled_are_left_for_the_pen(browser, case):
    case.in_review()
    page = browser(case.first).get(sheet(case))
    assert [bool(one.step) for one in page.context["opinions"]] == [True, False, False, False]
    assert page.content.decode().count("尚未办理") == 3


def test_who_was_taken_out_is_not_on_the_sheet(browser, case):
    case.in_review()
    browser(case.first).post(
        reverse("subsidy_line_refuse", args=[case.line(2).pk]), {"reason": "证书不符", "confirmed": "1"}
    )
    page = browser(case.first).get(sheet(case))
    assert page.context["people"] == 1
    assert case.line(2).enrolment.person.name not in page.content.decode()


def test_a_claim_not_handed_in_has_no_sheet_yet(browser, case):
    clerk = browser(case.clerk)
    clerk.post(reverse("subsidy_new", args=[case.training_class.pk]))
    assert clerk.get(sheet(case)).status_code == 409


def test_the_sheet_is_read_by_those_who_see_the_claim(browser, client, case):
    case.in_review()
    department = factories.member(factories.office("150102", OrganisationKind.INDUSTRY, department="energy"))
    memberships = (
        case.clerk,
        case.first,
        case.finance,
        factories.officer("150103"),
        factories.operator(factories.unit()),
        department,
    )
    assert [browser(membership).get(sheet(case)).status_code for membership in memberships] == [
        200,
        200,
        200,
        404,
        404,
        404,
    ]
    assert client.get(sheet(case)).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_sheet_costs_the_same_for_one_and_for_three(browser, django_assert_max_num_queries, count):
    money.standard()
    case = money.completed_class(count).in_review()
    client = browser(case.first)
    client.get(sheet(case))
    with django_assert_max_num_queries(12):
        client.get(sheet(case))
