"""Working days in arranged years and beyond, and what is provisional; expected days are worked out by hand."""

import datetime as dt

import chinese_calendar
import pytest
from chinese_calendar.constants import holidays, in_lieu_days, workdays
from hypothesis import given
from hypothesis import strategies as st

from kit.workdays import Calendar, Due, legal_days_off

NATIONAL_DAY = dt.date(2026, 10, 1)
MAKE_UP_SATURDAY = dt.date(2026, 10, 10)
known_days = st.dates(dt.date(2006, 1, 1), dt.date(2024, 12, 1))
PACKAGE = Calendar()
# As the State Council wrote for 2025, moved to 2027 for the tests: 1–3 January off, 4 January off, 9 January worked.
ENTERED = Calendar({dt.date(2027, 1, 4): False, dt.date(2027, 1, 9): True}, frozenset({2027}))


def day(text):
    return dt.date.fromisoformat(text)


def test_a_holiday_is_no_workday_and_a_make_up_saturday_is():
    assert not PACKAGE.is_workday(NATIONAL_DAY)
    assert MAKE_UP_SATURDAY.weekday() == 5
    assert PACKAGE.is_workday(MAKE_UP_SATURDAY)
    assert PACKAGE.day_off(NATIONAL_DAY) == "国庆节"
    assert PACKAGE.day_off(MAKE_UP_SATURDAY) == PACKAGE.day_off(dt.date(2026, 11, 28)) == ""


def test_a_day_that_was_entered_wins_over_the_package():
    other = Calendar({NATIONAL_DAY: True, MAKE_UP_SATURDAY: False})
    assert other.is_workday(NATIONAL_DAY)
    assert other.day_off(NATIONAL_DAY) == ""
    assert not other.is_workday(MAKE_UP_SATURDAY)
    assert other.day_off(MAKE_UP_SATURDAY) == "调休"


def test_five_workdays_over_national_day_2026():
    assert PACKAGE.add(dt.date(2026, 9, 30), 5) == Due(dt.date(2026, 10, 13), None)
    assert PACKAGE.count(dt.date(2026, 9, 30), dt.date(2026, 10, 13)) == (5, None)
    assert PACKAGE.add(dt.date(2026, 10, 13), -5) == Due(dt.date(2026, 9, 30), None)


def test_no_days_are_no_days():
    assert PACKAGE.add(NATIONAL_DAY, 0) == (NATIONAL_DAY, None)
    assert PACKAGE.add(dt.date(2027, 3, 2), 0) == (dt.date(2027, 3, 2), None)
    assert PACKAGE.count(NATIONAL_DAY, NATIONAL_DAY) == (0, None)


@given(known_days, st.integers(1, 60))
def test_counting_undoes_adding(start, n):
    end, waits_for = PACKAGE.add(start, n)
    assert waits_for is None
    assert PACKAGE.is_workday(end)
    assert PACKAGE.count(start, end) == (n, None)
    assert PACKAGE.count(end, start).number in (
        -n,
        1 - n,
    )  # the start itself is counted backwards only where it is worked


# Free weekdays that no law names and no weekend was worked for: in place of legal days on a weekend, or given once.
INSTEAD = {
    2019: [],
    2020: ["2020-01-24", "2020-01-28", "2020-01-30", "2020-01-31", "2020-04-06", "2020-10-05", "2020-10-06"],
    2021: ["2021-02-11", "2021-02-15", "2021-04-05", "2021-05-03", "2021-10-04", "2021-10-05"],
    2022: ["2022-01-03", "2022-01-31", "2022-05-02", "2022-09-12", "2022-10-04", "2022-10-05"],
    2023: ["2023-01-02", "2023-01-25", "2023-10-04"],
    2024: ["2024-02-13", "2024-02-14"],
    2025: ["2025-06-02"],
    2026: ["2026-04-06", "2026-05-04", "2026-10-05"],
}


@pytest.mark.parametrize("year", range(2014, 2027))
def test_every_day_the_law_names_was_free_in_every_year_that_was_arranged(year):
    assert [one for one in legal_days_off(year) if chinese_calendar.is_workday(one)] == []
    assert [PACKAGE.day_off(one) for one in legal_days_off(year)] == [
        str(name) for name in legal_days_off(year).values()
    ]


@pytest.mark.parametrize("year", INSTEAD)
def test_every_official_day_off_on_a_weekday_is_legal_or_exchanged_or_in_place_of_a_legal_one(year):
    free = {one for one in holidays if one.year == year and one.weekday() < 5}
    assert sorted(one.isoformat() for one in free - set(legal_days_off(year)) - set(in_lieu_days)) == INSTEAD[year]


def test_only_new_year_moved_december_and_never_where_it_needs_no_exchange():
    moved = {
        one
        for one in (*workdays, *(one for one in holidays if one.weekday() < 5))
        if one.month == 12 and one.year >= 2007
    }
    assert moved == {
        dt.date(2007, 12, 29),
        dt.date(2007, 12, 31),
        dt.date(2011, 12, 31),
        dt.date(2018, 12, 29),
        dt.date(2018, 12, 31),
    }
    assert {dt.date(one.year + 1, 1, 1).weekday() for one in moved} == {1, 6}


# By hand, with a paper calendar. 2027: 1 January is a Friday, 除夕 5 February (Friday), 初三 8 February (Monday),
# 清明 5 April (Monday), 1 and 2 May a weekend, 端午 9 June (Wednesday), 中秋 15 September (Wednesday), 1 October a Friday.
@pytest.mark.parametrize(
    ("start", "n", "end", "waits_for"),
    [
        ("2026-12-24", 5, "2026-12-31", None),
        ("2026-12-28", 3, "2026-12-31", None),
        ("2026-12-28", 4, "2027-01-04", 2027),
        ("2026-12-28", 5, "2027-01-05", 2027),
        ("2027-02-01", 5, "2027-02-10", 2027),
        ("2027-02-04", 1, "2027-02-09", 2027),
        ("2027-04-02", 1, "2027-04-06", 2027),
        ("2027-04-29", 2, "2027-05-03", 2027),
        ("2027-06-08", 1, "2027-06-10", 2027),
        ("2027-09-14", 1, "2027-09-16", 2027),
        ("2027-09-30", 1, "2027-10-04", 2027),
        ("2028-01-24", 1, "2028-01-31", 2028),  # 除夕 is Tuesday 25 January, the twenty-ninth of its month
        ("2027-01-04", -1, "2026-12-31", 2027),  # over 2 and 3 January
        ("2027-01-01", -1, "2026-12-31", None),
    ],
)
def test_the_count_goes_on_into_a_year_that_is_not_arranged(start, n, end, waits_for):
    assert PACKAGE.add(day(start), n) == (day(end), waits_for)


@pytest.mark.parametrize(
    ("start", "end", "n", "waits_for"),
    [
        ("2026-12-28", "2027-01-05", 5, 2027),
        ("2026-12-30", "2027-01-01", 1, None),  # 1 January is free whatever is arranged
        ("2026-12-30", "2027-01-02", 1, 2027),
        ("2027-02-04", "2027-02-08", 0, None),  # the four days of the festival
        ("2027-02-04", "2027-02-09", 1, 2027),
        ("2027-01-05", "2026-12-28", -5, 2027),
    ],
)
def test_a_count_over_days_the_law_names_is_certain_and_any_other_is_provisional(start, end, n, waits_for):
    assert PACKAGE.count(day(start), day(end)) == (n, waits_for)


def test_a_day_waits_for_the_arrangement_of_its_year_and_the_last_of_december_for_the_next_one():
    assert [PACKAGE.waits_for(day(text)) for text in ("2026-12-31", "2027-01-01", "2027-01-02", "2027-12-31")] == [
        None,
        None,
        2027,
        2027,
    ]
    later = Calendar({}, frozenset({2027, 2028, 2029}))
    assert later.waits_for(dt.date(2027, 12, 31)) is None  # 1 January 2028 is a Saturday
    assert later.waits_for(dt.date(2029, 12, 28)) is None
    assert [later.waits_for(dt.date(2029, 12, number)) for number in (29, 30, 31)] == [2030, 2030, 2030]  # a Tuesday


def test_an_arrangement_that_was_entered_makes_the_count_certain():
    assert ENTERED.is_arranged(2027)
    assert ENTERED.add(dt.date(2026, 12, 28), 5) == (dt.date(2027, 1, 6), None)
    assert ENTERED.add(dt.date(2027, 1, 8), 1) == (dt.date(2027, 1, 9), None)
    assert ENTERED.add(dt.date(2027, 2, 4), 1) == (dt.date(2027, 2, 9), None)
    assert ENTERED.day_off(dt.date(2027, 2, 5)) == "春节"


def test_single_days_do_not_make_a_year_arranged_but_are_certain_themselves():
    local = Calendar({dt.date(2027, 7, 12): False})
    assert not local.is_arranged(2027)
    assert local.is_certain(dt.date(2027, 7, 12))
    assert local.add(dt.date(2027, 7, 9), 1) == (dt.date(2027, 7, 13), 2027)


def test_days_beyond_the_lunar_calendar_are_counted_by_the_week():
    assert legal_days_off(9999) == legal_days_off(1900) == {}
    assert PACKAGE.count(dt.date(9999, 12, 1), dt.date(9999, 12, 31)).waits_for == 9999
