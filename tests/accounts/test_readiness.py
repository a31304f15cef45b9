"""开通准备: the list tells what is there as it is, goes with what is removed, and is for the region's administrators."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.domain.readiness import first_obstacle, readiness
from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, RemitGroupGrant
from casework.models import Parameter, Reason, RouteStep
from subsidies.models import Budget, Standard
from tests import factories
from training.enums import FundSource
from training.models import Project

pytestmark = pytest.mark.django_db


def missing(code: str) -> list[str]:
    return next(standing.missing for standing in readiness() if standing.check.code == code)


@pytest.fixture
def browser():
    """A client acting in a membership."""

    def of(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client

    return of


def one_complete_place() -> None:
    """新城区 with two officers, finance and all grants; its league files."""
    factories.officer("150102")
    factories.member(factories.office("150102"))
    factories.member(factories.office("150102", OrganisationKind.FINANCE), Role.FINANCE)
    factories.officer("150100")


def test_one_banner_with_its_people_and_grants_is_enough_to_open():
    assert "还没有一个旗县区" in missing("one_place")[0]
    one_complete_place()
    assert missing("one_place") == []
    RemitGroupGrant.objects.filter(permission__codename="second_review_subsidy").delete()
    assert "还没有一个旗县区" in missing("one_place")[0]
    assert any("补贴复审" in sentence for sentence in missing("grants"))


def test_one_officer_alone_cannot_carry_a_class_as_two_people_review_its_subsidy():
    one_complete_place()
    Membership.objects.filter(role=Role.OFFICER, organisation__division="150102").last().delete()
    assert "要有两名审核人员" in missing("one_place")[0]


def test_finance_that_has_left_is_missed():
    one_complete_place()
    Membership.objects.filter(role=Role.FINANCE).update(until=timezone.localdate())
    assert "还没有一个旗县区" in missing("one_place")[0]
    assert any("新城区" in sentence for sentence in missing("staff"))


@pytest.mark.parametrize(
    ("code", "remove", "said"),
    [
        ("numbers", lambda: Parameter.objects.filter(code="publicity_workdays"), "公示工作日"),
        ("routes", lambda: RouteStep.objects.filter(kind="subsidy"), "补贴"),
        ("reasons", lambda: Reason.objects.filter(move="strike"), "剔除"),
    ],
)
def test_what_is_ended_today_is_named(code, remove, said):
    assert missing(code) == []
    rows = remove()
    rows.update(until=timezone.localdate())
    assert [said in sentence for sentence in missing(code)] == [True]


def test_an_example_standard_is_no_standard():
    row = {"amount": "800.00", "since": "2020-07-01", "source": "示例标准"}
    Standard.objects.create(project_code="A-1", is_example=True, **row)
    assert "示例标准只供试用" in missing("standards")[0]
    assert missing("example_standards") == ["补贴标准还是示例：A-1。"]
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    Standard.objects.create(project_code="A-2", **row | {"since": tomorrow})
    assert missing("standards") == []  # what is published and begins later counts


def test_places_that_pay_without_a_budget_of_the_year_are_named():
    one_complete_place()
    year = timezone.localdate().year
    assert f"{year}年还没有登记任何资金预算" in missing("budgets")[0]
    fund = {"fund_source": FundSource.EMPLOYMENT, "amount": "1.00", "source": "x"}
    Budget.objects.create(division_id="150103", year=year, **fund)
    assert missing("budgets") == [f"{year}年没有登记预算的地区：新城区。"]
    Budget.objects.create(division_id="150102", year=year, **fund)
    assert missing("budgets") == []


def test_categories_without_a_project_are_named():
    Project.objects.all().delete()
    assert "项目目录是空的" in missing("projects")[0]


def test_a_registry_whose_address_is_shut_is_named(settings):
    settings.REGISTRY_URL = "http://127.0.0.1:9"
    assert "http://127.0.0.1:9 连接不上" in missing("registries")[0]


def test_the_page_and_the_home_of_the_regions_administrator_say_it_and_link_to_the_cure(browser):
    region, league = factories.administrator("150000"), factories.administrator("150100")
    page = browser(region).get(reverse("readiness")).content.decode()
    assert f'href="{reverse("coverage")}"' in page
    assert "还没有一个旗县区" in page
    home = browser(region).get(reverse("home")).content.decode()
    assert str(first_obstacle().missing[0]) in home
    assert reverse("readiness") in home
    for address in ("home", "users"):
        assert reverse("readiness") not in browser(league).get(reverse(address)).content.decode()
    assert browser(league).get(reverse("readiness")).status_code == 403
