"""Names and words as phones, PDFs and other people's software leave them (R-SEC-4): what nobody sees goes, what was
meant stays.
"""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.identity import same_name
from kit.ids import normalise_citizen_number
from kit.names import check_name
from kit.sheets import what_was_folded
from kit.text import squeeze, tidy

FORMAT_AND_CONTROL = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)) in {"Cf", "Cc"} and code != 0x180E
]
MONGOLIAN = "ᠮᠣᠩᠭᠣᠯ"
WITH_SELECTOR = "ᠮᠣᠩᠭ᠋ᠣᠯ"


@pytest.mark.parametrize("name", ["张三", "巴特尔·苏和"])
def test_no_format_or_control_character_of_unicode_tells_two_names_apart(name):
    assert [hex(ord(c)) for c in FORMAT_AND_CONTROL if not same_name(f"{name[0]}{c}{name[1:]}{c}", name)] == []
    assert [hex(ord(c)) for c in FORMAT_AND_CONTROL if check_name(f"{name[0]}{c}{name[1:]}") != name] == []


@pytest.mark.parametrize(
    "mark",
    ["\u2066", "\u2069", "\u061c", "\u200b", "\u00ad", "\u3164", "\u115f", "\u034f", "\ufe0f", "\U000e0101", "\u2800"],
)
def test_marks_pasted_with_a_number_are_taken_out_and_said(mark):
    number = f"150102{mark}199003078041{mark}"
    assert normalise_citizen_number(number)[0] == "150102199003078041"
    assert [str(sentence) for sentence in what_was_folded(number)] == ["已去掉看不见的字符"]
    assert tidy(f"新城区{mark}人民路1号") == "新城区人民路1号"


def test_what_mongolian_spelling_needs_stays_inside_mongolian_words():
    assert tidy(WITH_SELECTOR) == WITH_SELECTOR
    assert squeeze(WITH_SELECTOR) == WITH_SELECTOR
    assert tidy("ᠭᠡᠷ᠎ᠡ") == "ᠭᠡᠷ᠎ᠡ"
    assert what_was_folded(WITH_SELECTOR) == []


@pytest.mark.parametrize("text", ["张\u180b三", "\u180e张三", "张三\u180e", "\u180b\u180c张三"])
def test_anywhere_else_they_go(text):
    assert squeeze(text) == "张三"


def test_a_mongolian_name_with_and_without_selectors_is_one_name():
    assert same_name(WITH_SELECTOR, MONGOLIAN)


@pytest.mark.parametrize(
    ("copied", "meant"),
    [
        ("⻢⻰", "马龙"),
        ("⻩⻬", "黄齐"),
        ("⼈⺠路1号", "人民路1号"),
        ("⽟⻥", "玉鱼"),
        ("⻄⻔外", "西门外"),
        ("⻘城", "青城"),
        ("⻛⻋", "风车"),
    ],
)
def test_radicals_copied_from_a_pdf_become_their_characters(copied, meant):
    assert tidy(copied) == meant
    assert squeeze(copied) == meant
    assert [str(sentence) for sentence in what_was_folded(copied)] == ["已把部首字形改为汉字"]


def test_a_radical_without_a_character_stays_and_is_no_name():
    assert squeeze("⺀") == "⺀"
    assert what_was_folded("⺀") == []


@given(st.text(max_size=30))
def test_reading_twice_is_reading_once(text):
    assert squeeze(squeeze(text)) == squeeze(text)
    assert tidy(tidy(text)) == tidy(text)
