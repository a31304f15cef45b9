"""Meanings 13 and 14 as figures: paid is gross by value date, a return after success stands in its own column on its
own day.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Division
from reports.domain.figures import Asked, sent_back, subsidised
from reports.domain.forms import form_on
from reports.domain.periods import Period
from reports.domain.tables import behind, find_cell, measured
from reports.domain.tallies import refresh
from reports.enums import Axis, Span
from subsidies.domain.corrections import propose, settle
from subsidies.domain.payments import read_result, take_result
from subsidies.enums import CorrectionKind
from tests import factories
from tests.factories import subsidies as money
from tests.reports.test_tallies import both

pytestmark = pytest.mark.django_db
RETURNED, AGAIN = date(2026, 4, 10), date(2026, 4, 20)


def paid(case):
    batch = money.frozen_batch(case)
    take_result(batch, read_result(batch, money.answers(batch)), by=case.finance)
    return batch.payments.get()


@pytest.fixture
def story():
    """Two trainees of 1,200.00: paid on 16 March, returned by the bank on 10 April, paid again on 20 April."""
    case = money.approved_claim(2)
    first = paid(case)
    with money.at(date(2026, 4, 13)):
        made = propose(
            first,
            kind=CorrectionKind.SENT_BACK,
            day=RETURNED,
            bank_reference="TH1",
            reason="账户已销户",
            by=case.finance,
        )
        settle(made, agree=True, by=factories.member(case.finance.organisation, Role.FINANCE))
        money.new_account(case)
    with money.at(AGAIN):
        again = paid(case)
    return case, first, again


def cells(month):
    shown, counted = both("A", Period(2026, month))
    assert shown == counted
    return [
        shown["total", column, span]
        for span in ("month", "year")
        for column in ("subsidised", "subsidised_amount", "sent_back_amount")
    ]


def test_a_payment_that_came_back_counts_on_its_value_date_and_its_return_on_its_own(story):
    gross, back, twice = Decimal("2400.00"), Decimal("2400.00"), Decimal("4800.00")
    for _tallied in (False, True):
        assert cells(3) == [2, gross, 0, 2, gross, 0]
        assert cells(4) == [2, gross, back, 4, twice, back]
        assert cells(5) == [0, 0, 0, 4, twice, back]
        refresh()
    case, _first, _again = story
    assert twice - back == case.subsidy.amount, "net is what was approved"


def test_behind_the_cell_stand_both_payments_each_on_its_day(story):
    _case, first, again = story
    assert [(part.payment, part.line.enrolment.sequence) for part in subsidised().order_by("pk")] == [
        (first, 1),
        (first, 2),
        (again, 1),
        (again, 2),
    ]
    assert {part.payment for part in sent_back()} == {first}
    form, rules = form_on("A", Period(2026, 4))
    asked = Asked(Division.objects.get(pk="150000"), Period(2026, 4))
    row, column = find_cell(form, rules, asked, Axis.CATEGORY, "total", "sent_back_amount")
    rows = behind(form, rules, row, column, Span.MONTH, asked, Axis.CATEGORY)
    assert (rows.count(), measured(column, rows)) == (2, Decimal("2400.00"))


def test_the_public_sees_both_payments_and_that_one_was_returned(story):
    _case, first, again = story
    page = Client().get(reverse("public_payments")).content.decode()
    assert all(reverse("public_payment", args=[payment.pk]) in page for payment in (first, again))
    assert page.count("被银行退回") == 1
    shown = Client().get(reverse("public_payment", args=[first.pk])).content.decode()
    assert ("2026-04-10" in shown, "2,400.00" in shown) == (True, True)


def test_a_failure_that_never_arrived_is_no_row_of_any_figure():
    case = money.approved_claim(2)
    batch = money.frozen_batch(case)
    take_result(batch, read_result(batch, money.answers(batch, "失败")), by=case.finance)
    assert (subsidised().count(), sent_back().count()) == (0, 0)
