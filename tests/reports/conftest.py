"""A year of classes all over the region, for the sums that must hold for any data."""

import pickle
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.models import Division
from eligibility.rules.table import NMG_2020_95
from reports.domain.figures import Asked
from reports.domain.forms import form_on
from reports.domain.periods import Period
from reports.domain.tables import work_out
from subsidies.enums import Item, PaymentState
from tests.factories.reports import Made, Spec, make
from training.enums import CertificateKind, FundSource, SkillLevel, TrainingType

PLACES = (
    "150000",
    "150100",
    "150102",
    "150103",
    "150202",
    "150700",
    "150702",
    "150781",
    "152500",
    "152501",
    "152502",
    "150302",
)
TYPES = (
    *[TrainingType.EMPLOYMENT_SKILLS] * 4,
    TrainingType.ON_THE_JOB,
    TrainingType.SIYB_SYB,
    TrainingType.STARTUP_PRACTICE,
)
CATEGORIES = [category.code for category in NMG_2020_95.categories]


def spec_number(n: int) -> Spec:
    """The n-th class: every place, category, month and state comes up, in steps that share no factor."""
    month, people = n % 12 + 1, n % 4 + 1
    done = n % 3 != 0
    later = min(month + n % 3, 12)
    passed = people - n % 2 if done else 0
    paid = done and n % 5 != 0 and passed > 0
    return Spec(
        division=PLACES[(n * 7 + n // 12) % len(PLACES)],
        category=CATEGORIES[(n * 5 + n // 21) % len(CATEGORIES)],
        training_type=TYPES[n * 3 // 2 % len(TYPES)],
        level=SkillLevel.values[n % 5],
        kind=CertificateKind.values[n % 5],
        fund=FundSource.values[n % 3],
        item=Item.values[n % 3],
        people=people,
        struck=n % 7 == 0,
        approved=date(2025, month, n % 28 + 1),
        completed=date(2025, later, 28) if done else None,
        passed=passed,
        certified=max(passed - n % 3, 0),
        paid=date(2025, 12, 1) if paid and n % 11 == 0 else date(2025, later, 28) if paid else None,
        amount=Decimal("1000.01") + n,
        payment_state=PaymentState.RETURNED if n % 13 == 0 else PaymentState.PAID,
    )


@pytest.fixture(scope="module")
def _busy_year(django_db_setup, django_db_blocker) -> Iterator[bytes]:
    """Made once and committed, for the last tests of a module; the database is made anew behind them.

    With the statistics a database of that size has: what earlier tests left behind may say that the tables are empty.
    """
    with django_db_blocker.unblock():
        with transaction.atomic():
            made = make(*(spec_number(n) for n in range(160)))
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE training_trainingclass, training_enrolment, subsidies_subsidy, subsidies_subsidyline,"
                " subsidies_payment"
            )
        yield pickle.dumps(made)
        django_db_setup()


@pytest.fixture
def busy_year(_busy_year, db) -> list[Made]:
    """Every test has rows of its own to change."""
    return pickle.loads(_busy_year)


def worked_out(code="A", division="150000", year=2025, month=6, axis="", **more):
    """A form's table as the page has it."""
    form, rules = form_on(code, Period(year, month))
    asked = Asked(Division.objects.get(pk=division), Period(year, month))
    return work_out(form, rules, asked, axis or form.axes[0], **more)


def value(table, row="total", column="started", span="month"):
    return table.cells[row, column, span].value
