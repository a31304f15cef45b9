"""Names: Mongolian names with a dot, names of any length, and what is no name (eligibility, id_valid)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.identity import normalise_name, same_name
from kit.ids import IdError, check_name


@pytest.mark.parametrize("dot", [*"·•・．‧･.", " · ", "\u2022\u200b"])
def test_every_middle_dot_is_one_dot(dot):
    assert normalise_name(f"巴特尔{dot}苏和") == "巴特尔·苏和"
    assert same_name(f"巴特尔{dot}苏和", "巴特尔·苏和")


@pytest.mark.parametrize("typed", [" 张 三 ", "张\u3000三", "张\u200b三", "张\n三", "张\xa0三\ufeff"])
def test_spaces_of_every_kind_do_not_make_another_person(typed):
    assert same_name(typed, "张三")


def test_full_width_letters_are_the_same_letters():
    assert same_name("Ｂａｔｕ", "Batu")


@pytest.mark.parametrize("other", ["张四", "张", "张三丰", "章三"])
def test_another_name_is_another_person(other):
    assert not same_name("张三", other)


def test_a_name_without_its_dot_is_another_name():
    assert not same_name("巴特尔苏和", "巴特尔·苏和")


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing_more(text):
    assert normalise_name(normalise_name(text)) == normalise_name(text)


@pytest.mark.parametrize(
    "name",
    ["张三", "欧阳娜娜", "乌兰图雅其其格", "巴特尔·苏和", "额尔敦巴雅尔·其木格·阿拉坦", "Batu", "ᠪᠠᠲᠤ", "〇一", "𠮷田"],
)
def test_real_names_of_any_length_are_taken(name):
    assert check_name(name) == normalise_name(name)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_empty"),
        (" \u3000", "name_empty"),
        ("张三1", "name_digits"),
        ("150102199003071234", "name_digits"),
        ("张*", "name_characters"),
        ("张三(已退)", "name_characters"),
        ("张三/李四", "name_characters"),
        ("=cmd", "name_characters"),
        ("张\ue001", "name_private"),
        ("张\ufffd", "name_private"),
        ("·张三", "name_dots"),
        ("巴特尔··苏和", "name_dots"),
        ("张" * 61, "name_long"),
    ],
)
def test_what_is_no_name_is_refused_with_a_sentence(typed, code):
    with pytest.raises(IdError) as caught:
        check_name(typed)
    assert caught.value.code == code
    assert str(caught.value)
