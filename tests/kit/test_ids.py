"""Citizen numbers as they are typed, pasted and spoilt by spreadsheets (R-ELG-1, check id_valid)."""

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from kit.ids import IdError, citizen_number_from, normalise_citizen_number, parse_citizen_number, upgrade_fifteen

TODAY = dt.date(2026, 11, 23)
GOOD = citizen_number_from("150102", dt.date(1990, 3, 7), 123)
ENDS_IN_X = next(
    number
    for number in (citizen_number_from("150102", dt.date(1990, 3, 7), sequence) for sequence in range(999))
    if number.endswith("X")
)
births = st.dates(dt.date(1907, 1, 1), TODAY)
divisions = st.integers(100000, 999999).map(str)
sequences = st.integers(0, 999)


def refusal(text: str, today: dt.date = TODAY) -> IdError:
    with pytest.raises(IdError) as caught:
        parse_citizen_number(text, today)
    assert str(caught.value)
    return caught.value


def test_a_right_number_tells_birth_sex_and_division():
    parsed = parse_citizen_number(GOOD, TODAY)
    assert (parsed.birth_date, parsed.sex, parsed.division) == (dt.date(1990, 3, 7), "male", "150102")
    assert parse_citizen_number(citizen_number_from("150102", dt.date(1990, 3, 7), 124), TODAY).sex == "female"


def test_a_person_older_than_the_district_code_is_accepted():
    """Born in 1958 with prefix 150102: the birth-place check of the library refuses this person, we do not."""
    number = citizen_number_from("150102", dt.date(1958, 5, 1), 1)
    assert not ric.is_valid(number)
    assert parse_citizen_number(number, TODAY).birth_date == dt.date(1958, 5, 1)


def test_a_prefix_that_never_existed_only_informs():
    assert parse_citizen_number(citizen_number_from("999999", dt.date(1980, 1, 1), 2), TODAY).division == "999999"


@given(divisions, births, sequences)
def test_every_made_up_number_reads_back(division, birth, sequence):
    parsed = parse_citizen_number(citizen_number_from(division, birth, sequence), TODAY)
    assert (parsed.division, parsed.birth_date, parsed.sex == "male") == (division, birth, sequence % 2 == 1)


@given(divisions, births, sequences, st.integers(0, 16), st.integers(1, 9))
def test_one_digit_copied_wrongly_never_passes(division, birth, sequence, place, shift):
    number = citizen_number_from(division, birth, sequence)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert refusal(wrong).code in {"check_digit", "excel_float"}


@given(divisions, births, sequences, st.integers(0, 16))
def test_two_neighbouring_digits_swapped_never_pass(division, birth, sequence, place):
    number = citizen_number_from(division, birth, sequence)
    if number[place] == number[place + 1] or "X" in number[place : place + 2]:
        return
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert refusal(swapped).code in {"check_digit", "excel_float"}


@given(st.text(max_size=25))
def test_any_text_gives_a_number_or_a_sentence(text):
    try:
        said = parse_citizen_number(text, TODAY).number
    except IdError as error:
        said = str(error)
    assert said


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "length"),
        ("   ", "length"),
        (GOOD[:-1], "length"),
        (GOOD + "1", "length"),
        ("15010219900307123四", "characters"),
        ("X" + GOOD[1:], "characters"),
        ("1.50102E+17", "excel_float"),
        ("1.5010219900307123e+17", "excel_float"),
        ("1.50102E+14", "excel_float"),
        ("150102199003071000", "excel_float"),
        ("150102900307123", "fifteen_digits"),
    ],
)
def test_what_cannot_be_mended_has_its_own_sentence(typed, code):
    assert refusal(typed).code == code


def test_a_date_of_birth_that_does_not_exist_is_refused():
    body = "15010219900230123"
    number = body + ric.calc_check_digit(body + "0")
    assert refusal(number).code == "birth_date"
    assert "19900230" in str(refusal(number))


def test_a_birth_tomorrow_is_refused_and_today_is_not():
    assert refusal(citizen_number_from("150102", dt.date(2026, 11, 24), 1)).code == "future"
    assert parse_citizen_number(citizen_number_from("150102", TODAY, 1), TODAY).birth_date == TODAY


def test_120_years_is_allowed_and_a_day_more_is_not():
    assert parse_citizen_number(citizen_number_from("150102", dt.date(1906, 11, 23), 1), TODAY)
    assert refusal(citizen_number_from("150102", dt.date(1906, 11, 22), 1)).code == "too_old"


def test_born_on_29_february_is_judged_in_a_year_without_one():
    number = citizen_number_from("150102", dt.date(1908, 2, 29), 1)
    assert parse_citizen_number(number, dt.date(2028, 2, 29))
    assert refusal(number, dt.date(2028, 3, 1)).code == "too_old"


@pytest.mark.parametrize(
    "typed",
    [
        f"'{GOOD}",
        f"\u200b{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}\xa0",
        "".join(chr(ord(digit) + 0xFEE0) for digit in GOOD),
        f"{GOOD[:6]}-{GOOD[6:14]}-{GOOD[14:]}",
        GOOD.replace("0", "O"),
        GOOD.replace("1", "l"),
        f"{GOOD}.0",
    ],
)
def test_spaces_full_width_and_look_alikes_are_mended_and_said(typed):
    number, notes = normalise_citizen_number(typed)
    assert number == GOOD
    assert notes
    assert all(type(note) is str for note in notes)
    assert parse_citizen_number(typed, TODAY).number == GOOD


def test_a_right_number_is_not_said_to_be_changed():
    assert normalise_citizen_number(GOOD) == (GOOD, [])
    assert normalise_citizen_number(f" {GOOD}\n") == (GOOD, [])


@pytest.mark.parametrize("letter", ["x", "×", "х", "Х", "ｘ"])
def test_every_x_at_the_end_becomes_a_capital_x(letter):
    number, notes = normalise_citizen_number(ENDS_IN_X[:-1] + letter)
    assert number == ENDS_IN_X
    assert notes


def test_a_look_alike_letter_is_left_alone_when_the_check_digit_disagrees():
    wrong = GOOD[:16] + "O" + GOOD[17]
    assert normalise_citizen_number(wrong) == (wrong, [])
    assert refusal(wrong).code == "characters"


def test_an_old_number_is_offered_as_a_new_one_but_not_taken():
    error = refusal("150102900307123")
    assert error.suggestion == GOOD
    assert GOOD in str(error)
    assert upgrade_fifteen("150102 900307 123") == GOOD
    assert refusal("1.50102900307123E+14").suggestion == GOOD


def test_an_old_number_with_an_impossible_date_offers_nothing():
    error = refusal("150102901307123")
    assert (error.code, error.suggestion) == ("fifteen_digits", None)
    with pytest.raises(IdError, match="19901307"):
        upgrade_fifteen("150102901307123")


def test_upgrading_something_else_is_refused():
    with pytest.raises(IdError) as caught:
        upgrade_fifteen(GOOD)
    assert caught.value.code == "length"


@pytest.mark.parametrize(("division", "sequence"), [("15010", 1), ("15010a", 1), ("150102", 1000), ("150102", -1)])
def test_a_made_up_number_needs_a_real_shape(division, sequence):
    with pytest.raises(ValueError, match="division"):
        citizen_number_from(division, dt.date(1990, 1, 1), sequence)


def test_the_sentence_follows_the_readers_language():
    error = refusal(GOOD[:-1])
    with translation.override("zh-hans"):
        assert "17 位" in str(error)
    assert not isinstance(error.message, str)
