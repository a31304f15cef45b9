"""Numbers, names, ages and retirement, by the law of the day (`id_valid`, `working_age`)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.engine.checks.retirement import law_on, retirement_day
from eligibility.engine.dates import add_months, add_years, age_on
from eligibility.rules.retirement import RETIREMENT
from eligibility.rules.table import NMG_2020_95, NoTable, table_on
from kit.identity import WrongNumber, fold_name, read_number

from .people import number

DAY = date(2020, 8, 3)


def test_number_says_birth_and_sex_and_its_prefix_only_informs():
    read = read_number(number("1958-03-12", 3), DAY)
    assert (read.birth_date, read.sex, read.division) == (date(1958, 3, 12), "male", "150102")
    assert read_number(number("1958-03-12", 4, "999999"), DAY).sex == "female"


@pytest.mark.parametrize(
    "typed", ["15010219850520009x", " 150102 19850520 009X ", "１５０１０２１９８５０５２０００９Ｘ"]
)
def test_number_is_read_as_people_type_it(typed):
    assert read_number(typed, DAY).number == "15010219850520009X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("150102850520009", "length"),
        ("15010219850520009XX", "length"),
        ("X5010219850520009X", "length"),
        ("1501021985052000٣٠", "length"),
        ("150102198505200031", "check_digit"),
        (number("1985-02-30"), "birth_date"),
        (number("2020-08-04"), "future"),
        (number("1900-08-02"), "too_old"),
    ],
)
def test_wrong_number_is_refused_for_its_reason(text, code):
    with pytest.raises(WrongNumber) as refused:
        read_number(text, DAY)
    assert refused.value.code == code


def test_born_today_and_120_years_ago_today_are_possible():
    assert read_number(number("2020-08-03"), DAY).birth_date == DAY
    assert read_number(number("1900-08-03"), DAY).birth_date == date(1900, 8, 3)


@pytest.mark.parametrize("dot", list("·•・．･‧․."))
def test_middle_dots_and_spaces_do_not_make_another_name(dot):
    assert fold_name(f"阿拉腾 {dot}\u3000其其格") == fold_name("阿拉腾·其其格")


def test_another_name_is_another_name():
    assert fold_name("阿拉腾其其格") != fold_name("阿拉腾·其其格")
    assert fold_name("苏日娜") != fold_name("苏日那")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 8, 31), -6, date(2020, 2, 29)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 3, 15), -3, date(2019, 12, 15)),
        (date(9999, 12, 31), 12, date(9999, 12, 31)),
        (date(1, 1, 1), -1, date(1, 1, 1)),
    ],
)
def test_calendar_months_are_clamped_to_the_months_end(day, months, expected):
    assert add_months(day, months) == expected


def test_birthday_on_leap_day_is_kept_on_the_28th():
    assert age_on(date(2004, 2, 29), date(2021, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2021, 2, 27)) == 16


ROWS = {(row.sex, row.kind): row for row in RETIREMENT[1].rows}
MAN, WORKER, MANAGER = ROWS["male", None], ROWS["female", "worker"], ROWS["female", "manager"]


@pytest.mark.parametrize(
    ("row", "birth", "retires"),
    [
        (MAN, date(1964, 12, 31), date(2024, 12, 31)),
        (MAN, date(1965, 1, 15), date(2025, 2, 15)),
        (MAN, date(1965, 4, 30), date(2025, 5, 30)),
        (MAN, date(1965, 5, 1), date(2025, 7, 1)),
        (MAN, date(1976, 8, 31), date(2039, 7, 31)),
        (MAN, date(1976, 9, 1), date(2039, 9, 1)),
        (MAN, date(1990, 1, 1), date(2053, 1, 1)),
        (MANAGER, date(1969, 12, 31), date(2024, 12, 31)),
        (MANAGER, date(1970, 1, 1), date(2025, 2, 1)),
        (MANAGER, date(1981, 9, 10), date(2039, 9, 10)),
        (WORKER, date(1974, 12, 31), date(2024, 12, 31)),
        (WORKER, date(1975, 1, 31), date(2025, 2, 28)),
        (WORKER, date(1975, 2, 10), date(2025, 3, 10)),
        (WORKER, date(1975, 3, 10), date(2025, 5, 10)),
        (WORKER, date(1984, 10, 1), date(2039, 9, 1)),
        (WORKER, date(1984, 11, 1), date(2039, 11, 1)),
        (WORKER, date(1995, 11, 1), date(2050, 11, 1)),
    ],
)
def test_retirement_is_delayed_by_month_of_birth_up_to_the_limit(row, birth, retires):
    assert retirement_day(birth, row) == retires


def test_the_law_is_the_one_of_the_day_judged():
    assert law_on(RETIREMENT, date(2024, 12, 31)).since == date(1978, 6, 2)
    assert law_on(RETIREMENT, date(2025, 1, 1)).since == date(2025, 1, 1)


@given(st.dates(date(1920, 1, 1), date(2010, 1, 1)), st.sampled_from(RETIREMENT))
def test_no_law_lets_anyone_retire_before_fifty_or_after_sixty_three(birth, law):
    for row in law.rows:
        assert add_years(birth, 50) <= retirement_day(birth, row) <= add_years(birth, 63)


def test_table_is_found_by_day_and_none_is_in_force_before_the_notice():
    assert table_on(date(2020, 7, 1)) is NMG_2020_95
    assert table_on(date.max) is NMG_2020_95, "a draft is never found by date"
    with pytest.raises(NoTable):
        table_on(date(2020, 6, 30))
