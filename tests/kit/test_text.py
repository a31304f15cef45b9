"""Cells as text, dates and numbers."""

import datetime as dt
from decimal import Decimal

import pytest

from kit.dates import cell_date, read_date
from kit.errors import DateError
from kit.text import cell_decimal, cell_text, is_blank, scientific_digits, written


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


NOVEMBER_3 = dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-03",
        "2026/11/3",
        "2026.11.3",
        "2026年11月3日",
        "2026年11月3号",
        "20261103",
        20261103.0,
        20261103,
        " 2026 - 11 - 03",
        "２０２６－１１－０３",
        "2026-11-03 10:22:33",
        "2026/11/3 10:22",
        "2026.11.03 10:22:33.120",
        "2026年11月3日 10:22:33",
        "2026年11月3日10时22分33秒",
        "2026年11月3日 下午3点05分",
        "2026/11/3 上午10:22:33",
        "2026/11/3 10:22:33 PM",
        "20261103 10:22:33",
        "20261103102233",
        20261103102233.0,
        20261103102233,
        "202611031022",
        "20261103102233120",
        "2026-11-03T10:22:33",
        "2026-11-03T10:22:33.120+08:00",
        "2026-11-03T10:22:33+0800",
        "2026-11-02T16:00:00Z",
        "2026-11-02T16:00:00.000Z",
        "2026-11-03T09:00:00+08",
        "20261103T022233Z",
        46329,
        46329.0,
        46329.4337,
        "46329",
        "46329.25",
        46328.999999999,
        dt.date(2026, 11, 3),
        dt.datetime(2026, 11, 3, 9),
        dt.datetime(2026, 11, 3),
        dt.datetime(2026, 11, 2, 23, 59, 59, 999_998),
        dt.datetime(2026, 11, 2, 16, tzinfo=dt.UTC),
    ],
)
def test_a_date_is_read_in_every_form_people_and_banks_write(value):
    assert read_date(value) == NOVEMBER_3
    assert cell_date(value) == NOVEMBER_3


@pytest.mark.parametrize("value", ["", None, "  ", "\u3000"])
def test_an_empty_cell_is_no_date_and_no_mistake(value):
    assert read_date(value) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-13-01", "2026-13-01"),
        ("31/02/2026", "31/02/2026"),
        ("明天", "明天"),
        ("11/3", "11/3"),
        ("2026年11月", "2026年11月"),
        ("2026-02-30", "2026-02-30"),
        ("20261131", "20261131"),
        ("20261130256199", "20261130256199"),
        ("2026-11-30 25:00", "2026-11-30 25:00"),
        (2026, "2026"),
        (202611, "202611"),
        (0.5, "0.5"),
        (True, "是"),
        (2.0261130102233e16, "2.0261130102233E+16"),
        (dt.time(9), "09:00:00"),
        ("2026-11-03 二〇二六", "2026-11-03 二〇二六"),
        ("9" * 4400, "9" * 40 + "…"),
        ("2026-11-3-4", "2026-11-3-4"),
        (-5, "-5"),
        (float("nan"), "NAN"),
        (float("inf"), "INF"),
        ("9999-12-31T23:00:00Z", "9999-12-31T23:00:00Z"),
    ],
)
def test_what_is_no_date_is_named(value, shown):
    with pytest.raises(DateError) as refused:
        read_date(value)
    assert (refused.value.code, str(refused.value)) == (
        "not_a_date",
        f"“{shown}”不是日期，请写作 2026-11-20 这样的形式。",
    )
    assert cell_date(value) is None


@pytest.mark.parametrize("value", ["02/03/2026", "2/3/26", "20/11/2026", "26-11-20", "11.20.2026", "02/03/2026 10:22"])
def test_day_and_month_in_an_order_nobody_can_tell_are_asked_about(value):
    with pytest.raises(DateError) as refused:
        read_date(value)
    assert (refused.value.code, str(refused.value)) == (
        "ambiguous",
        f"“{value}”年、月、日的次序不清，请写作 2026-11-20 这样的形式。",
    )


@pytest.mark.parametrize(
    ("value", "shown", "day"),
    [
        (dt.datetime(2026, 11, 29, 16), "2026-11-29 16:00:00", "2026-11-30"),
        (dt.datetime(2026, 11, 29, 15, 59, 59, 999_999), "2026-11-29 16:00:00", "2026-11-30"),
        ("2026-11-29 16:00:00", "2026-11-29 16:00:00", "2026-11-30"),
        (46355 + 16 / 24, "2026-11-29 16:00:00", "2026-11-30"),
        ("20261129160000", "20261129160000", "2026-11-30"),
        (dt.datetime(2026, 11, 30, 23, 59, 17), "2026-11-30 23:59:17", "2026-12-01"),  # SheetJS
        (46356.9995023, "2026-11-30 23:59:17", "2026-12-01"),
        ("2026-11-30 23:59:17", "2026-11-30 23:59:17", "2026-12-01"),
        ("2026-11-30T15:59:17Z", "2026-11-30T15:59:17Z", "2026-12-01"),
        (
            dt.datetime(1988, 6, 30, 15),
            "1988-06-30 15:00:00",
            "1988-07-01",
        ),  # the summers of 1986 to 1991 had daylight saving time
    ],
)
def test_shanghai_midnight_written_as_the_evening_before_is_asked_about(value, shown, day):
    """ExcelJS and its like write a day at 00:00 in Shanghai as 16:00 of the day before, in UTC."""
    with pytest.raises(DateError) as refused:
        read_date(value)
    assert refused.value.code == "evening_before"
    assert str(refused.value) == f"“{shown}”可能是{day}零点被软件按世界时写成的；请只写日期，不写时间。"


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


INVISIBLE_REASONS = [
    "",
    " ",
    "\u3000\t\n",
    "\u200b\u200d\ufeff",
    "\u2066\u2069\u061c",
    "\u00ad\u034f",
    "\u180e\u180b",
    "\u2800\u3164\u115f\uffa0",
    "\ufe0f",
    "\U000e0020",
    "\x00\x1f",
]


@pytest.mark.parametrize("text", INVISIBLE_REASONS)
def test_a_reason_nobody_sees_is_none(text):
    assert is_blank(text)
    assert written(text) == ""


@pytest.mark.parametrize("text", ["无", "。", "ᠮᠣᠩᠭᠣᠯ\u180e", "a\u200b", "1", "é"])
def test_a_reason_somebody_sees_is_kept(text):
    assert not is_blank(text)
    assert written(f" {text}\u3000") == text
