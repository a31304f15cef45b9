"""Which desk is next and until when: the routing table and the working-day calendar (R-AUT-2, R-SEC-3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from accounts.domain.authority import body_for
from accounts.enums import Level
from accounts.models import Division
from casework.models import Application, Parameter, RouteStep, WorkdayOverride
from kit.workdays import add_workdays_or_weekdays

if TYPE_CHECKING:
    from casework.domain.flow import Flow


_ROUTE = """
    SELECT DISTINCT ON (position) * FROM casework_routestep
    WHERE kind = %(kind)s AND category IN ('', %(category)s) AND variant = %(variant)s AND amount_from <= %(amount)s
      AND since <= %(day)s AND (until IS NULL OR until > %(day)s)
    ORDER BY position, category DESC, amount_from DESC
"""


def route(kind: str, *, category: str = "", variant: str = "", amount: Decimal | int = 0, day: date | None = None) -> list[RouteStep]:
    """The steps in force on a day, by position; a row for the category beats the general one, a higher threshold a lower one."""
    asked = {"kind": kind, "category": category, "variant": variant, "amount": amount, "day": day or timezone.localdate()}
    return list(RouteStep.objects.raw(_ROUTE, asked))


def steps_of(application: Application, flow: Flow) -> list[RouteStep]:
    return route(
        flow.kind, category=application.category, variant=flow.variant(application), amount=flow.amount(application),
        day=timezone.localdate(application.submitted_at) if application.submitted_at else None,
    )


def is_last_step(application: Application, flow: Flow) -> bool:
    return application.position >= len(steps_of(application, flow))


def send_on(application: Application, flow: Flow) -> None:
    """Put the application on the desk of its next step: body, grant needed, last day."""
    steps = steps_of(application, flow)
    application.position += 1
    step = steps[min(application.position, len(steps)) - 1]
    application.need = step.need
    application.desk = body_for(step.need, place_of(application.division, step.level), application.category)
    application.due_on = due_on(timezone.localdate(), step.working_days)


def deciding_levels(categories: Collection[str]) -> dict[tuple[str, str], set[str]]:
    """(act, category) → the levels whose bodies the routes of today send a case to; a category's own row replaces the general one."""
    rows = RouteStep.objects.filter(RouteStep.on(timezone.localdate()), category__in=["", *categories]).order_by("category", "amount_from")
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


def overrides() -> dict[date, bool]:
    return dict(WorkdayOverride.objects.values_list("day", "is_workday"))


def due_on(start: date, working_days: int) -> date:
    """The last day for a step: so many working days after `start`; Monday to Friday where the calendar is not published yet."""
    return add_workdays_or_weekdays(start, working_days, overrides=overrides())[0]


def parameter(code: str, *, division: Division | None = None, day: date | None = None) -> Decimal:
    """A number of policy on a day, of the nearest division that sets one. Raises Parameter.DoesNotExist when nobody does."""
    found = parameters({code: day}, division=division)
    if code not in found:
        raise Parameter.DoesNotExist(code)
    return found[code]


def parameters(days: Mapping[str, date | None], *, division: Division | None = None) -> dict[str, Decimal]:
    """Several numbers, each on its own day (today for none), as far as somebody sets them; one query."""
    wanted = Q(pk__in=[])
    for code, day in days.items():
        wanted |= Q(code=code) & Parameter.on(day or timezone.localdate())
    line = division.line if division else []
    rows = [row for row in Parameter.objects.filter(wanted) if row.division_id is None or row.division_id in line]
    nearest_last = sorted(rows, key=lambda row: line.index(row.division_id) if row.division_id else -1)
    return {row.code: row.value for row in nearest_last}
