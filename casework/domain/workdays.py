"""The working-day calendar with what was entered: last days, and until when they are provisional (R-SEC-3, R-SUB-4)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.models import WorkdayOverride
from kit.prepared import prepared
from kit.workdays import Calendar, Due


def calendar() -> Calendar:
    """The working days as they are known now; one query."""
    rows = _entered_days()
    return Calendar({day: is_workday for day, is_workday, _year in rows}, frozenset(year for _day, _is_workday, year in rows if year))


@prepared
def _entered_days() -> QuerySet:
    return WorkdayOverride.objects.values_list("day", "is_workday", "arrangement_id")


def due_on(start: date, working_days: int) -> date:
    """The last day for a step: so many working days after `start`; it may be provisional."""
    return calendar().add(start, working_days).day


def waiting_words(due: Due) -> str:
    """Behind a day that an arrangement still to come may move: （暂定：2027年放假安排公布前）; "" behind a certain one."""
    return _("（暂定：%(year)s年放假安排公布前）") % {"year": due.waits_for} if due.waits_for else ""
