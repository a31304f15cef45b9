"""Citizen numbers: mended where that is certain, refused with a sentence where it is not (R-ELG-1, check `id_valid`).

The numbers are read by `kit.identity`; here are the sentences of what was mended and what is wrong.
"""

import datetime as dt
import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

from .errors import IdError
from .identity import CitizenNumber, WrongNumber, mend_number, read_number, written_birth
from .names import check_name
from .numbers import check_bank_account, check_bank_card, check_phone, parse_uscc, uscc_from
from .text import clean_number_text, is_scientific

__all__ = [
    "CitizenNumber",
    "IdError",
    "check_bank_account",
    "check_bank_card",
    "check_name",
    "check_phone",
    "citizen_number_from",
    "normalise_citizen_number",
    "parse_citizen_number",
    "parse_uscc",
    "upgrade_fifteen",
    "uscc_from",
]

OLD_LENGTH = 15
CENTURY_OF_OLD_NUMBERS = "19"
MENDED = {
    "cleaned": _("已去掉空格、全角或多余的符号"),
    "scientific": _("已把科学计数法还原为数字"),
    "separators": _("已去掉分隔符"),
    "x": _("末位已改为大写字母 X"),
    "look_alikes": _("已把形近字母改为数字（O 改为 0，I、l 改为 1）"),
}


def parse_citizen_number(text: str, today: dt.date) -> CitizenNumber:
    """The number read and judged on the day `today` (R-ELG-1 `id_valid`), or IdError with its code and sentence."""
    try:
        return read_number(text, today)
    except WrongNumber as wrong:
        raise _refusal(wrong) from wrong


def normalise_citizen_number(text: str) -> tuple[str, list[str]]:
    """The number as it should have been typed, and a sentence for each thing that was changed."""
    number, mended = mend_number(text)
    return number, [str(MENDED[code]) for code in mended]


def upgrade_fifteen(text: str) -> str:
    """The 18-digit number of a 15-digit one (born 19xx): offered to the user, who confirms it; else IdError."""
    number = clean_number_text(text)
    if not re.fullmatch(r"[0-9]{15}", number):
        raise IdError("length", _("不是 15 位的旧身份证号码。"))
    body = f"{number[:6]}{CENTURY_OF_OLD_NUMBERS}{number[6:]}"
    upgraded = body + ric.calc_check_digit(f"{body}0")
    if written_birth(upgraded) is None:
        raise _no_such_birth(upgraded)
    return upgraded


def citizen_number_from(division: str, birth: dt.date, sequence: int) -> str:
    """A number with a right check digit, for made-up people; an odd sequence (0-999) is a man."""
    if not re.fullmatch(r"[0-9]{6}", division) or not 0 <= sequence <= 999:
        raise ValueError("division has six digits, sequence is 0 to 999")
    body = f"{division}{birth.year:04d}{birth.month:02d}{birth.day:02d}{sequence:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def _refusal(wrong: WrongNumber) -> IdError:
    """The sentence for what is wrong with a number, as closely as it can be told."""
    match wrong.code:
        case "length":
            return _wrong_form(wrong.number)
        case "check_digit":
            return _wrong_check_digit(wrong.number)
        case "birth_date":
            return _no_such_birth(wrong.number)
    sentence = (
        _("身份证号码中的出生日期 {birth} 在今天之后。")
        if wrong.code == "future"
        else _("身份证号码中的出生日期 {birth} 距今超过 120 年，请核对。")
    )
    return IdError(wrong.code, format_lazy(sentence, birth=written_birth(wrong.number)))


def _wrong_form(number: str) -> IdError:
    """Empty, floats, strange characters, 15 digits, other lengths: each with its own sentence."""
    if not number:
        return IdError("length", _("没有填写身份证号码。"))
    if is_scientific(number):
        return _lost_in_excel()
    strange = re.sub(r"[0-9]", "", number[:-1]) + re.sub(r"[0-9X]", "", number[-1])
    if strange:
        return IdError(
            "characters", format_lazy(_("身份证号码只能由数字组成，末位可以是 X；这里有“{found}”。"), found=strange[:5])
        )
    if len(number) == OLD_LENGTH:
        return _fifteen(number)
    return IdError("length", format_lazy(_("身份证号码应为 18 位，这里是 {count} 位。"), count=len(number)))


def _fifteen(number: str) -> IdError:
    """The refusal of an old number, with the new one offered where its date of birth exists."""
    try:
        offered = upgrade_fifteen(number)
    except IdError:
        return IdError("fifteen_digits", _("这是 15 位的旧号码，且其中的出生日期不存在，请按身份证填写 18 位号码。"))
    sentence = format_lazy(_("这是 15 位的旧号码，升级后应为 {offered}，请对照身份证确认后填写。"), offered=offered)
    return IdError("fifteen_digits", sentence, suggestion=offered)


def _wrong_check_digit(number: str) -> IdError:
    """A wrong check digit; a number ending in 000 most likely went through a number cell."""
    if number.endswith("000"):
        return _lost_in_excel()
    return IdError("check_digit", _("身份证号码的校验码不对，请对照身份证逐位核对。"))


def _lost_in_excel() -> IdError:
    return IdError(
        "excel_float",
        _("Excel 把身份证号码当作数字保存，末几位已经丢失。请把该列设为“文本”格式，再重新录入完整号码。"),
    )


def _no_such_birth(number: str) -> IdError:
    return IdError("birth_date", format_lazy(_("身份证号码中的出生日期 {digits} 不存在。"), digits=number[6:14]))
