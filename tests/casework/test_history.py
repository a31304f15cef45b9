"""The line of time holds every act on a case, with who, when, reason and document (R-SEC-2)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.domain.audit import record
from accounts.enums import Department, OrganisationKind
from accounts.models import Event
from casework.domain.moves import take
from eligibility.domain.assistance import answer
from eligibility.domain.letters import issue
from eligibility.domain.overrulings import propose, settle
from eligibility.domain.recognitions import Answered, recognise
from kit.refusals import NotAllowed
from tests import factories
from tests.api.conftest import api
from tests.eligibility.desk import asked, insured_class, paper, shareholders
from tests.factories import eligibility as people
from tests.training import walk as walks
from tests.training.conftest import registries
from tests.training.test_certificate_changes import asked as asked_certificate
from tests.training.test_certificate_changes import walk
from tests.training.test_settled_by_officer import employees
from tests.training.test_settled_by_officer import told as recognised
from training.domain.classes.drafting import update_class
from training.domain.decision.strikes import strike_out

__all__ = ["api", "registries", "walk"]
pytestmark = pytest.mark.django_db
QUERIES = 20


def told(browser, membership, address: str) -> list[tuple[str, str, str]]:
    """(what, whom, reason) of every line, the oldest first."""
    entries = browser(membership).get(address).context["entries"]
    return [
        (entry.step.move if entry.step else entry.what, entry.whom, entry.step.reason if entry.step else entry.reason)
        for entry in reversed(entries)
    ]


def test_what_was_done_between_the_moves_stands_in_the_line_of_time(browser, registries):
    walk = shareholders(registries)
    [first, second, *_others] = asked()
    answer(
        first.subject_kind,
        first.subject_id,
        first.check_code,
        "confirmed",
        by=walk.officer,
        letter="市监函〔2026〕3号",
        note="已注销",
        department="市场监管局",
    )
    strike_out(walk.training_class.enrolments.get(pk=second.subject_id), "经查正在经营", by=walk.officer)
    page = reverse("case", args=["opening", walk.opening.pk])
    lines = told(browser, walk.officer, page)
    assert [line[0] for line in lines][-5:] == ["submit", "checked", "填写协查结果", "人员审核结论有变化", "剔除学员"]
    assert lines[-3][2] == "已注销"
    assert lines[-1] == ("剔除学员", f"{second_name(walk, second)}", "经查正在经营")
    shown = browser(walk.officer).get(page).content.decode()
    assert "市监函〔2026〕3号" in shown
    assert "剔除 1 人" in shown
    history = told(browser, walk.officer, reverse("class_history", args=[walk.training_class.pk]))
    assert {("填写协查结果", "已注销"), ("剔除学员", "经查正在经营")} <= {
        (what, reason) for what, _whom, reason in history
    }


def second_name(walk, row) -> str:
    enrolment = walk.training_class.enrolments.select_related("person").get(pk=row.subject_id)
    return f"{enrolment.sequence}号 {enrolment.person.name}"


def test_an_overruling_stands_there_with_its_reason_and_never_for_the_unit(browser, registries):
    walk = insured_class(registries)
    enrolment = walk.enrolments[1]
    propose("enrolment", enrolment.pk, failing(enrolment), "劳动关系已解除，单位未停保", paper(), by=walk.officer)
    page = reverse("case", args=["opening", walk.opening.pk])
    assert ("提出推翻比对结果", "劳动关系已解除，单位未停保") in [
        (line[0], line[2]) for line in told(browser, walk.officer, page)
    ]
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
    for membership in (walk.officer, walk.applicant):
        assert "修改班次" in [line[0] for line in told(browser, membership, page)]


def test_a_recognition_of_the_employer_and_a_letter_stand_in_every_class_they_concern(browser, registries, api):
    walk = employees(registries, "emp_distressed")
    walk.to_officer()
    recognise("enrolment", walk.enrolments[0].pk, recognised(walk, note="列入名单"), by=walk.officer)
    page = reverse("case", args=["opening", walk.opening.pk])
    assert ("登记困难企业认定", "列入名单") in [(line[0], line[2]) for line in told(browser, walk.officer, page)]
    history = api(walk.officer).get(f"/api/v1/openings/{walk.opening.pk}/history/").json()
    line = next(one for one in history if one["what"] == "登记困难企业认定")
    assert {"label": "复函文号", "text": "工信〔2026〕3号"} in line["details"]
    assert "登记困难企业认定" not in [one[0] for one in told(browser, walk.applicant, page)]
    other = shareholders(registries, ["乌云"])
    issue(asked(), by=other.officer)
    lines = [one[0] for one in told(browser, other.officer, reverse("case", args=["opening", other.opening.pk]))]
    assert ("出具协查函" in lines, "登记困难企业认定" in lines) == (True, False)


def test_a_certificate_change_stands_with_its_edits_and_moves(browser, registries, walk):
    change = asked_certificate(walk)
    take(change, "approve", by=walk.officer)
    completion = walk.extra["completion"]
    for page in (
        reverse("case", args=["completion", completion.pk]),
        reverse("class_history", args=[walk.training_class.pk]),
    ):
        lines = [one[0] for one in told(browser, walk.officer, page)]
        assert {"建立证书更正", "更正证书"} <= set(lines), lines


def test_who_may_not_answer_for_another_and_tried_stands_on_record(browser, registries, api):
    walk = shareholders(registries, ["乌云"])
    (question,) = asked()
    market = factories.member(factories.office("150102", OrganisationKind.INDUSTRY, department=Department.MARKET))
    browser(market).post(reverse("asked_answer"), {"row": [question.pk], "answer": "refuted", "letter": "市监函1号"})
    said = {"answer": "confirmed", "note": "电话核实"}
    assert browser(walk.officer).post(reverse("assistance_answer", args=[question.pk]), said).status_code == 409
    door = f"/api/v1/enrolments/{question.subject_id}/assistances/{question.check_code}/"
    assert api(walk.officer).post(door, said).status_code == 409
    assert api(walk.applicant).post(door, said).status_code == 403
    assert browser(walk.officer).post(reverse("assistances_batch"), {"row": [question.pk], **said}).status_code == 409
    tried = list(Event.objects.filter(act="assistance.refused").order_by("pk"))
    assert [(one.membership, one.subject_kind, one.subject_id, one.data["answer"]) for one in tried] == [
        (membership, "enrolment", question.subject_id, "confirmed")
        for membership in (walk.officer, walk.officer, walk.applicant, walk.officer)
    ]
    assert "只能由该部门更正" in tried[0].reason
    lines = told(browser, walk.officer, reverse("case", args=["opening", walk.opening.pk]))
    assert [line[0] for line in lines].count("拒收协查结果") == 4
    assert (
        not Event.objects.filter(act="assistance.answered", subject_id=question.subject_id)
        .exclude(membership=market)
        .exists()
    )
    browser(walk.officer).post(reverse("assistance_answer", args=[question.pk]), {"answer": ""})
    assert Event.objects.filter(act="assistance.refused").count() == 4, "what is only missing in a form is no attempt"


def test_nobody_agrees_to_his_own_proposal_or_recognises_for_another_place_unseen(registries):
    walk = insured_class(registries)
    enrolment = walk.enrolments[1]
    proposed = propose("enrolment", enrolment.pk, failing(enrolment), "劳动关系已解除", paper(), by=walk.officer)
    with pytest.raises(NotAllowed):
        settle(proposed, agree=True, by=walk.officer)
    with pytest.raises(NotAllowed):
        recognise("enrolment", enrolment.pk, Answered("refuted", department="工信局", letter="1号"), by=walk.applicant)
    assert [(one.act, one.membership) for one in Event.objects.filter(act__endswith=".refused").order_by("pk")] == [
        ("overruling.refused", walk.officer),
        ("recognition.refused", walk.applicant),
    ]


def test_a_long_line_of_time_is_folded_and_nothing_is_left_out(browser, registries, api):
    walk = shareholders(registries, ["乌云"])
    for number in range(40):
        record("class.edited", by=walk.applicant, on=walk.training_class, reason=f"第{number:02d}次")
    page = reverse("case", args=["opening", walk.opening.pk])
    shown = browser(walk.officer).get(page)
    count, html = len(shown.context["entries"]), shown.content.decode()
    newest, between = html.split('<details class="fold mb-2">')[:2]
    folded, first = between.split("</details>")[:2]
    assert [newest.count(f"第{n:02d}次") for n in (39, 20, 19)] == [1, 1, 0]
    assert [folded.count(f"第{n:02d}次") for n in (39, 20, 19, 0)] == [0, 0, 1, 1]
    assert all(html.count(f"第{n:02d}次") == 1 for n in range(40))
    assert f"展开其间 {count - 21} 条记录" in folded
    assert first.count("story-act") + first.count("tone-line-") == 1
    assert len(api(walk.officer).get(f"/api/v1/openings/{walk.opening.pk}/history/").json()) == count


def test_the_page_asks_once_for_all_acts(browser, registries, django_assert_max_num_queries):
    walk = shareholders(registries)
    client, page = browser(walk.officer), reverse("case", args=["opening", walk.opening.pk])
    client.get(page)
    with django_assert_max_num_queries(QUERIES):
        client.get(page)
    for row in asked():
        answer(
            row.subject_kind,
            row.subject_id,
            row.check_code,
            "confirmed",
            by=walk.officer,
            letter="函1号",
            note="",
            department="市场监管局",
        )
    with django_assert_max_num_queries(QUERIES):
        client.get(page)
