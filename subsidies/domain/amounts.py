"""What a passed trainee is worth: the dated standard, the yearly limits, the formula shown to everyone (R-SUB-1, R-SUB-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework.domain.routing import parameter
from kit.money import fen, yuan_text
from subsidies.enums import Item, LineState
from subsidies.models import Standard, SubsidyLine
from training.enums import Result
from training.models import Enrolment, TrainingClass

COUNTED = (LineState.APPROVED, LineState.PAYING, LineState.PAID)


@dataclass(frozen=True)
class Worth:
    """One trainee's amount in yuan (0 when refused), why, and the formula with the standard it came from."""

    enrolment: Enrolment
    amount: Decimal
    refusal: str
    standard: Standard | None
    basis: dict[str, Any]


def standard_for(training_class: TrainingClass, item: str = Item.TRAINING) -> Standard | None:
    """The standard in force on the class's first day: the row that names most of project, occupation, level, type, category."""
    project = training_class.project
    asked = {
        "project_code": project.code,
        "occupation": project.occupation_id or "",
        "level": project.level,
        "training_type": project.training_type,
        "category": training_class.category,
    }
    rows = Standard.objects.filter(Standard.on(training_class.first_day), item=item)
    fitting = [row for row in rows if all(getattr(row, name) in ("", None, value) for name, value in asked.items())]
    weight = {"project_code": 16, "occupation": 8, "level": 4, "category": 2, "training_type": 1}
    return max(
        fitting,
        key=lambda row: (sum(w for name, w in weight.items() if getattr(row, name) not in ("", None)), row.since, row.pk),
        default=None,
    )


def work_out(training_class: TrainingClass) -> list[Worth]:
    """Every living enrolment with its amount or the reason for none. A constant number of queries for any roster."""
    standard = standard_for(training_class)
    enrolments = list(
        training_class.enrolments.filter(struck_out_at__isnull=True).select_related("person", "examination").order_by("sequence")
    )
    taken = earlier_subsidies([e.person_id for e in enrolments], training_class)
    limit = int(parameter("trainings_a_year", division=training_class.division, day=training_class.first_day))
    return [_worth(enrolment, training_class, standard, taken[enrolment.person_id], limit) for enrolment in enrolments]


def earlier_subsidies(persons: Iterable[int], training_class: TrainingClass) -> dict[int, list[dict[str, Any]]]:
    """Other subsidised trainings of these people, by person; one query (R-SUB-3)."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = (
        SubsidyLine.objects.filter(enrolment__person__in=list(persons), state__in=COUNTED, item=Item.TRAINING)
        .exclude(enrolment__training_class=training_class)
        .values(
            "enrolment__person_id", "enrolment__training_class__number", "enrolment__training_class__first_day",
            "enrolment__training_class__project__occupation_id", "enrolment__training_class__project__level",
        )
    )
    for row in rows:
        found[row["enrolment__person_id"]].append(
            {
                "number": row["enrolment__training_class__number"],
                "first_day": row["enrolment__training_class__first_day"],
                "occupation": row["enrolment__training_class__project__occupation_id"],
                "level": row["enrolment__training_class__project__level"],
            }
        )
    return found


def _worth(
    enrolment: Enrolment, training_class: TrainingClass, standard: Standard | None, taken: list[dict[str, Any]], limit: int
) -> Worth:
    refusal = why_none(enrolment, training_class, standard, taken, limit)
    if refusal or standard is None:
        return Worth(enrolment, fen(0), refusal, standard, {"refusal": refusal})
    percent = 100 if enrolment.certificate_number else standard.without_certificate_percent
    amount = fen((standard.amount * percent / 100).quantize(Decimal("0.01")))
    basis = {
        "standard": standard.pk,
        "standard_amount": str(standard.amount),
        "percent": percent,
        "source": standard.source,
        "is_example": standard.is_example,
        "since": standard.since.isoformat(),
        "hours": str(training_class.project.hours),
        "attended_hours": str(enrolment.attended_hours),
        "examination": enrolment.examination_id,
        "formula": f"{yuan_text(standard.amount)} × {percent}% = {yuan_text(amount)}",
        "year": training_class.first_day.year,
        "taken_this_year": sum(1 for one in taken if one["first_day"].year == training_class.first_day.year),
    }
    return Worth(enrolment, amount, "", standard, basis)


def why_none(
    enrolment: Enrolment, training_class: TrainingClass, standard: Standard | None, taken: list[dict[str, Any]], limit: int
) -> str:
    """The sentence for a trainee who gets nothing, or ""."""
    project = training_class.project
    if enrolment.result != Result.PASS:
        return _("结业成绩不是合格，不予补贴。")
    if project.certificate_required and not enrolment.certificate_number:
        return _("本项目须取得证书，此人没有证书编号。")
    if standard is None:
        return _("开班日没有适用的补贴标准，请先由自治区公布标准。")
    same = next((t for t in taken if t["occupation"] and (t["occupation"], t["level"]) == (project.occupation_id, project.level)), None)
    if same:
        return _("同一职业同一等级已在班次%(number)s享受过补贴。") % {"number": same["number"]}
    year: date = training_class.first_day
    this_year = [t for t in taken if t["first_day"].year == year.year]
    if len(this_year) >= limit:
        return _("%(year)s年已享受%(count)s次补贴（每年最多%(limit)s次）：%(numbers)s。") % {
            "year": year.year, "count": len(this_year), "limit": limit, "numbers": "、".join(t["number"] for t in this_year)}
    return ""
