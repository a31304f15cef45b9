"""The line of time holds every act on a case, with who, when, reason and document (R-SEC-2)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from casework.domain.moves import take
from eligibility.domain.assistance import answer
from eligibility.domain.overrulings import propose
from tests.eligibility.desk import asked, insured_class, paper, shareholders
from tests.factories import eligibility as people
from tests.training import walk as walks
from tests.training.conftest import registries
from training.domain.classes import update_class
from training.domain.strikes import strike_out

__all__ = ["registries"]
pytestmark = pytest.mark.django_db
QUERIES = 19


def told(browser, seat, address: str) -> list[tuple[str, str, str]]:
    """(what, whom, reason) of every line, the oldest first."""
    entries = browser(seat).get(address).context["entries"]
    return [(entry.step.move if entry.step else entry.what, entry.whom, entry.step.reason if entry.step else entry.reason) for entry in reversed(entries)]


def test_what_was_done_between_the_moves_stands_in_the_line_of_time(browser, registries):
    walk = shareholders(registries)
    [first, second, *_others] = asked()
    answer(first.subject_kind, first.subject_id, first.check_code, "confirmed", by=walk.officer, letter="市监函〔2026〕3号", note="已注销", department="市场监管局")
    strike_out(walk.training_class.enrolments.get(pk=second.subject_id), "经查正在经营", by=walk.officer)
    page = reverse("case", args=["opening", walk.opening.pk])
    lines = told(browser, walk.officer, page)
    assert [line[0] for line in lines][-4:] == ["submit", "checked", "填写协查结果", "剔除学员"]
    assert lines[-2][2] == "已注销"
    assert lines[-1] == ("剔除学员", f"{second_name(walk, second)}", "经查正在经营")
    shown = browser(walk.officer).get(page).content.decode()
    assert "市监函〔2026〕3号" in shown
    assert "剔除 1 人" in shown
    history = told(browser, walk.officer, reverse("class_history", args=[walk.training_class.pk]))
    assert {("填写协查结果", "已注销"), ("剔除学员", "经查正在经营")} <= {(what, reason) for what, _whom, reason in history}


def second_name(walk, row) -> str:
    enrolment = walk.training_class.enrolments.select_related("person").get(pk=row.subject_id)
    return f"{enrolment.sequence}号 {enrolment.person.name}"


def test_an_overruling_stands_there_with_its_reason_and_never_for_the_unit(browser, registries):
    walk = insured_class(registries)
    enrolment = walk.enrolments[1]
    propose("enrolment", enrolment.pk, failing(enrolment), "劳动关系已解除，单位未停保", paper(), by=walk.officer)
    page = reverse("case", args=["opening", walk.opening.pk])
    assert ("提出推翻比对结果", "劳动关系已解除，单位未停保") in [(line[0], line[2]) for line in told(browser, walk.officer, page)]
    unit = told(browser, walk.applicant, page)
    assert not any("推翻" in line[0] for line in unit)


def failing(enrolment) -> str:
    """The check a registry fails this person on."""
    return next(r["code"] for r in enrolment.examination.results["results"] if r["outcome"] == "fail")


def test_changes_between_two_submissions_are_told_to_both_sides(browser, registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    take(walk.opening, "return", by=walk.officer, reason="计划人数不符", expected_version=walk.opening.version)
    update_class(walk.training_class, by=walk.applicant, planned_people=3)
    page = reverse("case", args=["opening", walk.opening.pk])
    for seat in (walk.officer, walk.applicant):
        assert "修改班次" in [line[0] for line in told(browser, seat, page)]


def test_the_page_asks_once_for_all_acts(browser, registries, django_assert_max_num_queries):
    walk = shareholders(registries)
    client, page = browser(walk.officer), reverse("case", args=["opening", walk.opening.pk])
    client.get(page)
    with django_assert_max_num_queries(QUERIES):
        client.get(page)
    for row in asked():
        answer(row.subject_kind, row.subject_id, row.check_code, "confirmed", by=walk.officer, letter="函1号", note="", department="市场监管局")
    with django_assert_max_num_queries(QUERIES):
        client.get(page)
