"""Of an opening, too, nobody agrees to another list or other verdicts than the page showed (R-OPN-5, R-SEC-4)."""

import pytest
from django.urls import reverse

from eligibility.enums import Verdict
from tests import factories
from tests.eligibility.desk import asked, insured_class, shareholders
from tests.subsidies.test_outdated_decisions import CHANGED, agreed, drawn_for
from training.domain.decision.strikes import strike_out
from training.domain.verification.verify import rejudge
from training.models import Enrolment

pytestmark = pytest.mark.django_db


def test_a_trainee_struck_from_an_opening_by_a_colleague(browser, registries):
    walk = insured_class(registries)
    colleague = factories.member(walk.officer.organisation)
    drawn = drawn_for(browser, colleague, walk.opening)
    strike_out(walk.enrolments[1], "已参保", by=walk.officer)
    answer = agreed(browser, colleague, walk.opening, drawn)
    assert (answer.status_code, CHANGED in answer.content.decode()) == (409, True)
    assert agreed(browser, colleague, walk.opening, drawn_for(browser, colleague, walk.opening)).status_code == 302


def test_an_answer_that_changes_a_verdict_outdates_the_page_and_one_that_changes_none_does_not(browser, registries):
    walk = shareholders(registries, ["乌云"])
    drawn = drawn_for(browser, walk.officer, walk.opening)
    assert rejudge([walk.enrolments[0].pk]) == 0
    assert drawn_for(browser, walk.officer, walk.opening) == drawn
    (question,) = asked()
    answered = browser(walk.officer).post(
        reverse("assistance_answer", args=[question.pk]),
        {"answer": "confirmed", "letter": "市监函1号", "note": "没有经营", "version": question.version},
    )
    assert (answered.status_code, Enrolment.objects.get(pk=walk.enrolments[0].pk).verdict) == (302, Verdict.ELIGIBLE)
    answer = agreed(browser, walk.officer, walk.opening, drawn)
    assert (
        answer.status_code,
        CHANGED in answer.content.decode(),
        "人员审核结论有变化" in answer.content.decode(),
    ) == (409, True, True)
    assert walk.opening.state == "in_review"
