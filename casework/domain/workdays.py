"""The working-day calendar with what was entered: last days, until when they are provisional, and counting them again
(R-SEC-3, R-SUB-4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from casework.models import WorkdayOverride
from kit.fast.prepared import prepared
from kit.workdays import Calendar, Due

PACKAGE = Calendar()
DECEMBER, FIRST_TOUCHED = 12, 29  # a year's arrangement reaches back to 29 December (kit/workdays.py)

Recount = Callable[[date], int]
_recounts: list[Recount] = []


def calendar() -> Calendar:
    """The working days as they are known now; one query."""
    rows = _entered_days()
    return Calendar(
        {day: is_workday for day, is_workday, _year in rows},
        frozenset(year for _day, _is_workday, year in rows if year),
    )


@prepared
def _entered_days() -> QuerySet:
    return WorkdayOverride.objects.values_list("day", "is_workday", "arrangement_id")


def entered_word(day: str) -> Subquery:
    """Beside a row with a day: whether it is worked by what was entered, None where nothing was."""
    return Subquery(WorkdayOverride.objects.filter(day=OuterRef(day)).values("is_workday")[:1])


def day_off(day: date, entered: bool | None) -> str:
    """The holiday by which a day is free, "" for others, with what `entered_word` brought along."""
    return Calendar({} if entered is None else {day: entered}).day_off(day)


def due_on(start: date, working_days: int) -> date:
    """The last day for a step: so many working days after `start`; it may be provisional."""
    return calendar().add(start, working_days).day


def waits_for(day: date | None, known: Callable[[], Calendar] = calendar) -> int | None:
    """The year whose arrangement may still move a last day; `known` is asked only where the package
    alone cannot say.
    """
    if day is None or PACKAGE.is_certain(day):
        return None
    return known().waits_for(day)


def waiting_label(due: Due) -> str:
    """Behind a day that an arrangement still to come may move: （暂定：2027年放假安排公布前）; "" behind a certain one."""
    return year_label(due.waits_for)


def year_label(year: int | None) -> str:
    return _("（暂定：%(year)s年放假安排公布前）") % {"year": year} if year else ""


def register_recount(recount: Recount) -> None:
    """Called from `ready()`: `recount(since)` works out again every open last day from `since` on that its room keeps;
    gives how many moved.
    """
    _recounts.append(recount)


def recount(year: int) -> int:
    """Work out again what a year's arrangement may have moved; safe to run twice."""
    since = date(year - 1, DECEMBER, FIRST_TOUCHED)
    return sum(room(since) for room in _recounts)
