"""A figure IS a queryset of the rows behind it: page, API, export and drill-down all come from here (R-RPT-4, R-RPT-7).

Each builds on the one before, so that completed is always a part of started, passed of completed, and certified of
passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from accounts.enums import Level
from accounts.models import Division
from casework.enums import State
from reports.domain.periods import Period
from subsidies.enums import ARRIVED, PaymentState
from subsidies.models import PaymentPart
from training.enums import Result
from training.models import Enrolment


@dataclass(frozen=True)
class Asked:
    """What is asked of a figure: a division with its subtree by reporting line, a month, and for an industry department
    its own cases.
    """

    division: Division
    period: Period
    body: int | None = None


def started() -> QuerySet[Enrolment]:
    """实际培训人次: enrolments not struck out in an opening that was approved (R-RPT-4)."""
    return Enrolment.objects.filter(struck_out_at__isnull=True, training_class__opening__state=State.APPROVED)


def completed() -> QuerySet[Enrolment]:
    """结业人次: started, in a completion that was approved, whatever the result: who failed or was absent completed too."""
    return started().filter(training_class__completion__state=State.APPROVED)


def passed() -> QuerySet[Enrolment]:
    """培训合格人次: completed, with the result pass (R-RPT-4)."""
    return completed().filter(result=Result.PASS)


def certified() -> QuerySet[Enrolment]:
    """持证人次: passed, with a certificate the registry confirmed or the portal issued; a number that was typed proves
    nothing.
    """
    return passed().filter(certificate_verified=True)


def subsidised() -> QuerySet[PaymentPart]:
    """补贴人次 and 金额: the trainees' lines of payments that arrived, gross: each payment on its value date, whatever became
    of it since.
    """
    return PaymentPart.objects.filter(payment__state__in=ARRIVED)


def sent_back() -> QuerySet[PaymentPart]:
    """到账后退回: what the bank returned after it had arrived, on the day it did; beside what was paid, never netted."""
    return PaymentPart.objects.filter(payment__state=PaymentState.SENT_BACK)


@dataclass(frozen=True)
class Figure:
    """Where the rows of a figure carry what it is asked by.

    `when` is the look-up of the month it belongs to (a date or a moment), `to_class` that of the class, `to_enrolment`
    the prefix of the enrolment ("" when the row is one), `money` the amount it may be summed by. `parts` are the
    look-ups a column may part it by, with the names the tallies keep them under (reports/domain/tallies.py).
    """

    code: str
    rows: Callable[[], QuerySet]
    when: str
    to_class: str = "training_class"
    to_enrolment: str = ""
    money: str = ""
    is_date: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)

    def of_class(self, name: str) -> str:
        return f"{self.to_class}__{name}"

    def during(self, period: Period, span: str) -> Q:
        first, after = period.days(span) if self.is_date else period.moments(span)
        return Q(**{f"{self.when}__gte": first, f"{self.when}__lt": after})

    def asked(self, asked: Asked, span: str) -> QuerySet:
        """The rows of a place and a span; a class and all that follows belongs to the division of the body that
        approved its opening.
        """
        rows = self.rows().filter(self.during(asked.period, span))
        if asked.division.level != Level.REGION:
            rows = rows.filter(**{self.of_class("body__division__path__startswith"): asked.division.path})
        return rows.filter(**{self.of_class("body"): asked.body}) if asked.body else rows


PAYMENT: dict[str, Any] = {
    "is_date": True,
    "to_class": "line__subsidy__training_class",
    "to_enrolment": "line__enrolment__",
    "money": "line__amount",
    "parts": {"line__subsidy__fund_source": "fund", "line__item": "item"},
}
FIGURES = {
    figure.code: figure
    for figure in (
        Figure("started", started, when="training_class__opening__decided_at"),
        Figure("completed", completed, when="training_class__completion__decided_at"),
        Figure("passed", passed, when="training_class__completion__decided_at"),
        Figure(
            "certified",
            certified,
            when="training_class__completion__decided_at",
            parts={"certificate_kind": "kind", "training_class__project__level": "level"},
        ),
        Figure("subsidised", subsidised, when="payment__value_date", **PAYMENT),
        Figure("sent_back", sent_back, when="payment__sent_back_on", **PAYMENT),
    )
}
