"""What becomes known when two records turn out to be one person (R-SUB-3, R-SEC-2)."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.enums import Act
from casework.domain.moves import take
from eligibility.domain.corrections import draft, entered_by
from subsidies.models import SubsidyLine
from tests import factories
from tests.factories import eligibility as people
from tests.factories import subsidies as money
from tests.factories.guards import as_the_owner

pytestmark = pytest.mark.django_db


def seen_by(membership, correction) -> str:
    client = Client()
    client.force_login(membership.user)
    return client.get(reverse("case", args=["correction", correction.pk])).text


def test_a_subsidy_taken_twice_for_one_project_stands_on_the_decision_page_and_stays_after_agreeing():
    shared, one, other = money.project(), people.person("乌云"), people.person("乌云")
    first = money.approved_claim(persons=[one], project=shared)
    second = money.approved_claim(persons=[other], project=shared)
    keeper = factories.officer(acts=(Act.MAINTAIN_PERSONS,))
    correction = draft(
        entered_by(first.clerk, "enrolment", first.training_class.enrolments.get().pk),
        "",
        other.number,
        "看错了",
        by=first.clerk,
    )
    take(correction, "submit", by=first.clerk)
    page = seen_by(keeper, correction)
    assert "合并后属于重复享受" in page
    assert second.training_class.number in page
    assert "重复享受" not in seen_by(first.clerk, correction)
    take(correction, "approve", by=keeper)
    assert SubsidyLine.objects.filter(enrolment__person=other, state="approved").count() == 2


def test_two_projects_bring_up_nothing():
    one, other = people.person("乌云"), people.person("乌云")
    first = money.approved_claim(persons=[one], project=money.project())
    money.approved_claim(persons=[other], project=money.project())
    correction = draft(
        entered_by(first.clerk, "enrolment", first.training_class.enrolments.get().pk),
        "",
        other.number,
        "看错了",
        by=first.clerk,
    )
    take(correction, "submit", by=first.clerk)
    keeper = factories.officer(acts=(Act.MAINTAIN_PERSONS,))
    page = seen_by(keeper, correction)
    assert "新号码已有一份记录" in page
    assert "重复享受" not in page


@pytest.fixture
def again():
    """A class of one school with somebody who had the same subsidy at another school."""
    person, shared = people.person("乌云"), money.project()
    first = money.approved_claim(persons=[person], project=shared)
    second = money.completed_class(
        persons=[person, people.person("巴特尔")], project=shared, school=factories.unit("150102", name="另一所学校")
    )
    return first.training_class.number, second.in_review()


def test_the_unit_reads_why_somebody_gets_nothing_and_not_at_which_school_the_person_was(again, browser, api):
    number, case = again
    line = case.line(1)
    pages = [
        reverse("case", args=["subsidy", case.subsidy.pk]),
        reverse("subsidy_line", args=[line.pk]),
        reverse("class_subsidy", args=[case.training_class.pk]),
    ]
    for page in pages:
        unit, office = (browser(membership).get(page).content.decode() for membership in (case.clerk, case.first))
        assert ("已享受过补贴" in unit, number in unit) == (True, False), page
        assert ("已享受过补贴" in office, number in office) == (True, True), page
    for path in (f"/api/v1/subsidies/{case.subsidy.pk}/lines/", reverse("api_line", args=[line.pk])):
        unit, office = (api(membership).get(path) for membership in (case.clerk, case.first))
        assert (unit.status_code, "已享受过补贴" in unit.text, number in unit.text) == (200, True, False)
        assert number in office.text


def test_nor_does_it_in_the_draft_or_when_it_asks_for_a_supplementary_claim(again, browser):
    number, case = again
    case.take("return", case.first, "请核对")
    client = browser(case.clerk)
    assert number not in client.get(reverse("case", args=["subsidy", case.subsidy.pk])).text
    case.take("submit", case.clerk)
    money.run_jobs(case.subsidy)
    case.take("refuse", case.first, "资料不全")
    page = client.get(reverse("class_subsidy", args=[case.training_class.pk])).text
    assert ("补充申请" in page, number in page) == (True, False)
    asked = client.post(
        reverse("subsidy_new", args=[case.training_class.pk]),
        {"supplementary": "1", "enrolment": case.line(1).enrolment_id},
    )
    assert (asked.status_code, number in asked.text) == (409, False)


@pytest.mark.parametrize(
    ("said", "says", "classes"),
    [
        (
            "同一职业同一等级已在班次150202-2026-000007享受过补贴。",
            "同一职业同一等级已享受过补贴。",
            ["150202-2026-000007"],
        ),
        (
            "2026年已享受2次补贴（每年最多2次）：150102-2026-000001、150202-2026-000007。",
            "2026年已享受2次补贴（每年最多2次）。",
            ["150102-2026-000001", "150202-2026-000007"],
        ),
        (
            "A subsidy for the same occupation and level was already received in class 150202-2026-000007.",
            "A subsidy for the same occupation and level was already received.",
            ["150202-2026-000007"],
        ),
        (
            "Subsidies already received in 2026: 1, at most 1 a year (150202-2026-000007).",
            "Subsidies already received in 2026: 1, at most 1 a year.",
            ["150202-2026-000007"],
        ),
        ("结业成绩不是合格，不予补贴。", "结业成绩不是合格，不予补贴。", []),
    ],
)
def test_reasons_given_before_say_no_class_either_after_the_upgrade(said, says, classes):
    assert import_module("subsidies.migrations.0015_insert_guarded").without_classes(said) == (says, classes)


def test_the_upgrade_takes_the_class_out_of_a_reason_on_record(again):
    number, case = again
    line = case.line(1)
    old = f"同一职业同一等级已在班次{number}享受过补贴。"
    as_the_owner(
        "subsidies_subsidyline",
        f"UPDATE subsidies_subsidyline SET reason = '{old}', basis = '{{\"refusal\": \"{old}\"}}' WHERE id = {line.pk}",
    )
    with connection.cursor() as cursor:
        import_module("subsidies.migrations.0015_insert_guarded").say_no_class(apps, cursor)
    line.refresh_from_db()
    assert (line.reason, line.basis) == (
        "同一职业同一等级已享受过补贴。",
        {"refusal": "同一职业同一等级已享受过补贴。", "elsewhere": [number]},
    )
