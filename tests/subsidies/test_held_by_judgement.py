"""Whoever is not judged eligible any more is not paid for, however far the money had come, until officers have settled
it (R-ELG-3, R-SUB-5).
"""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from casework.domain.moves import take
from casework.enums import State
from casework.models import Notice
from eligibility.domain.overrulings import propose, settle
from eligibility.enums import Verdict
from kit.refusals import NotNow
from subsidies.domain.claims import refuse_line
from subsidies.domain.payments import draw_up_batch
from subsidies.enums import LineState
from subsidies.models import Budget, PaymentBatch
from tests.factories import subsidies as money
from tests.kit.files import PDF
from tests.subsidies.test_rejudging import judged_before, ran
from training.domain.classes.enrolments import KIND

pytestmark = pytest.mark.django_db
CODE = "not_insured_as_employee"
SAYS = "1号 乌云其木格甲：现在的结论是“不符合”"


def judged_again(case) -> None:
    """Insured since before the class, which the judgement of before had passed over."""
    judged_before(case.line(1).enrolment, Verdict.ELIGIBLE, CODE, "pass", insured="2026-01-01")
    ran("--apply")
    assert case.line(1).enrolment.verdict == Verdict.INELIGIBLE


@pytest.fixture
def case():
    return money.approved_claim(2)


def test_approved_money_stands_on_the_list_with_the_reason_and_is_put_into_no_batch(case, browser, api):
    judged_again(case)
    client, program = browser(case.finance), api(case.finance)
    page = client.get(reverse("payables")).content.decode()
    assert SAYS in page
    assert "参保" in page
    assert f'value="{case.subsidy.pk}" disabled' in page
    (row,) = program.get(reverse("api_payables")).json()["results"]
    assert row["why_not"].startswith(SAYS)
    sent = client.post(reverse("batch_new"), {"subsidy": case.subsidy.pk})
    assert (sent.status_code, f"{case.subsidy.number}：{SAYS}" in sent.content.decode()) == (409, True)
    answer = program.post("/api/v1/batches/", {"subsidies": [case.subsidy.pk]}, format="json")
    assert (answer.status_code, SAYS in answer.content.decode()) == (409, True)
    assert not PaymentBatch.objects.exists()


def test_a_batch_drawn_up_before_is_not_frozen_by_page_or_program(case, browser, api):
    batch = draw_up_batch([case.subsidy], by=case.finance)
    judged_again(case)
    sent = browser(case.finance).post(
        reverse("move", args=["paymentbatch", batch.pk, "freeze"]), {"version": batch.version}
    )
    assert (sent.status_code, SAYS in sent.content.decode()) == (409, True)
    first = f"此人已列入批次{batch.number}：先由财务人员撤销该批次，再由审核人员剔除此人。"
    assert first in sent.content.decode()
    with pytest.raises(NotNow, match=first):
        refuse_line(case.line(1), reason="班期内已参保", by=case.first)
    answer = api(case.finance).post(
        f"/api/v1/batches/{batch.pk}/moves/freeze/", {"expected_version": batch.version}, format="json"
    )
    assert (answer.status_code, SAYS in answer.content.decode()) == (409, True)
    batch.refresh_from_db()
    assert (batch.state, bool(batch.bank_file)) == (State.DRAFT, False)
    take(batch, "withdraw", by=case.finance, reason="其中一人待核实")
    assert [line.state for line in case.lines] == [LineState.APPROVED] * 2


def test_the_office_that_approved_it_is_told_and_finds_the_person_on_the_claims_page(case, browser):
    judged_again(case)
    told = Notice.objects.filter(
        organisation=case.first.organisation, kind="subsidy", object_id=case.subsidy.pk, text__contains="暂缓拨付"
    )
    assert told.count() == 1
    page = browser(case.first).get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    assert "1人待核实、不符合" in page
    assert reverse("subsidy_line_refuse", args=[case.line(1).pk]) in page
    assert reverse("subsidy_line_refuse", args=[case.line(2).pk]) not in page
    assert reverse("overruling_new", args=[KIND, case.line(1).enrolment_id, CODE]) in page


def test_two_officers_set_it_aside_and_the_money_goes_out(case):
    judged_again(case)
    file = SimpleUploadedFile("依据.pdf", PDF)
    proposed = propose(KIND, case.line(1).enrolment_id, CODE, "参保系代缴", file, by=case.first)
    with pytest.raises(NotNow, match="暂缓拨付"):
        draw_up_batch([case.subsidy], by=case.finance)
    settle(proposed, agree=True, by=case.second)
    assert money.frozen_batch(case).amount == Decimal("2400.00")


def test_or_the_person_is_taken_out_and_the_budget_has_the_money_back(case, browser):
    judged_again(case)
    with pytest.raises(NotNow, match="不能剔除"):
        refuse_line(case.line(2), reason="x", by=case.first)
    sent = browser(case.first).post(
        reverse("subsidy_line_refuse", args=[case.line(1).pk]), {"reason": "班期内已参保", "confirmed": "1"}
    )
    assert sent.status_code == 302
    assert (case.line(1).state, case.subsidy.amount, Budget.objects.get().committed) == (
        LineState.REFUSED,
        Decimal("1200.00"),
        Decimal("1200.00"),
    )
    assert money.frozen_batch(case).amount == Decimal("1200.00")


def test_money_already_sent_is_only_reported(case):
    money.frozen_batch(case)
    judged_before(case.line(1).enrolment, Verdict.ELIGIBLE, CODE, "pass", insured="2026-01-01")
    assert "已拨付，不更改" in ran("--apply")
    assert case.line(1).enrolment.verdict == Verdict.ELIGIBLE
