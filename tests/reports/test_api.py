"""R-RPT-4: the API gives the page's figures, to the people who may see the page."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.domain.tokens import issue_token
from accounts.enums import Role
from tests.factories import member, office, operator, unit
from tests.factories.reports import Spec, make
from tests.reports.conftest import worked_out

pytestmark = pytest.mark.django_db
MARCH = {"year": 2025, "month": 3}


def url(code="A"):
    return reverse("api_report", args=[code])


@pytest.fixture
def token(client):
    """A league auditor's way in."""
    membership = member(office("150100"), Role.AUDITOR)
    return {"Authorization": f"Token {issue_token(membership.user)[0]}"}


def test_the_api_gives_the_figures_of_the_page(client, token):
    make(
        Spec(
            "150102", people=3, completed=date(2025, 3, 20), passed=2, paid=date(2025, 3, 28), amount=Decimal("1500.05")
        ),
        Spec("150103", people=2, approved=date(2025, 1, 3)),
        Spec("150202", people=9),
    )
    answer = client.get(url(), MARCH | {"by": "division"}, headers=token)
    assert answer.status_code == 200
    data, table = answer.json(), worked_out(division="150100", month=3, axis="division")
    assert (data["form"], data["division"], data["year"], data["month"], data["by"]) == (
        "A",
        "150100",
        2025,
        3,
        "division",
    )
    assert [row["code"] for row in data["rows"]] == [row.code for row in table.rows]
    for row in data["rows"]:
        for span in ("month", "year"):
            expected = {c.code: table.cells[row["code"], c.code, span].value for c in table.form.columns}
            assert row[span] == {code: str(v) if isinstance(v, Decimal) else v for code, v in expected.items()}
    total = data["rows"][0]
    assert (total["month"]["started"], total["year"]["started"], total["month"]["subsidised_amount"]) == (
        3,
        5,
        "3000.10",
    )


def test_the_session_opens_the_same_door(client):
    client.force_login(member(office("150102")).user)
    assert client.get(url("C"), MARCH).json()["by"] == "division"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"division": "150200"}, 404),
        ({"division": "999999"}, 404),
        ({"month": 13}, 400),
        ({"year": "x"}, 400),
        ({"year": 2020, "month": 6}, 404),
    ],
)
def test_what_is_not_there_or_not_right_is_a_problem(client, token, values, status):
    answer = client.get(url(), MARCH | values, headers=token)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


def test_a_wrong_filter_is_named_by_its_field(client, token):
    assert list(client.get(url(), MARCH | {"month": 13}, headers=token).json()["errors"]) == ["month"]


def test_an_unknown_form_is_not_found(client, token):
    assert client.get(url("Z"), MARCH, headers=token).status_code == 404


def test_a_school_and_nobody_get_no_figures(client):
    assert client.get(url(), MARCH).status_code == 401
    client.force_login(operator(unit()).user)
    answer = client.get(url(), MARCH)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_figures_are_only_read(client, token):
    assert client.post(url(), MARCH, headers=token).status_code == 405
