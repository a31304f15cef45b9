"""R-RPT-1, R-RPT-7, R-LVL-2: the pages of the forms, who may see them, and the people behind each number."""

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from tests.factories import administrator, member, office, officer, operator, unit
from tests.factories.reports import Spec, make

pytestmark = pytest.mark.django_db
MARCH = {"year": 2025, "month": 3}
CELL = {**MARCH, "by": "category", "row": "total", "column": "started", "span": "month"}


def form_url(code="A"):
    return reverse("form", args=[code])


def cell_url(code="A"):
    return reverse("cell", args=[code])


def text_of(response):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.fixture
def league(client):
    """A league officer looking on."""
    membership = member(office("150100"))
    client.force_login(membership.user)
    return membership


@pytest.mark.parametrize(
    "membership",
    [
        lambda: officer(),
        lambda: administrator(),
        lambda: member(office(kind=OrganisationKind.FINANCE), Role.FINANCE),
        lambda: member(office(), Role.INSPECTOR),
        lambda: member(office(), Role.AUDITOR),
    ],
)
def test_offices_see_the_forms_of_their_place(client, membership):
    client.force_login(membership().user)
    for url in (reverse("reports"), form_url(), form_url("C"), cell_url() + "?row=total&column=started&span=month"):
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize(
    "kind", [OrganisationKind.INSTITUTION, OrganisationKind.ENTERPRISE, OrganisationKind.ASSESSMENT]
)
def test_units_see_no_figures_and_nobody_behind_them(client, kind):
    make(Spec(people=2))
    client.force_login(operator(unit(kind=kind)).user)
    for url in (reverse("reports"), form_url(), cell_url()):
        assert client.get(url, CELL).status_code == 403, url


def test_nobody_is_sent_to_the_login(client):
    for url in (reverse("reports"), form_url(), cell_url()):
        response = client.get(url, CELL)
        assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login")), url


@pytest.mark.parametrize(
    ("membership", "asked"),
    [("150102", "150100"), ("150102", "150103"), ("150100", "150202"), ("150700", "150781"), ("150100", "150000")],
)
def test_a_place_outside_the_scope_is_not_found(client, membership, asked):
    client.force_login(member(office(membership)).user)
    assert client.get(form_url(), MARCH | {"division": asked}).status_code == 404
    assert client.get(cell_url(), CELL | {"division": asked}).status_code == 404


def test_a_banner_officer_sees_no_person_of_another_banner(client):
    here, there = make(Spec("150102", people=2), Spec("150103", people=2))
    client.force_login(officer("150102").user)
    page = client.get(cell_url(), CELL).content.decode()
    assert all(e.person.name in page for e in here.enrolments)
    assert not any(e.person.name in page for e in there.enrolments)


def test_an_industry_department_sees_the_people_it_decided_about_only(client):
    own, others = make(Spec(people=2, department="emergency"), Spec(people=3))
    client.force_login(member(office("150102", OrganisationKind.INDUSTRY, department="emergency")).user)
    page = client.get(cell_url(), CELL).content.decode()
    assert all(e.person.name in page for e in own.enrolments)
    assert not any(e.person.name in page for e in others.enrolments)


def test_each_number_opens_as_many_people_as_it_says(client, league):
    make(
        Spec(
            "150102",
            people=3,
            completed=date(2025, 3, 20),
            passed=2,
            certified=1,
            paid=date(2025, 3, 25),
            amount=Decimal("1500.05"),
        ),
        Spec("150103", category="emp_upskill", people=4, approved=date(2025, 1, 8)),
    )
    page = client.get(form_url(), MARCH | {"by": "category", "detail": "on"}).content.decode()
    links = {
        html.unescape(url): shown for url, shown in re.findall(rf'<a href="({cell_url()}[^"]+)">([^<]+)</a>', page)
    }
    assert len(links) > 30
    for url, shown in links.items():
        cell = client.get(url)
        assert f"<b>{shown}</b>" in cell.content.decode(), url
        rows = len(re.findall(r'<th scope="row"', cell.content.decode()))
        assert "." in shown or rows == int(shown), url


def test_the_list_shows_the_name_and_masks_the_number(client, league):
    (one,) = make(Spec(people=2))
    page = client.get(cell_url(), CELL).content.decode()
    for enrolment in one.enrolments:
        assert enrolment.person.name in page
        assert enrolment.person.masked_number in page
        assert enrolment.person.number not in page
    assert one.training_class.number in page


def test_amounts_of_a_cell_add_up_to_it(client, league):
    made = make(
        *(
            Spec(people=2, completed=date(2025, 3, 12), passed=2, paid=date(2025, 3, 20), amount=Decimal("0.05") + n)
            for n in range(3)
        )
    )
    page = text_of(client.get(cell_url(), CELL | {"column": "subsidised_amount"}))
    assert "6.30 补贴金额（元）" in page
    assert sum(one.spec.amount * 2 for one in made) == Decimal("6.30")


def test_a_person_twice_in_training_is_two_times_but_one_person(client, league):
    first, second = make(Spec(people=1), Spec(people=1))
    second.enrolments[0].person = first.enrolments[0].person
    second.enrolments[0].save(update_fields=["person"])
    page = text_of(client.get(cell_url(), CELL))
    assert "2 实际培训人次" in page
    assert "1 人数" in page


def test_long_lists_are_paged_and_no_page_repeats_anybody(client, league):
    (one,) = make(Spec(people=60))
    seen = [
        re.findall(
            r'<th scope="row" class="lead">([^<]+)</th>', client.get(cell_url(), CELL | {"page": page}).content.decode()
        )
        for page in (1, 2)
    ]
    assert [len(page) for page in seen] == [50, 10]
    assert set(seen[0]) | set(seen[1]) == {e.person.name for e in one.enrolments}


@pytest.mark.parametrize(
    "wrong",
    [
        {"row": "division:150202"},
        {"column": "pass_rate"},
        {"column": "nothing"},
        {"span": "decade"},
        {"by": "sideways"},
        {"year": "19x"},
    ],
)
def test_a_cell_that_is_not_there_is_not_found(client, league, wrong):
    assert client.get(cell_url(), CELL | wrong).status_code == 404


@pytest.mark.parametrize("wrong", [{"month": "13"}, {"year": "2019"}, {"year": "zz"}, {"by": "sideways"}])
def test_a_wrong_filter_is_named(client, league, wrong):
    response = client.get(form_url(), MARCH | wrong)
    assert response.status_code == 400
    assert "有几处需要修改" in response.content.decode()


@pytest.mark.parametrize("asked", [{"year": 2020, "month": 6}, {"by": "category"}])
def test_a_form_that_is_not_there_is_not_found(client, league, asked):
    assert client.get(form_url("Z"), MARCH).status_code == 404
    assert client.get(form_url("C"), MARCH | asked).status_code == 404


def test_without_filters_the_form_is_this_month_of_ones_own_place(client, league):
    today = timezone.localdate()
    make(Spec("150102", people=2, approved=today), Spec("150202", people=3, approved=today))
    response = client.get(form_url())
    assert response.context["question"].asked.division.pk == "150100"
    assert response.context["question"].table.cells["total", "started", "month"].value == 2


def test_the_region_opens_a_league_and_the_league_its_banners(client):
    make(Spec("150102", people=2), Spec("150781", people=3))
    client.force_login(member(office("150000")).user)
    region = client.get(form_url(), MARCH | {"by": "division"}).content.decode()
    league_link = html.unescape(
        re.search(rf'<a href="({form_url()}\?[^"]*division=150100[^"]*)">呼和浩特市</a>', region)[1]
    )
    league_page = client.get(league_link).content.decode()
    assert "新城区" in league_page
    assert "满洲里市" not in re.sub(r"<option.*?</option>", "", league_page)
    assert "新城区" not in re.sub(r"<option.*?</option>", "", region)
    unfolded = client.get(form_url(), MARCH | {"by": "division", "banners": "on"}).content.decode()
    assert re.sub(r"<option.*?</option>", "", unfolded).count(">满洲里市</a>") == 1


@pytest.mark.parametrize("how_many", [1, 40])
def test_pages_ask_as_often_for_one_class_as_for_many(client, league, how_many):
    make(*(Spec(people=2) for _ in range(how_many)))
    counts = []
    for url, values in ((form_url(), MARCH), (cell_url(), CELL)):
        client.get(url, values)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url, values).status_code == 200
        counts.append(len(queries))
    assert counts == [13, 9]
