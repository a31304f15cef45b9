"""Cells as text, dates and numbers."""

import datetime as dt
from decimal import Decimal

import pytest

from kit.text import cell_date, cell_decimal, cell_text, scientific_digits


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (" 张\u3000三 \n", "张 三"),
        (13800138000.0, "13800138000"),
        (150102900307123.0, "150102900307123"),
        (1.501021990030712e17, "1.501021990030712E+17"),
        (12.5, "12.5"),
        (7, "7"),
        (True, "是"),
        (dt.date(2026, 11, 3), "2026-11-03"),
        (dt.datetime(2026, 11, 3), "2026-11-03"),
        (dt.datetime(2026, 11, 3, 8, 30), "2026-11-03 08:30:00"),
    ],
)
def test_a_cell_reads_as_a_person_sees_it(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-03",
        "2026/11/3",
        "2026.11.3",
        "2026年11月3日",
        "20261103",
        20261103.0,
        " 2026 - 11 - 03",
        dt.date(2026, 11, 3),
        dt.datetime(2026, 11, 3, 9),
    ],
)
def test_a_date_is_read_in_every_form_people_write(value):
    assert cell_date(value) == dt.date(2026, 11, 3)


@pytest.mark.parametrize("value", ["", None, "2026-13-01", "明天", "11/3", 45964.0])
def test_what_is_no_date_is_none(value):
    assert cell_date(value) is None


@pytest.mark.parametrize(("value", "number"), [("¥1,500.00元", "1500.00"), (0.1, "0.1"), (3, "3"), ("１２", "12")])
def test_numbers_are_read_without_binary_noise(value, number):
    assert cell_decimal(value) == Decimal(number)


@pytest.mark.parametrize("value", ["", None, "十", True, "NaN"])
def test_what_is_no_number_is_none(value):
    assert cell_decimal(value) is None


@pytest.mark.parametrize(
    ("text", "digits"), [("1.3800138E+10", "13800138000"), ("1.38E+10", None), ("1.50102199E+17", None), ("138", None)]
)
def test_scientific_form_is_undone_only_where_nothing_was_lost(text, digits):
    assert scientific_digits(text) == digits
