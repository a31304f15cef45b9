"""The line of time of a claim, its class and its batch holds every act: objections, payments, corrected bank answers,
papers taken (R-SEC-2).
"""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from casework.domain.files import attach
from subsidies.domain.corrections import propose, settle, take_back
from subsidies.domain.objections import answer_objection, file_objection
from tests import factories
from tests.api.conftest import api
from tests.casework.test_history import told
from tests.factories import subsidies as money
from tests.kit.files import PDF
from tests.subsidies.test_corrections import LATER, SENT_BACK, answered, corrected

__all__ = ["api"]
pytestmark = pytest.mark.django_db
BANK = "银行通知：账户已销户"


@pytest.fixture
def case():
    money.standard()
    money.budget()
    return money.completed_class(3)


def of_all_doors(browser, api, membership, case) -> list[list[tuple[str, str]]]:
    """(what, reason) of every line, by each page and each address that tells the history."""
    pages = [
        reverse("case", args=["subsidy", case.subsidy.pk]),
        reverse("class_history", args=[case.training_class.pk]),
        reverse("subsidy_line", args=[case.lines[0].pk]),
    ]
    doors = [f"/api/v1/subsidies/{case.subsidy.pk}/history/", f"/api/v1/classes/{case.training_class.pk}/history/"]
    by_page = [[(what, reason) for what, _whom, reason in told(browser, membership, page)] for page in pages]
    program = api(membership)
    return by_page + [[(line["what"], line["reason"]) for line in reversed(program.get(door).json())] for door in doors]


def test_objections_and_their_answers(browser, api, case):
    case.published()
    objection = file_objection(case.subsidy.publicity, text="没有上课", contact="13800138000")
    answer_objection(objection, outcome="dismissed", answer="经查考勤属实", by=case.second)
    for lines in of_all_doors(browser, api, case.second, case):
        assert [line for line in lines if line[0] in ("提出异议", "答复异议")] == [
            ("提出异议", ""),
            ("答复异议", "经查考勤属实"),
        ]
    for lines in of_all_doors(browser, api, case.clerk, case):
        assert ("答复异议", "经查考勤属实") in lines


def test_payments_and_corrected_bank_answers_of_this_claim_and_no_other(browser, api, case):
    case.approved()
    other = money.approved_claim(2)
    colleague = factories.member(case.finance.organisation, Role.FINANCE)
    payment = answered(case)
    theirs = answered(other)
    with money.at(LATER):
        take_back(propose(payment, by=case.finance, day=date(2026, 3, 19), **SENT_BACK), by=case.finance)
        settle(
            propose(payment, by=case.finance, day=date(2026, 3, 19), **SENT_BACK),
            agree=False,
            note="与银行核对后再办",
            by=colleague,
        )
        corrected(payment, case, colleague, {**SENT_BACK, "reason": BANK}, date(2026, 3, 20))
        propose(
            theirs,
            by=other.finance,
            day=date(2026, 3, 19),
            **{**SENT_BACK, "bank_reference": "TH0009", "reason": "他人的退汇"},
        )
    acts = {"登记银行回执", "登记更正回执", "更正回执入账", "不同意更正回执", "撤回更正回执"}
    for lines in of_all_doors(browser, api, case.second, case):
        assert {what for what, _reason in lines} >= acts
        assert ("更正回执入账", BANK) in lines or ("登记更正回执", BANK) in lines
        assert "他人的退汇" not in str(lines)
    batch = told(browser, case.finance, reverse("case", args=["paymentbatch", payment.batch_id]))
    assert {line[0] for line in batch} >= acts - {"登记银行回执"}
    for lines in of_all_doors(browser, api, case.clerk, case):
        assert {what for what, _reason in lines} & acts == {"登记银行回执", "更正回执入账"}


def test_a_paper_that_was_taken(browser, api, case):
    case.published()
    paper = attach("subsidy", case.subsidy.pk, "invoice", SimpleUploadedFile("发票.pdf", PDF), by=case.clerk)
    assert browser(case.second).get(reverse("file", args=[paper.pk])).status_code == 200
    for lines in of_all_doors(browser, api, case.second, case):
        assert {what for what, _reason in lines} >= {"上传材料", "下载材料"}
