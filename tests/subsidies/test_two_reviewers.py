"""待办 of two reviewers: what only the other one may decide is not listed as mine (R-AUT-5, R-SEC-3)."""

import pytest
from django.urls import reverse

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
    first.post(reverse("move", args=["subsidy", case.subsidy.pk, "approve"]), {"expected_version": case.subsidy.version})
    assert WorkItem.objects.get(kind="subsidy").need == "second_review_subsidy"
    assert (todo(first), todo(second)) == ([], [number])


def test_after_the_publicity_the_second_reviewer_or_a_third_concludes_and_not_the_first(browser, case):
    case.published()
    with case.over():
        case.ended()
        third = factories.post(case.first.organisation)
        listed = [todo(browser(seat)) for seat in (case.first, case.second, third)]
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
    rows = [browser(seat).get(door, {"standing": "todo"}).json()["results"] for seat in (case.first, case.second)]
    assert [[row["number"] for row in found] for found in rows] == [[], [case.subsidy.number]]
