"""Chinese working days with make-up days, from `chinesecalendar` and a table of our own (deadlines, publicity).

`overrides` says of single days whether they are worked; it wins over the package. The State Council publishes a year's
arrangement in the November before. When the table holds 1 January of a year the package does not know, that year's
arrangement counts as entered, and its other days are judged by the table and the day of the week.
"""

import datetime as dt
from collections.abc import Callable, Mapping

import chinese_calendar
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .errors import KitError

Overrides = Mapping[dt.date, bool]
ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5


class CalendarUnknownError(KitError):
    """The working days of `year` are not known yet."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            "calendar_unknown",
            format_lazy(
                _("系统还没有 {year} 年的放假调休安排，请管理员先在“工作日历”中录入国务院办公厅公布的安排。"),
                year=year,
            ),
        )


def is_workday(day: dt.date, overrides: Overrides | None = None) -> bool:
    """Whether people work on that day; CalendarUnknownError when nobody has said."""
    known = _known_workday(day, overrides or {})
    if known is None:
        raise CalendarUnknownError(day.year)
    return known


def is_public_holiday(day: dt.date, overrides: Overrides | None = None) -> bool:
    """Whether the day is free by the State Council's arrangement; a plain Saturday or Sunday is not, nor is a day nobody has arranged."""
    if overrides and day in overrides:
        return not overrides[day]
    try:
        is_free, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(is_free and holiday)


def add_workdays(start: dt.date, n: int, overrides: Overrides | None = None) -> dt.date:
    """The n-th working day after `start` (before it when n is negative); `start` is not counted, n = 0 returns it."""
    return _step(start, n, lambda day: is_workday(day, overrides))


def add_workdays_or_weekdays(
    start: dt.date, n: int, overrides: Overrides | None = None
) -> tuple[dt.date, bool]:
    """Like add_workdays, with Monday to Friday where the calendar is unknown, and whether the day is certain."""
    tolerant = _Tolerant(overrides or {})
    return _step(start, n, tolerant.is_workday), tolerant.certain


def workdays_between(start: dt.date, end: dt.date, overrides: Overrides | None = None) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before (days overdue)."""
    return _count(start, end, lambda day: is_workday(day, overrides))


def workdays_between_or_weekdays(
    start: dt.date, end: dt.date, overrides: Overrides | None = None
) -> tuple[int, bool]:
    """Like workdays_between, with Monday to Friday where the calendar is unknown, and whether the count is certain."""
    tolerant = _Tolerant(overrides or {})
    return _count(start, end, tolerant.is_workday), tolerant.certain


def next_workday(day: dt.date, overrides: Overrides | None = None) -> dt.date:
    """The first working day strictly after `day`."""
    return add_workdays(day, 1, overrides)


def is_year_known(year: int, overrides: Overrides | None = None) -> bool:
    """Whether the year's arrangement is in the package or has been entered."""
    return _known_workday(dt.date(year, 12, 31), overrides or {}) is not None


class _Tolerant:
    """Judges days, falling back to the day of the week, and remembers whether it had to."""

    def __init__(self, overrides: Overrides) -> None:
        self.overrides = overrides
        self.certain = True

    def is_workday(self, day: dt.date) -> bool:
        known = _known_workday(day, self.overrides)
        if known is None:
            self.certain = False
            return day.weekday() < SATURDAY
        return known


def _known_workday(day: dt.date, overrides: Overrides) -> bool | None:
    """The table's word, else the package's, else the day of the week in a year that was entered, else None."""
    if day in overrides:
        return overrides[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY if dt.date(day.year, 1, 1) in overrides else None


def _step(start: dt.date, n: int, works: Callable[[dt.date], bool]) -> dt.date:
    step = ONE_DAY if n > 0 else -ONE_DAY
    day, left = start, abs(n)
    while left:
        day += step
        left -= works(day)
    return day


def _count(start: dt.date, end: dt.date, works: Callable[[dt.date], bool]) -> int:
    if end < start:
        return -_count(end, start, works)
    return sum(works(start + ONE_DAY * offset) for offset in range(1, (end - start).days + 1))
