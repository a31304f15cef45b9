"""Help on a category while the class is filled in, and which other category may fit afterwards (category help;
R-ELG-4).
"""

import pytest
from django.urls import reverse

from eligibility.domain.categories import category_help
from eligibility.engine import documents_for
from eligibility.rules.table import NMG_2020_95
from tests import factories
from tests.casework.conftest import browser
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.models import Opening, Project, TrainingClass

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def clerk():
    return factories.operator(factories.unit())


@pytest.mark.parametrize("category", NMG_2020_95.categories, ids=lambda c: c.code)
def test_every_category_says_in_plain_words_what_is_asked(category):
    found = category_help(category.code)
    assert [line["label"] for line in found["checks"]] == [
        check.label.fill(check.limits).zh for check in category.checks
    ]
    assert len(found["papers"]) == len(documents_for(category))
    assert len(found["columns"]) == len(category.columns)


def test_choosing_a_category_brings_its_piece_of_page_and_nothing_else(browser, clerk):
    piece = browser(clerk).get(
        reverse("category_help"), {"category": "school_leaver", "first_day": "2026-12-01"}, **HTMX
    )
    text = piece.content.decode()
    assert piece.status_code == 200
    assert "<html" not in text
    assert "承诺书" in text
    assert category_help("school_leaver")["checks"][0]["asks"] in text


def test_without_script_the_same_stands_on_a_page_of_its_own(browser, clerk):
    client = browser(clerk)
    assert "<select" in client.get(reverse("category_help")).content.decode()
    text = client.get(reverse("category_help"), {"category": "veteran"}).content.decode()
    assert "<html" in text
    assert "退役军人" in text
    assert client.get(reverse("category_help"), {"category": "astronaut"}).status_code == 404
    assert client.get(reverse("category_help"), {"category": "veteran", "first_day": "someday"}).status_code == 200


def test_nothing_chosen_yet_is_answered_with_a_hint(browser, clerk):
    assert "选择人员类别后" in browser(clerk).get(reverse("category_help"), {"category": ""}, **HTMX).content.decode()


def test_the_class_form_asks_for_the_piece_and_shows_it_for_what_is_already_chosen(browser, registries):
    walk = walks.laid_off_class()
    client = browser(walk.applicant)
    form = client.get(reverse("class_edit", args=[walk.training_class.pk])).content.decode()
    assert f'hx-get="{reverse("category_help")}"' in form
    assert 'data-category="laid_off_unemployed"' in form
    assert (
        'data-category="laid_off_unemployed"'
        in client.get(reverse("class", args=[walk.training_class.pk])).content.decode()
    )
    assert "data-category" not in client.get(reverse("class_new")).content.decode()


def test_a_graduate_registered_as_unemployed_is_pointed_to_the_unemployed(browser, registries):
    walk = walks.laid_off_class(["乌云", "巴特尔"])
    with factories.world_as_it_was():
        Project.objects.update(categories=["graduate_two_years"])
    TrainingClass.objects.update(category="graduate_two_years")
    Opening.objects.update(category="graduate_two_years")
    for person, extra in zip(
        walk.people, ([{"type": "unemployment", "registered_on": "2026-01-10", "division": "150102"}], []), strict=True
    ):
        known = people.job_seeker(person)
        known["records"]["employment"] += extra
        day = walk.training_class.first_day
        known["records"]["graduates"] = [
            {"type": "degree", "school": "示范大学", "level": "本科", "graduated_on": f"{day.year - 1}-07-01"}
        ]
        registries.load([known])
    walk.to_officer()
    first, second = walk.enrolments
    assert first.examination.results["instead"] == [
        {"category": "laid_off_unemployed", "verdict": "eligible", "because": "not_registered_unemployed"}
    ]
    assert "instead" not in second.examination.results
    for membership in (walk.officer, walk.applicant):
        text = browser(membership).get(reverse("case", args=["opening", walk.opening.pk])).content.decode()
        assert text.count("也许适合的其他类别") == 1
        assert "下岗失业人员（符合）" in text
