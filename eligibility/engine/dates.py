"""Days of the law: calendar months clamped to the month's end, intervals closed at the start and open at the
end (R-ELG-3).
"""

import calendar
import re
from datetime import date, timedelta

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def parse_day(value: object) -> date:
    """The day an ISO text `YYYY-MM-DD` names; ValueError for anything else, 30 February included."""
    if not isinstance(value, str):
        raise ValueError(value)
    if not ISO_DAY.fullmatch(value):
        raise ValueError(value)
    return date.fromisoformat(value)


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier); a day the month lacks becomes its last: 31 August - 6 months
    = 29 February 2020.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February in a common year."""
    return add_months(day, 12 * years)


def day_before(day: date) -> date:
    """The day before; the first day of the calendar has none and stays."""
    return day if day == date.min else day - timedelta(days=1)


def age_on(birth: date, day: date) -> int:
    """Full years of life on `day`."""
    age = day.year - birth.year
    return age if add_years(birth, age) <= day else age - 1


def holds_on(start: date | None, end: date | None, day: date) -> bool:
    """Whether `start <= day < end`; without an end it is still running, without a start it has not begun."""
    return start is not None and start <= day and (end is None or day < end)
