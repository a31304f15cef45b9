"""A reason of invisible characters is none, wherever money is concerned: by page and API (R-SEC-2)."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Event
from casework.domain.moves import take
from kit.refusals import NotNow
from subsidies.domain.corrections import propose
from subsidies.domain.objections import file_objection
from subsidies.models import BankCorrection, Objection
from tests import factories
from tests.api.conftest import api
from tests.casework.test_invisible_reasons import UNSEEN
from tests.factories import member
from tests.factories import subsidies as money
from tests.factories import training as make
from tests.subsidies.test_corrections import LATER, SENT_BACK, answered
from training.domain.units.accounts import begin_change

__all__ = ["api"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_nobody_is_taken_out_of_a_claim_or_put_back_for_an_unseen_reason(browser, api, unseen):
    money.standard()
    money.budget()
    case = money.completed_class(2).in_review()
    line, other = case.lines[:2]
    page, door = (lambda what: reverse(f"subsidy_line_{what}", args=[line.pk])), f"/api/v1/lines/{line.pk}/"
    client, program = browser(case.first), api(case.first)
    assert client.post(page("refuse"), {"confirmed": "1", "reason": unseen, "reason_choice": unseen}).status_code == 409
    assert program.post(f"{door}refuse/", {"reason": unseen}).status_code == 409
    assert not Event.objects.filter(act="subsidy.line_refused").exists()
    assert program.post(f"{door}refuse/", {"reason": "已享受补贴"}).status_code == 200
    assert client.post(page("restore"), {"reason": unseen}).status_code == 409
    assert program.post(f"{door}restore/", {"reason": unseen}).status_code == 409
    assert not Event.objects.filter(act="subsidy.line_restored").exists()
    assert program.post(f"{door}restore/", {"reason": "核实后确认无误"}).status_code == 200
    assert other.state == case.lines[1].state


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_no_objection_is_made_or_answered_in_unseen_words(browser, api, client, unseen):
    money.standard()
    money.budget()
    case = money.completed_class(2).published()
    street, door = (
        reverse("publicity", args=[case.subsidy.publicity.pk]),
        f"/api/v1/publicities/{case.subsidy.publicity.pk}/objections/",
    )
    assert client.post(street, {"text": unseen}).status_code in (400, 409)
    assert client.post(door, {"text": unseen}, content_type="application/json").status_code in (400, 409)
    assert not Objection.objects.exists()
    objection = file_objection(case.subsidy.publicity, text="没有上课")
    said = {"outcome": "dismissed", "answer": unseen}
    assert browser(case.second).post(reverse("objection_answer", args=[objection.pk]), said).status_code == 409
    assert api(case.second).post(f"/api/v1/objections/{objection.pk}/answer/", said).status_code in (400, 409)
    assert Objection.objects.get().outcome == ""


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_no_bank_answer_is_corrected_or_declined_for_an_unseen_reason(browser, api, unseen):
    case = money.approved_claim(2)
    payment, colleague = answered(case), member(case.finance.organisation, Role.FINANCE)
    said = {**SENT_BACK, "kind": "sent_back", "day": "2026-03-20", "reason": unseen}
    with money.at(LATER):
        assert browser(case.finance).post(reverse("bank_correction_new", args=[payment.pk]), said).status_code in (
            400,
            409,
        )
        assert api(case.finance).post(f"/api/v1/payments/{payment.pk}/corrections/", said).status_code in (400, 409)
        assert not BankCorrection.objects.exists()
        made = propose(payment, by=case.finance, day=date(2026, 3, 20), **SENT_BACK)
        no = {"decision": "decline", "note": unseen}
        assert browser(colleague).post(reverse("bank_correction_answer", args=[made.pk]), no).status_code in (400, 409)
        assert api(colleague).post(f"/api/v1/corrections/{made.pk}/answer/", no).status_code in (400, 409)
    assert BankCorrection.objects.get().state == "proposed"


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_no_other_holder_is_paid_for_an_unseen_reason(unseen):
    clerk = factories.operator(make.on_file().organisation)
    change = begin_change(
        clerk.organisation.unit,
        by=clerk,
        holder="张三",
        bank_name="某银行",
        bank_account="6222020200000055555",
        is_exception=True,
        exception_reason=unseen,
    )
    with pytest.raises(NotNow, match="使用其他户名须说明理由"):
        take(change, "submit", by=clerk)
