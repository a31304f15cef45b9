"""Numbers that are none, in an address, a search or a form: not found or a sentence, never an error of ours."""

import pytest
from django.urls import reverse

from tests.factories import administrator, officer, operator, unit
from tests.factories.casework import submitted

pytestmark = pytest.mark.django_db
NUMBERS = ("²", "٣", "12345678901234567890", "9" * 4400)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "page",
    [
        "classes/%s/",
        "cases/opening/%s/",
        "files/%s/",
        "jobs/%s/",
        "notices/%s/",
        "workdays/%s/",
        "api/v1/openings/%s/",
        "api/v1/checked/trainee/%s/",
        "api/v1/workdays/%s/",
    ],
)
def test_a_number_in_an_address_that_is_none_is_the_address_of_nothing(browser, page, number):
    assert browser(officer()).get("/" + page % number).status_code == 404


@pytest.mark.parametrize("number", NUMBERS)
def test_a_row_of_the_catalogue_that_is_none_is_not_found(browser, number):
    client = browser(administrator("150000"))
    assert client.get(f"/catalogue/projects/{number}/").status_code == 404
    assert client.get(reverse("catalogue_new", args=["projects"]), {"after": number}).status_code == 200


@pytest.mark.parametrize("year", ["0", "0000", "999", "9999999999"])
def test_a_year_that_is_none_is_the_address_of_nothing(browser, year):
    assert browser(officer()).get(f"/workdays/{year}/").status_code == 404


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("page", ["audit", "notices", "overdue", "jobs", "classes"])
def test_a_page_behind_a_number_that_is_none_is_the_first(browser, page, number):
    client = browser(administrator("150100"))
    for asked in (
        {"after": number},
        {"before": number},
        {"page": number},
        {"place": number},
        {"after": f"2026-01-01~{number}"},
    ):
        assert client.get(reverse(page), asked).status_code in {200, 403}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_move_in_a_version_that_is_none_is_not_taken(browser, number):
    registration, _applicant = submitted()
    answer = browser(officer()).post(
        reverse("move", args=["registration", registration.pk, "approve"]),
        {"expected_version": number, "reason": "同意"},
    )
    assert (answer.status_code, "缺少版本号" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("number", NUMBERS)
def test_ticks_that_are_none_choose_nothing(browser, number):
    client = browser(officer())
    assert client.post(reverse("inbox_agree"), {"item": [number]}).status_code == 302
    assert (
        client.post(
            reverse("inbox_agree"), {"confirmed": "1", "case": [f"{number}:{number}", f"1:{number}"]}
        ).status_code
        == 200
    )
    assert client.post(reverse("notices_seen"), {"kind": "opening", "object_id": number}).status_code == 302


@pytest.mark.parametrize("number", NUMBERS)
def test_a_post_that_is_none_cannot_be_taken(browser, number):
    assert browser(operator(unit())).post(reverse("switch_membership"), {"membership": number}).status_code == 404
