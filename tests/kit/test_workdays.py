"""Deadlines in Chinese working days, inside and beyond the years anybody knows."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.workdays import (
    CalendarUnknownError,
    add_workdays,
    add_workdays_or_weekdays,
    is_workday,
    is_year_known,
    next_workday,
    workdays_between,
    workdays_between_or_weekdays,
)

NATIONAL_DAY = dt.date(2026, 10, 1)
MAKE_UP_SATURDAY = dt.date(2026, 10, 10)
known_days = st.dates(dt.date(2006, 1, 1), dt.date(2024, 12, 31))
FAR = 2099
ENTERED = {dt.date(FAR, 1, 1): False, dt.date(FAR, 1, 3): True}


def test_a_holiday_is_no_workday_and_a_make_up_saturday_is():
    assert not is_workday(NATIONAL_DAY)
    assert MAKE_UP_SATURDAY.weekday() == 5
    assert is_workday(MAKE_UP_SATURDAY)


def test_the_override_table_wins_over_the_package():
    assert is_workday(NATIONAL_DAY, {NATIONAL_DAY: True})
    assert not is_workday(MAKE_UP_SATURDAY, {MAKE_UP_SATURDAY: False})


def test_five_workdays_over_national_day_2026():
    assert add_workdays(dt.date(2026, 9, 30), 5) == dt.date(2026, 10, 13)
    assert workdays_between(dt.date(2026, 9, 30), dt.date(2026, 10, 13)) == 5
    assert add_workdays(dt.date(2026, 10, 13), -5) == dt.date(2026, 9, 30)


def test_the_next_workday_after_a_friday_is_monday():
    assert next_workday(dt.date(2026, 11, 20)) == dt.date(2026, 11, 23)


def test_no_days_are_no_days():
    assert add_workdays(NATIONAL_DAY, 0) == NATIONAL_DAY
    assert workdays_between(NATIONAL_DAY, NATIONAL_DAY) == 0


@given(known_days, st.integers(1, 60))
def test_counting_undoes_adding(start, n):
    end = add_workdays(start, n)
    assert is_workday(end)
    assert workdays_between(start, end) == n
    assert workdays_between(end, start) == -n
    assert add_workdays_or_weekdays(start, n) == (end, True)


def test_a_year_nobody_announced_is_an_error_that_names_it():
    assert not is_year_known(FAR)
    with pytest.raises(CalendarUnknownError) as caught:
        is_workday(dt.date(FAR, 3, 2))
    assert caught.value.year == FAR
    assert str(FAR) in str(caught.value)


def test_a_deadline_that_reaches_into_an_unknown_year_is_an_error():
    with pytest.raises(CalendarUnknownError):
        add_workdays(dt.date(2026, 12, 30), 260)


def test_the_tolerant_door_counts_weekdays_and_says_it_is_not_certain():
    friday = dt.date(FAR, 3, 6)
    assert friday.weekday() == 4
    assert add_workdays_or_weekdays(friday, 1) == (dt.date(FAR, 3, 9), False)
    assert workdays_between_or_weekdays(friday, dt.date(FAR, 3, 13)) == (5, False)
    assert workdays_between_or_weekdays(dt.date(2026, 11, 20), dt.date(2026, 11, 23)) == (1, True)


def test_a_single_override_does_not_make_the_whole_year_known():
    overrides = {dt.date(FAR, 3, 2): False}
    assert not is_workday(dt.date(FAR, 3, 2), overrides)
    with pytest.raises(CalendarUnknownError):
        is_workday(dt.date(FAR, 3, 3), overrides)


def test_a_year_whose_new_year_was_entered_is_known():
    assert is_year_known(FAR, ENTERED)
    assert is_workday(dt.date(FAR, 1, 3), ENTERED)
    assert [is_workday(dt.date(FAR, 3, day), ENTERED) for day in (6, 7, 8, 9)] == [True, False, False, True]
    assert add_workdays_or_weekdays(dt.date(FAR, 3, 6), 1, ENTERED) == (dt.date(FAR, 3, 9), True)
