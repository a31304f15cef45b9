"""Chinese working days with days off and make-up days, for every year (deadlines, publicity, timetables).

Three things decide whether a day is worked. **The law** names the days off of every year, for ever (`LAWS`, worked out
from the lunar calendar). **The yearly arrangement**, which the State Council publishes in the November before, moves
weekends around
them: it comes from the package `chinesecalendar` for the years it knows, and from the arrangements an administrator
entered (`Calendar.years`, `.days`). **Single days** of `Calendar.days` win over both.

A day is *certain* when no arrangement that is still to come can change it: it lies in an arranged year, or the law
names it, or it was entered by itself. Every other day of a year without an arrangement may be moved, a Tuesday as well
as a Saturday; so may the last three days of December, which belong to next year's New Year holiday (29 December 2018
was a Saturday worked, 31 December 2018 a Monday off), unless 1 January is a Monday, Friday or Saturday and the three
days off need no exchange. Whatever is counted through a day that is not certain is **provisional**. Days off given on a
working day because a legal one falls on a weekend are not guessed.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import chinese_calendar
from borax.calendars.lunardate import LunarDate, TermUtils
from chinese_calendar.constants import holidays as package_days
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ONE_DAY = dt.timedelta(days=1)
FRIDAY, SATURDAY = 4, 5
QINGMING = 6  # the number of the solar term, from 小寒 = 0
LAST_LUNAR = 2100
FIRST_KNOWN, LAST_KNOWN = min(package_days).year, max(package_days).year
NEW_YEAR_WITHOUT_EXCHANGE = (0, FRIDAY, SATURDAY)  # weekdays of 1 January
TOUCHED_BY_NEW_YEAR = 28  # from the day after, December may be moved by the arrangement of the next year

NAMES: dict[str, str | Promise] = {
    "New Year's Day": _("元旦"),
    "Spring Festival": _("春节"),
    "Tomb-sweeping Day": _("清明节"),
    "Labour Day": _("劳动节"),
    "Dragon Boat Festival": _("端午节"),
    "National Day": _("国庆节"),
    "Mid-autumn Festival": _("中秋节"),
}
OTHER = _("调休")


@dataclass(frozen=True)
class HolidayLaw:
    """Days off fixed by law from a year on: days of Spring Festival counted from 正月初一, days of May; the rest never
    changed.
    """

    since: int
    source: str
    spring: tuple[int, ...]
    labour: tuple[int, ...]


# 全国年节及纪念日放假办法, the newest first. 除夕 is the day before 初一: there is no 腊月三十 in 2025–2029.
LAWS = (
    HolidayLaw(2025, "国务院令第795号", (-1, 0, 1, 2), (1, 2)),
    HolidayLaw(2014, "国务院令第644号", (0, 1, 2), (1,)),
    HolidayLaw(2008, "国务院令第513号", (-1, 0, 1), (1,)),
)


class Due(NamedTuple):
    """The day at the end of a count, and the year whose arrangement may still move it (None: certain)."""

    day: dt.date
    waits_for: int | None


class Count(NamedTuple):
    """Working days, and the year whose arrangement may still change their number (None: certain)."""

    number: int
    waits_for: int | None


@cache
def legal_days_off(year: int) -> Mapping[dt.date, str | Promise]:
    """The days off that the law names for a year, with the name of the holiday; none where no law or no lunar calendar
    reaches.
    """
    law = next((law for law in LAWS if law.since <= year), None)
    if law is None or year > LAST_LUNAR:
        return {}
    first: dt.date = LunarDate(year, 1, 1).to_solar_date()
    return {
        dt.date(year, 1, 1): NAMES["New Year's Day"],
        **{first + ONE_DAY * offset: NAMES["Spring Festival"] for offset in law.spring},
        TermUtils.nth_term_day(year, QINGMING): NAMES["Tomb-sweeping Day"],
        **{dt.date(year, 5, day): NAMES["Labour Day"] for day in law.labour},
        LunarDate(year, 5, 5).to_solar_date(): NAMES["Dragon Boat Festival"],
        LunarDate(year, 8, 15).to_solar_date(): NAMES["Mid-autumn Festival"],
        **{dt.date(year, 10, day): NAMES["National Day"] for day in (1, 2, 3)},
    }


@dataclass(frozen=True)
class Calendar:
    """What was entered: `days` says of single days whether they are worked, `years` whose arrangement is complete."""

    days: Mapping[dt.date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_arranged(self, year: int) -> bool:
        """Whether the year's arrangement is in the package or was entered."""
        return FIRST_KNOWN <= year <= LAST_KNOWN or year in self.years

    def is_workday(self, day: dt.date) -> bool:
        """By all that is known on this day of writing; `is_certain` says whether that can change."""
        if day in self.days:
            return self.days[day]
        if FIRST_KNOWN <= day.year <= LAST_KNOWN:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < SATURDAY and day not in legal_days_off(day.year)

    def day_off(self, day: dt.date) -> str:
        """The name of the holiday by which this day is free, "" for others; a plain Saturday or Sunday is none."""
        legal = legal_days_off(day.year).get(day)
        if day in self.days:
            return "" if self.days[day] else str(legal or OTHER)
        if FIRST_KNOWN <= day.year <= LAST_KNOWN:
            is_free, name = chinese_calendar.get_holiday_detail(day)
            return str(legal or NAMES.get(name, OTHER)) if is_free and name else ""
        return str(legal or "")

    def is_certain(self, day: dt.date) -> bool:
        if day in self.days or day in legal_days_off(day.year):
            return True
        return self.is_arranged(day.year) and (not _waits_for_new_year(day) or self.is_arranged(day.year + 1))

    def waits_for(self, day: dt.date) -> int | None:
        """The year whose arrangement may still change this day; None where it is certain."""
        if self.is_certain(day):
            return None
        return day.year + 1 if self.is_arranged(day.year) else day.year

    def add(self, start: dt.date, n: int) -> Due:
        """The n-th working day after `start` (before it when n is negative); `start` is not counted, n = 0 gives it
        back.
        """
        step, day, left, year = (ONE_DAY if n > 0 else -ONE_DAY), start, abs(n), None
        while left:
            day += step
            left -= self.is_workday(day)
            year = year or self.waits_for(day)
        return Due(day, year)

    def count(self, start: dt.date, end: dt.date) -> Count:
        """Working days after `start` up to and including `end`; negative when `end` lies before (days overdue)."""
        first, last, sign = (start, end, 1) if start <= end else (end, start, -1)
        days = [first + ONE_DAY * offset for offset in range(1, (last - first).days + 1)]
        return Count(sign * sum(map(self.is_workday, days)), next(filter(None, map(self.waits_for, days)), None))


def _waits_for_new_year(day: dt.date) -> bool:
    """Whether the New Year holiday of the next year may move this day."""
    late = day.month == 12 and day.day > TOUCHED_BY_NEW_YEAR
    return late and dt.date(day.year + 1, 1, 1).weekday() not in NEW_YEAR_WITHOUT_EXCHANGE
