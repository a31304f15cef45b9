"""The people behind a cell as a page shows them, whatever kind of row the figure counts (R-RPT-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from eligibility.models import Person
from reports.domain.figures import FIGURES, Figure
from subsidies.models import PaymentPart, SubsidyLine
from training.models import Enrolment, TrainingClass


@dataclass(frozen=True)
class Behind:
    """One row behind a cell: the person in a class, and for money the line that was paid."""

    person: Person
    enrolment: Enrolment
    training_class: TrainingClass
    when: datetime | date
    line: SubsidyLine | None = None

    @property
    def amount(self) -> Decimal | None:
        return self.line.amount if self.line else None


def with_all(figure: Figure, rows: QuerySet) -> QuerySet:
    """Everything a list shows in the same query, in a lasting order. What is encrypted and not shown stays in the
    database.
    """
    klass, person = figure.to_class, f"{figure.to_enrolment}person"
    related = [
        person,
        *(f"{klass}__{name}" for name in ("project", "division", "applicant", "institution", "employer")),
    ]
    when = figure.when.rsplit("__", 1)[0]
    hidden = [f"{figure.to_enrolment}{name}" for name in ("phone", "bank_account", "person__number")]
    if figure.money:
        hidden.append("payment__bank_account")
    return rows.select_related(*related, when).defer(*hidden).order_by("pk")


def people_of(figure: Figure, rows: QuerySet) -> list[Behind]:
    """A page of them; `rows` comes from `with_all`, sliced."""
    return [_behind(figure, row) for row in rows]


def distinct_people(figure: Figure, rows: QuerySet) -> int:
    """人数: the persons behind the 人次, within what was asked; they do not add up over months or divisions."""
    return rows.order_by().values(f"{figure.to_enrolment}person").distinct().count()


def _behind(figure: Figure, row: Enrolment | PaymentPart) -> Behind:
    if isinstance(row, PaymentPart):
        line, day = row.line, getattr(row.payment, figure.when.rsplit("__", 1)[1])
        return Behind(line.enrolment.person, line.enrolment, line.subsidy.training_class, day, line)
    klass = row.training_class
    case = klass.opening if figure is FIGURES["started"] else klass.completion
    return Behind(row.person, row, klass, case.decided_at)
