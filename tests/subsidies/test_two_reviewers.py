"""待办 of two reviewers: what only the other one may decide is not listed as mine (R-AUT-5, R-SEC-3)."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.domain.memberships import open_membership
from accounts.enums import Role
from casework.domain.inbox import inbox
from casework.enums import Standing
from casework.models import WorkItem
from tests import factories
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db
TODO = reverse("inbox", args=["todo"])


@pytest.fixture
def case():
    money.standard()
    money.budget()
    return money.completed_class(1)


def todo(client) -> list[str]:
    """What the inbox lists; the home page shows the same, and the menu counts it."""
    page = client.get(TODO)
    home = client.get(reverse("home"))
    listed = [item.number for item in page.context["page"].rows]
    assert [item.number for item in home.context["items"]] == listed
    assert home.context["frame"].todo == page.context["frame"].todo == len(listed)
    return listed


def test_the_second_review_is_not_to_do_for_who_did_the_first(browser, case):
    case.in_review()
    first, second = browser(case.first), browser(case.second)
    number = case.subsidy.number
    assert (todo(first), todo(second)) == ([number], [number])
    first.post(
        reverse("move", args=["subsidy", case.subsidy.pk, "approve"]), {"expected_version": case.subsidy.version}
    )
    assert WorkItem.objects.get(kind="subsidy").need == "second_review_subsidy"
    assert (todo(first), todo(second)) == ([], [number])


def test_after_the_publicity_the_second_reviewer_or_a_third_concludes_and_not_the_first(browser, case):
    case.published()
    with case.over():
        case.ended()
        third = factories.member(case.first.organisation)
        listed = [todo(browser(membership)) for membership in (case.first, case.second, third)]
    assert listed == [[], [case.subsidy.number], [case.subsidy.number]]


def test_the_first_reviewer_is_free_again_once_the_claim_was_returned_and_handed_in_anew(browser, case):
    case.in_review()
    case.take("approve", case.first)
    case.take("return", case.second, "请补充发票")
    case.take("submit", case.clerk)
    money.run_jobs(case.subsidy)
    assert todo(browser(case.first)) == todo(browser(case.second)) == [case.subsidy.number]


def test_the_interface_for_programs_lists_the_same(browser, case):
    case.in_review()
    case.take("approve", case.first)
    door = reverse("api_inbox")
    rows = [
        browser(membership).get(door, {"standing": "todo"}).json()["results"]
        for membership in (case.first, case.second)
    ]
    assert [[row["number"] for row in found] for found in rows] == [[], [case.subsidy.number]]


# ── 在办 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def under_way(client) -> list[str]:
    return [item.number for item in client.get(reverse("inbox", args=["waiting"])).context["page"].rows]


def test_what_waits_for_the_second_reviewer_is_under_way_for_the_first_only(browser, case):
    case.in_review()
    first, second = browser(case.first), browser(case.second)
    assert (under_way(first), under_way(second)) == ([], [])
    case.take("approve", case.first)
    assert (under_way(first), under_way(second)) == ([case.subsidy.number], [])
    page = first.get(reverse("inbox", args=["waiting"])).content.decode()
    assert reverse("case", args=["subsidy", case.subsidy.pk]) in page
    assert [row["number"] for row in first.get(reverse("api_inbox"), {"standing": "waiting"}).json()["results"]] == [
        case.subsidy.number
    ]
    case.take("approve", case.second)
    listed = [under_way(browser(membership)) for membership in (case.first, case.second)]
    assert listed == [[case.subsidy.number]] * 2, "published, it waits for nobody's decision: once in the list"


def test_after_the_publicity_it_stays_under_way_for_the_first_until_it_is_decided(browser, case):
    case.published()
    with case.over():
        case.ended()
        assert [under_way(browser(membership)) for membership in (case.first, case.second)] == [
            [case.subsidy.number],
            [],
        ]


def test_a_case_the_league_decides_is_under_way_for_the_banners_reviewer(browser, case):
    case.in_review()
    case.take("approve", case.first)
    league = factories.officer("150100")
    WorkItem.objects.filter(kind="subsidy").update(desk=league.organisation)
    assert under_way(browser(case.first)) == [case.subsidy.number]
    assert under_way(browser(factories.officer("150103"))) == []


def test_a_post_elsewhere_of_the_same_person_does_not_see_it(case):
    case.in_review()
    case.take("approve", case.first)
    elsewhere = open_membership(
        case.first.user, organisation=factories.office("150103"), role=Role.OFFICER, by=None, since=date(2020, 1, 1)
    )
    assert not inbox(elsewhere, Standing.WAITING).exists()
    assert inbox(case.first, Standing.WAITING).count() == 1
