"""Money to the fen, in figures and in capitals, and split without losing a fen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import MoneyError
from kit.money import capitals, fen, share, yuan_text

amounts = st.decimals(Decimal("0.00"), Decimal("9999999999999999.99"), places=2)


@pytest.mark.parametrize("value", [1500, "1500", "1500.0", Decimal("1500.000")])
def test_exact_amounts_have_two_decimals(value):
    assert str(fen(value)) == "1500.00"


@pytest.mark.parametrize(
    "value", [1500.0, 0.1, True, None, "0.001", Decimal("1.005"), "一千", "", "NaN", "Infinity", "1e40"]
)
def test_what_is_not_exact_to_the_fen_is_refused(value):
    with pytest.raises(MoneyError):
        fen(value)


@pytest.mark.parametrize(
    ("amount", "text"), [("1500", "1,500.00"), ("0", "0.00"), ("-1500.5", "-1,500.50"), ("1234567.89", "1,234,567.89")]
)
def test_figures_have_thousands_separators(amount, text):
    assert yuan_text(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"),
        ("1500", "壹仟伍佰元整"),
        ("10", "壹拾元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("10000000.00", "壹仟万元整"),
        ("1001001", "壹佰万壹仟零壹元整"),
        ("20030405", "贰仟零叁万零肆佰零伍元整"),
        ("-1500.00", "负壹仟伍佰元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("1000000000000", "壹万亿元整"),
        ("1234567890123", "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元整"),
    ],
)
def test_capitals_follow_the_rules_for_bills(amount, text):
    assert capitals(Decimal(amount)) == text


def spoken(text: str) -> Decimal:
    """The amount that capitals say, read back independently."""
    digits, places = "零壹贰叁肆伍陆柒捌玖", {"拾": 10, "佰": 100, "仟": 1000}
    sign = -1 if text.startswith("负") else 1
    total = part = section = digit = Decimal(0)
    cents = Decimal(0)
    for character in text.removeprefix("负").removesuffix("整"):
        if character in digits:
            digit = Decimal(digits.index(character))
        elif character in places:
            section, digit = section + digit * places[character], Decimal(0)
        elif character == "万":
            part, section, digit = (section + digit) * 10_000, Decimal(0), Decimal(0)
        elif character == "亿":
            total, part, section, digit = (part + section + digit) * 10**8, Decimal(0), Decimal(0), Decimal(0)
        elif character == "元":
            total, part, section, digit = total + part + section + digit, Decimal(0), Decimal(0), Decimal(0)
        elif character in "角分":
            cents, digit = cents + digit * (10 if character == "角" else 1), Decimal(0)
    return sign * (total + cents / 100)


@given(amounts)
def test_capitals_say_the_amount(amount):
    text = capitals(amount)
    assert spoken(text) == amount
    assert "零零" not in text
    assert text.endswith("分") != text.endswith("整")


def test_an_amount_beyond_the_bills_is_refused():
    with pytest.raises(MoneyError):
        capitals(Decimal(10) ** 16)


@given(
    st.decimals(Decimal(-1000000), Decimal(1000000), places=2),
    st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any),
)
def test_shares_add_up_and_follow_the_weights(total, weights):
    parts = share(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < Decimal("0.01")
        assert weight or not part


def test_three_people_share_a_hundred_yuan():
    assert share(Decimal(100), [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(MoneyError):
        share(Decimal(100), weights)
