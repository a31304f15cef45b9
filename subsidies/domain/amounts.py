"""What a passed trainee is worth: the dated standard, the yearly limits, the formula shown to everyone (R-SUB-1,
R-SUB-3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework.domain.routing import parameter
from kit.money import FEN, fen, yuan_text
from subsidies.enums import SUBSIDISED, Item
from subsidies.models import Standard, SubsidyLine
from training.domain.classes.enrolments import living
from training.enums import Result
from training.models import Enrolment, TrainingClass
from training.models.catalogue import one_code

WEIGHTS = {"project_code": 16, "occupation": 8, "level": 4, "category": 2, "training_type": 1}
ANYTHING = ("", None)
ELSEWHERE = "elsewhere"  # in a line's basis: the numbers of the classes in which the person had the subsidy already


@dataclass(frozen=True)
class Limited:
    """Why the limits leave nothing, "" where they do not, in words a unit may read; the classes it was paid in are for
    offices (R-SEC-1).
    """

    sentence: str = ""
    classes: tuple[str, ...] = ()

    @property
    def for_office(self) -> str:
        return _("%(why)s（班次%(numbers)s）。") % {
            "why": self.sentence.rstrip("。."),
            "numbers": "、".join(self.classes),
        }


@dataclass(frozen=True)
class Worth:
    """One trainee's amount in yuan (0 when refused), why, and the formula with the standard it came from."""

    enrolment: Enrolment
    amount: Decimal
    refusal: str
    standard: Standard | None
    basis: dict[str, Any]


def standard_for(training_class: TrainingClass, item: str = Item.TRAINING) -> Standard | None:
    """The standard in force on the class's first day: the row that names most of project, occupation, level, category,
    type.

    Of rows that name the same, the one for more lesson hours, then the younger one.
    """
    return best_of(Standard.objects.filter(Standard.on(training_class.first_day), item=item), training_class, item)


def best_of(rows: Iterable[Standard], training_class: TrainingClass, item: str = Item.TRAINING) -> Standard | None:
    """The same out of rows at hand, in force or only proposed."""
    project = training_class.project
    asked = {
        "project_code": project.one_code,
        "occupation": project.occupation_id or "",
        "level": project.level,
        "training_type": project.training_type,
        "category": training_class.category,
    }
    fitting = [
        row
        for row in rows
        if row.item == item
        and row.hours_from <= project.hours
        and row.is_on(training_class.first_day)
        and all(getattr(row, name) in (*ANYTHING, value) for name, value in asked.items())
    ]
    return max(fitting, key=lambda row: (_weight(row), row.hours_from, row.since), default=None)


def _weight(standard: Standard) -> int:
    return sum(weight for name, weight in WEIGHTS.items() if getattr(standard, name) not in ANYTHING)


def work_out(training_class: TrainingClass) -> list[Worth]:
    """Every living enrolment with its amount or the reason for none. A constant number of queries for any roster."""
    standard = standard_for(training_class)
    enrolments = list(living(training_class))
    taken = earlier_subsidies([e.person_id for e in enrolments], training_class)
    limit = yearly_limit(training_class)
    return [
        _worth(enrolment, training_class, standard, taken.get(enrolment.person_id, []), limit)
        for enrolment in enrolments
    ]


def yearly_limit(training_class: TrainingClass) -> int:
    """How many subsidised trainings a person may have in the calendar year of the class's first day (R-SUB-3)."""
    return int(parameter("trainings_a_year", division=training_class.division, day=training_class.first_day))


def earlier_subsidies(persons: Iterable[int], training_class: TrainingClass) -> dict[int, list[dict[str, Any]]]:
    """Other subsidised trainings of these people anywhere in the region, by person, oldest first;
    one query (R-SUB-3).
    """
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    of_class = "enrolment__training_class__"
    rows = (
        SubsidyLine.objects.filter(enrolment__person__in=list(persons), state__in=SUBSIDISED, item=Item.TRAINING)
        .exclude(enrolment__training_class=training_class)
        .order_by(f"{of_class}first_day", "pk")
        .values_list(
            "enrolment__person_id",
            f"{of_class}number",
            f"{of_class}first_day",
            f"{of_class}project__occupation_id",
            f"{of_class}project__level",
            f"{of_class}project__code",
        )
    )
    for person, number, first_day, occupation, level, code in rows:
        found[person].append(
            {"number": number, "first_day": first_day, "occupation": occupation, "level": level, "code": code}
        )
    return dict(found)


def _worth(
    enrolment: Enrolment,
    training_class: TrainingClass,
    standard: Standard | None,
    taken: list[dict[str, Any]],
    limit: int,
) -> Worth:
    percent = 100 if enrolment.certificate_verified or standard is None else standard.without_certificate_percent
    none = why_none(enrolment, training_class, standard, percent)
    limited = Limited(none) if none else why_limited(training_class, taken, limit)
    if limited.sentence or standard is None:
        return Worth(
            enrolment,
            fen(0),
            limited.sentence,
            standard,
            {"refusal": limited.sentence, ELSEWHERE: list(limited.classes)},
        )
    amount = (Decimal(standard.amount) * percent / 100).quantize(FEN, ROUND_HALF_UP)
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
        "taken_this_year": len(_this_year(training_class, taken)),
    }
    return Worth(enrolment, amount, "", standard, basis)


def why_none(enrolment: Enrolment, training_class: TrainingClass, standard: Standard | None, percent: int) -> str:
    """The sentence for a trainee whose result is worth nothing, or ""."""
    if enrolment.result != Result.PASS:
        return _("结业成绩不是合格，不予补贴。")
    if training_class.project.certificate_required and not enrolment.certificate_number:
        return _("本项目须取得证书，此人没有证书编号。")
    if standard is None:
        return _("开班日没有适用的补贴标准，请先由自治区公布标准。")
    if not percent:
        return _("按适用的标准，没有取得证书的不予补贴。")
    if not standard.amount:
        return _("适用的补贴标准为零元。")
    return ""


def why_limited(training_class: TrainingClass, taken: list[dict[str, Any]], limit: int) -> Limited:
    """Why a person who has had the same already, or as much as a year allows, gets nothing (R-SUB-3).

    The same is the same occupation and level; where a project names no occupation, the same project, whichever of its
    rows.
    """
    project = training_class.project
    for earlier in taken:
        if earlier["occupation"] and (earlier["occupation"], earlier["level"]) == (
            project.occupation_id,
            project.level,
        ):
            return Limited(_("同一职业同一等级已享受过补贴。"), (earlier["number"],))
        if one_code(earlier["code"]) == project.one_code and not (earlier["occupation"] and project.occupation_id):
            return Limited(_("同一培训项目已享受过补贴。"), (earlier["number"],))
    this_year = _this_year(training_class, taken)
    if len(this_year) >= limit:
        words = {"year": training_class.first_day.year, "count": len(this_year), "limit": limit}
        return Limited(
            _("%(year)s年已享受%(count)s次补贴（每年最多%(limit)s次）。") % words, tuple(t["number"] for t in this_year)
        )
    return Limited()


def for_unit(basis: dict[str, Any]) -> dict[str, Any]:
    """A line's basis as a unit may read it: without the classes of others (R-SEC-1)."""
    return {name: value for name, value in basis.items() if name != ELSEWHERE}


def _this_year(training_class: TrainingClass, taken: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [t for t in taken if t["first_day"].year == training_class.first_day.year]
