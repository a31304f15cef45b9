"""R-ELG-5: nobody speaks for a department: its answer is changed by itself or set aside by two officers, and the
evidence names who answered.
"""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.enums import Department, OrganisationKind
from accounts.models import Event
from casework.models import Attachment, Notice
from eligibility.domain.assistance import Reply, answer, answer_many
from eligibility.domain.examine import results_of
from eligibility.domain.overrulings import propose, settle
from eligibility.engine.judgement import Result
from eligibility.enums import Answer, Verdict
from eligibility.models import Assistance
from kit.refusals import NotNow, Refused
from tests import factories
from tests.eligibility.desk import asked, paper, shareholders

pytestmark = pytest.mark.django_db
CHECK = "not_in_business"


@pytest.fixture
def walk(registries):
    return shareholders(registries, ["乌云"])


@pytest.fixture
def market():
    office = factories.office("150102", OrganisationKind.INDUSTRY, department=Department.MARKET)
    return factories.member(office, full_name="其木格")


@pytest.fixture
def refuted(walk, market, browser):
    """The department has answered 不属实 at its own desk."""
    (question,) = asked()
    answered = browser(market).post(
        reverse("asked_answer"), {"row": [question.pk], "answer": "refuted", "letter": "市监函〔2026〕9号"}
    )
    assert answered.status_code == 302
    assert walk.enrolments[0].verdict == Verdict.INELIGIBLE
    return walk


def result_of(walk) -> Result:
    """What is kept are references; the words are made from the rule table when it is read."""
    (result,) = (one for one in results_of(walk.enrolments[0].examination) if one.code == CHECK)
    return result


def by_page(walk, question) -> str:
    client = Client()
    client.force_login(walk.officer.user)
    sent = client.post(reverse("assistance_answer", args=[question.pk]), {"answer": "confirmed", "note": "电话核实"})
    assert sent.status_code in {400, 409}
    return sent.content.decode()


def by_api(walk, question) -> str:
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(walk.officer.user)[0]}")
    sent = program.post(
        f"/api/v1/enrolments/{question.subject_id}/assistances/{CHECK}/",
        {"answer": "confirmed", "note": "电话核实"},
        format="json",
    )
    assert sent.status_code in {400, 409}
    return sent.content.decode()


def by_many(walk, question) -> str:
    outcome = answer_many(
        [Reply(("enrolment", question.subject_id, CHECK), "confirmed", note="电话核实")], by=walk.officer
    )
    assert (outcome.taken, len(outcome.refused)) == (0, 1)
    return outcome.refused[0]


def by_domain(walk, question) -> str:
    with pytest.raises(Refused) as refused:
        answer(
            "enrolment",
            question.subject_id,
            CHECK,
            "cannot_say",
            by=walk.officer,
            note="电话核实",
            department="市场监督管理",
        )
    return str(refused.value)


@pytest.mark.parametrize("door", [by_page, by_api, by_many, by_domain])
def test_the_deciding_officer_does_not_answer_for_the_department(refuted, door):
    (question,) = asked()
    said = door(refuted, question)
    assert "其木格" in said or "只能由该部门更正" in said
    (question,) = asked()
    assert (question.answer, question.answered_by.user.full_name) == (Answer.REFUTED, "其木格")
    assert refuted.enrolments[0].verdict == Verdict.INELIGIBLE


def test_the_database_keeps_a_departments_answer_too(refuted):
    for change in (
        {"answer": "confirmed"},
        {"answered_by": refuted.officer},
        {"letter": "编的"},
        {"by_department": False},
        {"answer": "open", "by_department": False},
    ):
        with pytest.raises(IntegrityError, match="nobody else"), transaction.atomic():
            Assistance.objects.update(**{"answered_by": refuted.officer} | change)
    assert Event.objects.filter(act="guard.refused").count() == 5


def test_another_department_does_not_change_it_either(refuted):
    civil = factories.member(factories.office("150102", OrganisationKind.INDUSTRY, department=Department.CIVIL))
    (question,) = asked()
    client = Client()
    client.force_login(civil.user)
    assert (
        client.post(reverse("asked_correct", args=[question.pk]), {"answer": "confirmed", "letter": "1号"}).status_code
        == 404
    )


def test_the_department_mends_its_own_answer_and_the_office_is_told(refuted, market, browser):
    (question,) = asked()
    Notice.objects.all().delete()
    client = browser(market)
    url = reverse("asked_correct", args=[question.pk])
    assert client.post(url, {"answer": "confirmed"}).status_code == 400
    assert client.post(url, {"answer": "", "letter": "1号"}).status_code == 400
    colleague = factories.member(market.organisation, full_name="巴图")
    sent = browser(colleague).post(
        url, {"answer": "confirmed", "letter": "市监函〔2026〕12号", "file": paper("更正函.pdf")}
    )
    assert sent.status_code == 302
    assert refuted.enrolments[0].verdict == Verdict.ELIGIBLE
    assert result_of(refuted).sentence_zh.endswith(f"（由巴图（{market.organisation.name}）凭市监函〔2026〕12号核实）")
    assert Notice.objects.filter(organisation=refuted.officer.organisation).count() == 1
    assert Attachment.objects.filter(name="更正函.pdf").count() == 1
    assert Event.objects.filter(act="assistance.answered").order_by("pk").last().data["before"] == "refuted"


def test_two_officers_set_it_aside_with_reason_and_file_and_it_is_shown_so(refuted, browser):
    subject = refuted.enrolments[0].pk
    proposed = propose("enrolment", subject, CHECK, "企业已注销，登记未更新", paper(), by=refuted.officer)
    assert refuted.enrolments[0].verdict == Verdict.INELIGIBLE
    second = factories.member(refuted.officer.organisation, full_name="同事")
    settle(proposed, agree=True, by=second)
    assert refuted.enrolments[0].verdict == Verdict.ELIGIBLE
    result = result_of(refuted)
    assert (result.outcome, result.overruled, result.overruling["agreed_by"]) == ("fail", True, str(second))
    assert "其木格" in result.sentence_zh
    (question,) = asked()
    assert (question.answer, question.answered_by.user.full_name) == (Answer.REFUTED, "其木格")


def test_a_new_answer_of_the_department_is_not_covered_by_the_old_overruling(refuted, market):
    proposed = propose("enrolment", refuted.enrolments[0].pk, CHECK, "企业已注销", paper(), by=refuted.officer)
    settle(proposed, agree=True, by=factories.member(refuted.officer.organisation))
    (question,) = asked()
    answer("enrolment", question.subject_id, CHECK, "refuted", by=market, letter="市监函〔2026〕20号")
    assert refuted.enrolments[0].verdict == Verdict.INELIGIBLE


def test_the_evidence_names_the_officer_where_an_officer_answered(walk):
    (question,) = asked()
    answer(
        "enrolment",
        question.subject_id,
        CHECK,
        "confirmed",
        by=walk.officer,
        letter="市监函〔2026〕3号",
        department="市场监督管理局",
    )
    assert result_of(walk).sentence_zh.endswith(f"（由{walk.officer}凭市监函〔2026〕3号核实）")
    assert result_of(walk).evidence[-1]["own"] is False
    with pytest.raises(NotNow):
        propose("enrolment", question.subject_id, CHECK, "x", paper(), by=walk.officer)
    answer("enrolment", question.subject_id, CHECK, "refuted", by=walk.officer, note="电话核实")
    assert result_of(walk).sentence_zh.endswith(f"（由{walk.officer}凭电话核实核实）")
    (question,) = asked()
    assert question.department == ""
    with pytest.raises(NotNow, match="请更正协查结果"):
        propose("enrolment", question.subject_id, CHECK, "x", paper(), by=walk.officer)


def test_what_the_department_cannot_say_the_office_may_settle_in_its_own_name(walk, market):
    (question,) = asked()
    answer("enrolment", question.subject_id, CHECK, "cannot_say", by=market, note="查无此人")
    answer("enrolment", question.subject_id, CHECK, "confirmed", by=walk.officer, letter="现场核查记录1号")
    assert walk.enrolments[0].verdict == Verdict.ELIGIBLE
    assert result_of(walk).sentence_zh.endswith(f"（由{walk.officer}凭现场核查记录1号核实）")
    (question,) = asked()
    assert (question.department, question.by_department) == ("", False)


def test_the_page_offers_the_officer_no_form_for_a_departments_answer(refuted, browser):
    page = browser(refuted.officer).get(reverse("case", args=["opening", refuted.opening.pk])).content.decode()
    assert "该部门用本部门账户答复" in page
    assert "更改协查结果" not in page
