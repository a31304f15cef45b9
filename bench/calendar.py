"""The working days of the generated years, each with its share of the classes that begin on it: busy months before
year's end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bench.scales import DAY, DAYS_AHEAD, FIRST_DAY
from kit.workdays import Calendar as Workdays

MONTHS = (0.3, 0.2, 0.8, 1.0, 1.0, 1.0, 0.9, 0.9, 1.2, 1.6, 2.2, 2.0)
GROWTH_A_YEAR = 0.1
BEFORE, AFTER = date(2020, 7, 1), date(2027, 6, 30)


@dataclass(frozen=True)
class Calendar:
    """`days` counts from 1; classes begin from number `first` on, `shares` says how far the classes are by each day's
    end.
    """

    days: list[date]
    first: int
    today: int
    shares: list[float]


def workdays() -> Iterator[date]:
    """Every working day from before the first registration to after the last deadline."""
    known = Workdays()
    day = known.add(BEFORE - timedelta(days=1), 1).day
    while day < AFTER:
        yield day
        day = known.add(day, 1).day


def weight(day: date) -> float:
    """How many classes begin on a day beside the average of the first year."""
    return MONTHS[day.month - 1] * (1 + GROWTH_A_YEAR * (day.year - FIRST_DAY.year))


def calendar() -> Calendar:
    days = list(workdays())
    last = DAY + timedelta(days=DAYS_AHEAD)
    busy = [day for day in days if FIRST_DAY <= day <= last]
    total, shares, done = sum(map(weight, busy)), [], 0.0
    for day in busy:
        done += weight(day)
        shares.append(done / total)
    return Calendar(days, days.index(busy[0]) + 1, days.index(DAY) + 1, shares)
