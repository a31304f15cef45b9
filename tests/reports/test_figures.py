"""R-RPT-4: what each figure counts and the month it belongs to (N二(三))."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from casework.enums import State
from reports.domain.figures import certified, passed, started, subsidised
from subsidies.enums import LineState, PaymentState
from subsidies.models import SubsidyLine
from tests.factories.reports import Spec, make
from tests.reports.conftest import value, worked_out
from training.enums import CertificateKind
from training.models import Enrolment

pytestmark = pytest.mark.django_db
MARCH, MAY = date(2025, 3, 10), date(2025, 5, 20)


def ids(rows):
    return set(rows.values_list("pk", flat=True))


def test_started_are_the_people_of_approved_openings_only():
    approved, _waiting, _refused = make(
        Spec(people=3), Spec(approved=None, people=4), Spec(opening_state=State.REFUSED, people=5)
    )
    assert ids(started()) == {enrolment.pk for enrolment in approved.enrolments}


def test_a_person_struck_out_has_neither_started_nor_passed():
    (one,) = make(Spec(people=2, struck=1, completed=MAY, passed=2))
    kept = {enrolment.pk for enrolment in one.enrolments[:2]}
    assert ids(started()) == kept
    assert ids(passed()) == kept


def test_passed_needs_a_pass_and_an_approved_completion():
    done, _refused, _failed = make(
        Spec(people=3, completed=MAY, passed=2),
        Spec(people=3, completed=MAY, passed=3, completion_state=State.REFUSED),
        Spec(people=3, completed=MAY, passed=0),
    )
    assert ids(passed()) == {enrolment.pk for enrolment in done.enrolments[:2]}


def test_a_certificate_nobody_verified_is_not_counted():
    (one,) = make(Spec(people=3, completed=MAY, passed=3, certified=2))
    Enrolment.objects.filter(pk=one.enrolments[2].pk).update(
        certificate_kind=CertificateKind.SKILL_LEVEL, certificate_number="unverified-1"
    )
    assert ids(certified()) == {enrolment.pk for enrolment in one.enrolments[:2]}


def test_a_verified_certificate_of_a_person_who_failed_is_not_counted():
    (one,) = make(Spec(people=2, completed=MAY, passed=1, certified=2))
    assert ids(certified()) == {one.enrolments[0].pk}


def test_subsidised_is_what_the_bank_confirmed():
    paid, _returned, _pending = make(
        Spec(completed=MARCH, passed=2, paid=MAY),
        Spec(completed=MARCH, passed=3, paid=MAY, payment_state=PaymentState.RETURNED),
        Spec(completed=MARCH, passed=3, paid=MAY, payment_state=PaymentState.PENDING),
    )
    assert set(subsidised().values_list("payment", flat=True)) == {paid.payment.pk}
    assert subsidised().count() == 2


def test_money_recovered_later_is_not_netted_against_what_was_paid():
    make(Spec(completed=MARCH, passed=2, paid=MAY, amount=Decimal("1200.50")))
    SubsidyLine.objects.update(state=LineState.RECOVERED)
    assert value(worked_out(month=5), column="subsidised_amount") == Decimal("2401.00")


def test_each_figure_belongs_to_its_own_month():
    make(
        Spec(
            people=4,
            approved=MARCH,
            completed=date(2025, 4, 2),
            passed=3,
            certified=2,
            paid=MAY,
            amount=Decimal("0.03"),
        )
    )
    shown = {
        month: [
            value(worked_out(month=month), column=column)
            for column in ("started", "passed", "certified", "subsidised", "subsidised_amount")
        ]
        for month in (3, 4, 5)
    }
    assert shown == {3: [4, 0, 0, 0, 0], 4: [0, 3, 2, 0, 0], 5: [0, 0, 0, 3, Decimal("0.09")]}


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2025, 1, 31, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai")), 1),
        (datetime(2025, 1, 31, 16, 30, tzinfo=ZoneInfo("UTC")), 2),
        (datetime(2025, 2, 28, 15, 59, tzinfo=ZoneInfo("UTC")), 2),
        (datetime(2025, 2, 28, 16, 0, tzinfo=ZoneInfo("UTC")), 3),
    ],
)
def test_a_month_begins_at_midnight_in_shanghai(moment, month):
    make(Spec(people=2, approved=moment))
    assert {m: value(worked_out(month=m)) for m in (1, 2, 3)} == {1: 0, 2: 0, 3: 0} | {month: 2}


def test_the_last_evening_of_the_year_is_the_last_of_its_year_to_date():
    make(Spec(people=2, approved=datetime(2025, 12, 31, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))))
    assert value(worked_out(month=12), span="year") == 2
    assert value(worked_out(year=2026, month=1), span="year") == 0


def test_year_to_date_stops_at_the_end_of_the_month_asked():
    make(
        Spec(people=2, approved=date(2025, 2, 1)),
        Spec(people=3, approved=date(2025, 6, 30)),
        Spec(people=4, approved=date(2025, 7, 1)),
    )
    assert value(worked_out(month=6), span="year") == 5


def test_certificates_are_parted_by_kind_and_by_the_level_of_the_project():
    make(
        Spec(people=3, completed=MAY, passed=3, certified=2, kind=CertificateKind.SPECIAL_OPERATION, level=3),
        Spec(people=3, completed=MAY, passed=3, certified=1, kind=CertificateKind.QUALIFICATION, level=5),
    )
    table = worked_out(month=5)
    counted = {
        c.code: value(table, column=c.code)
        for c in table.form.columns
        if c.code.startswith("certified_") and value(table, column=c.code)
    }
    assert counted == {
        "certified_special_operation": 2,
        "certified_qualification": 1,
        "certified_level_3": 2,
        "certified_level_5": 1,
    }
