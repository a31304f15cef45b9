"""Which desk is next and until when: the routing table, and the numbers of policy (R-AUT-2, R-SEC-3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.grants import body_for
from accounts.enums import Level
from accounts.models import Division
from casework.domain.workdays import due_on
from casework.models import Application, Parameter, RouteStep
from kit.fast.prepared import prepared
from kit.refusals import NotNow

if TYPE_CHECKING:
    from casework.domain.flow import Flow


NUMBERS = {
    "class_most_people": gettext_lazy("班级人数上限"),
    "class_least_people": gettext_lazy("班级人数下限"),
    "lesson_hours_a_day": gettext_lazy("每日课时上限"),
    "opening_lead_workdays": gettext_lazy("开班申请提前的工作日"),
    "attendance_percent": gettext_lazy("出勤率下限"),
    "assistance_workdays": gettext_lazy("部门协查答复工作日"),
    "assistance_reminder_workdays": gettext_lazy("部门协查提醒工作日"),
    "chase_workdays": gettext_lazy("到期前提醒审核人员的工作日"),
    "returned_reminder_workdays": gettext_lazy("退回后提醒申请单位的工作日"),
    "publicity_workdays": gettext_lazy("公示工作日"),
    "trainings_a_year": gettext_lazy("每人每年享受补贴次数"),
    "numbers_a_day": gettext_lazy("每单位每日录入的公民身份号码上限"),
    "three_reviews_apart": gettext_lazy("同一人不兼办一个班的开班、结业和补贴初审（1 是，0 否）"),
    "account_confirm_workdays": gettext_lazy("财务确认账户的工作日"),
}


class NotSet(NotNow):
    """A number of policy or a route that nobody has set for a day; the message says which. Nothing is decided without
    it.
    """


def not_set(code: str, day: date | None) -> str:
    """The sentence that says which number of policy is missing."""
    return _("%(day)s没有施行的“%(number)s”，请联系上级人社部门设定。") % {
        "day": (day or timezone.localdate()).isoformat(),
        "number": NUMBERS.get(code, code),
    }


def route(
    kind: str, *, category: str = "", variant: str = "", amount: Decimal | int = 0, day: date | None = None
) -> list[RouteStep]:
    """The steps in force on a day, by position; a row for the category beats the general one, a higher threshold a
    lower one.
    """
    rows = _steps(kind, ("", category) if category else ("",), variant, amount, day or timezone.localdate())
    return list({row.position: row for row in rows}.values())


@prepared
def _steps(
    kind: str, categories: tuple[str, ...], variant: str, amount: Decimal | int, day: date
) -> QuerySet[RouteStep]:
    rows = RouteStep.objects.filter(
        RouteStep.on(day), kind=kind, category__in=categories, variant=variant, amount_from__lte=amount
    )
    return rows.order_by("position", "category", "amount_from")


def steps_of(application: Application, flow: Flow) -> list[RouteStep]:
    """The steps of an application; those of the flow's further variant follow, as far as their level is not on the way
    already.
    """
    day = timezone.localdate(application.submitted_at) if application.submitted_at else None
    steps = route(
        flow.kind,
        category=application.category,
        variant=flow.variant(application),
        amount=flow.amount(application),
        day=day,
    )
    if further := flow.further(application):
        reached = {step.level for step in steps}
        steps += [
            step
            for step in route(flow.kind, category=application.category, variant=further, day=day)
            if step.level not in reached
        ]
    return steps


def is_last_step(application: Application, flow: Flow) -> bool:
    return application.position >= len(_steps_set(application, flow))


def _steps_set(application: Application, flow: Flow) -> list[RouteStep]:
    """The steps, at least one; NotSet without any."""
    if steps := steps_of(application, flow):
        return steps
    raise NotSet(_("%(kind)s没有施行的审批环节，请联系上级人社部门设定。") % {"kind": flow.label})


def send_on(application: Application, flow: Flow) -> None:
    """Put the application on the desk of its next step: body, grant needed, last day."""
    steps = _steps_set(application, flow)
    application.position += 1
    step = steps[min(application.position, len(steps)) - 1]
    application.need = step.need
    place = place_of(application.division, step.level)
    application.desk = body_for(step.need, place, application.category, application.training_type)
    application.due_on = due_on(timezone.localdate(), step.working_days)


def deciding_levels(categories: Collection[str]) -> dict[tuple[str, str], set[str]]:
    """(act, category) → the levels whose bodies the routes of today send a case to; a category's own row replaces the
    general one.
    """
    rows = RouteStep.objects.filter(RouteStep.on(timezone.localdate()), category__in=["", *categories]).order_by(
        "category", "amount_from"
    )
    steps: dict[tuple[object, ...], dict[str, RouteStep]] = {}
    for row in rows:
        steps.setdefault((row.kind, row.variant, row.position, row.amount_from), {})[row.category] = row
    found: dict[tuple[str, str], set[str]] = {}
    for by_category in steps.values():
        for category in categories:
            if row := by_category.get(category) or by_category.get(""):
                found.setdefault((row.need, category), set()).add(row.level)
    return found


def place_of(division: Division, level: str) -> Division:
    """The division at a level of the reporting line; a city that reports to the region is its own league."""
    if level == Level.REGION:
        return Division.objects.get(path="150000/")
    if level == Level.LEAGUE and not division.is_reporting_unit and division.reports_to_id:
        return division.reports_to
    return division


def parameter(code: str, *, division: Division | None = None, day: date | None = None) -> Decimal:
    """A number of policy on a day, of the nearest division that sets one. Raises NotSet when nobody does."""
    found = parameters({code: day}, division=division)
    if code not in found:
        raise NotSet(not_set(code, day))
    return found[code]


def parameters(days: Mapping[str, date | None], *, division: Division | None = None) -> dict[str, Decimal]:
    """Several numbers, each on its own day (today for none), as far as somebody sets them; one query."""
    line, today = division.line if division else [], timezone.localdate()
    rows = (
        [row for row in _numbers(tuple(days), tuple(line) or ("",)) if row.is_on(days[row.code] or today)]
        if days
        else []
    )
    nearest_last = sorted(rows, key=lambda row: line.index(row.division_id) if row.division_id else -1)
    return {row.code: row.value for row in nearest_last}


@dataclass(frozen=True)
class Everywhere:
    """One number of policy as every place has it today, by division; "" for the whole region."""

    rows: Mapping[str, Decimal]

    def at(self, division: Division) -> Decimal | None:
        """The number of the nearest place that sets one; None where nobody does."""
        return next((self.rows[place] for place in (*reversed(division.line), "") if place in self.rows), None)

    @property
    def most(self) -> int:
        return int(max(self.rows.values(), default=0))


def everywhere(code: str) -> Everywhere:
    """A number of policy for all places with one query."""
    rows = Parameter.objects.filter(Parameter.on(timezone.localdate()), code=code)
    return Everywhere({row.division_id or "": row.value for row in rows})


@prepared
def _numbers(codes: tuple[str, ...], line: tuple[str, ...]) -> QuerySet[Parameter]:
    """The rows of these numbers in force once, everywhere or on this line of divisions."""
    return Parameter.objects.filter(Q(division__isnull=True) | Q(division__pk__in=line), code__in=codes)
