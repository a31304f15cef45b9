"""Credit codes, bank accounts and telephones as they stand in real files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from kit.identity import fold_code
from kit.ids import IdError, check_bank_account, check_bank_card, check_phone, parse_uscc, uscc_from

CODE = "91110000600037341L"
CARD = "622202020011223344" + luhn.calc_check_digit("622202020011223344")


def code_of(call, *arguments) -> str:
    with pytest.raises(IdError) as caught:
        call(*arguments)
    assert str(caught.value)
    return caught.value.code


@given(st.integers(100000, 999999).map(str), st.integers(0, 31**6 - 1), st.sampled_from(["91", "52", "12"]))
def test_every_made_up_code_is_right_for_the_standard(division, serial, kind):
    code = uscc_from(division, serial, kind)
    assert parse_uscc(code) == code
    assert uscc.is_valid(code)


def test_made_up_codes_differ():
    assert len({uscc_from("150102", serial) for serial in range(500)}) == 500


@pytest.mark.parametrize("typed", [CODE.lower(), f" {CODE[:4]} {CODE[4:]}", "'" + CODE, CODE[:9] + "-" + CODE[9:]])
def test_a_code_typed_carelessly_is_mended(typed):
    assert fold_code(typed) == parse_uscc(typed) == CODE


def test_letters_that_no_code_contains_are_read_as_digits_when_the_check_digit_agrees():
    assert fold_code(CODE.replace("0", "O")) == CODE
    spoilt = "I" + CODE[1:-2] + ("2" if CODE[-2] != "2" else "3") + CODE[-1]
    assert fold_code(spoilt) == spoilt


def test_a_rural_collective_with_a_letter_in_front_has_a_right_code():
    """The library knows digits only in front; GB 32100 gives N to the agricultural authority."""
    code = uscc_from("150125", 77, "N2")
    assert parse_uscc(code) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "length"),
        ("110000600037341", "length"),
        ("1.10000600037341E+17", "excel_float"),
        ("9111000060003734VL", "characters"),
        ("91A10000600037341L", "characters"),
        (CODE[:-1] + "M", "check_digit"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(typed, code):
    assert code_of(parse_uscc, typed) == code


@pytest.mark.parametrize("typed", [CARD, f"{CARD[:4]} {CARD[4:8]} {CARD[8:]}", "'" + CARD, f"{CARD[:6]}-{CARD[6:]}"])
def test_a_bank_card_is_taken_without_its_spaces(typed):
    assert check_bank_card(typed) == CARD


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("111111", "placeholder"),
        ("123456", "placeholder"),
        ("0000000000000000", "placeholder"),
        ("1234567890123456", "placeholder"),
        ("9876543210987654", "placeholder"),
        ("1212121212121212", "placeholder"),
        ("6222020200", "length"),
        (CARD + "0", "length"),
        (CARD[:-1] + str((int(CARD[-1]) + 1) % 10), "check_digit"),
        ("6.22202E+18", "excel_float"),
        ("6222O20200112233", "characters"),
        ("中国银行", "characters"),
    ],
)
def test_a_bank_card_that_cannot_be_is_refused(typed, code):
    assert code_of(check_bank_card, typed) == code


@given(st.text("0123456789", min_size=11, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_of_a_card_is_found(body, place, shift):
    card = body + luhn.calc_check_digit(body)
    place %= len(card)
    wrong = card[:place] + str((int(card[place]) + shift) % 10) + card[place + 1 :]
    assert code_of(check_bank_card, wrong) in {"check_digit", "placeholder"}


def test_a_units_account_needs_no_check_digit_but_a_persons_does():
    account = "05001234567000009"
    assert not luhn.is_valid(account)
    assert check_bank_account(account, personal=False) == account
    assert code_of(check_bank_account, account, True) == "check_digit"
    assert check_bank_account(CARD, personal=True) == CARD
    assert code_of(check_bank_account, "12345678", False) == "placeholder"
    assert code_of(check_bank_account, "05012345", False) == "length"


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "13800138000.0",
        "1.3800138E+10",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "+86 138-0013-8000",
        "8613800138000",
        "１３８００１３８０００",
        "'13800138000",
    ],
)
def test_a_mobile_number_is_mended(typed):
    assert check_phone(typed) == "13800138000"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0471-1234567", "0471-1234567"),
        ("04711234567", "0471-1234567"),
        ("(0471)1234567", "0471-1234567"),
        ("（0471）1234567", "0471-1234567"),
        ("0471 1234567", "0471-1234567"),
        ("010-12345678", "010-12345678"),
        ("0471-1234567-801", "0471-1234567-801"),
        ("0471-1234567转801", "0471-1234567-801"),
    ],
)
def test_a_landline_has_one_form(typed, number):
    assert check_phone(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("1.38E+10", "excel_float"),
        ("1.38001E+10", "excel_float"),
        ("12800138000", "phone"),
        ("1380013800", "phone"),
        ("138001380000", "phone"),
        ("无", "phone"),
        ("11111111111", "phone"),
        ("5123456", "area_code"),
    ],
)
def test_a_number_that_cannot_be_called_is_refused(typed, code):
    assert code_of(check_phone, typed) == code
