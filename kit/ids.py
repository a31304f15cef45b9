"""Citizen numbers: mended where that is certain, refused with a sentence where it is not (R-ELG-1, check `id_valid`).

The check digit and the date of birth decide. The division prefix only informs: people born before their district's code
existed carry a code given later, so no list of birthplaces is asked.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

from .errors import IdError
from .names import check_name, normalise_name, same_name
from .numbers import check_bank_account, check_bank_card, check_phone, normalise_uscc, parse_uscc, uscc_from
from .text import clean_number_text, is_scientific, scientific_digits

__all__ = [
    "CitizenNumber",
    "IdError",
    "check_bank_account",
    "check_bank_card",
    "check_name",
    "check_phone",
    "citizen_number_from",
    "normalise_citizen_number",
    "normalise_name",
    "normalise_uscc",
    "parse_citizen_number",
    "parse_uscc",
    "same_name",
    "upgrade_fifteen",
    "uscc_from",
]

MAX_AGE_YEARS = 120
LENGTH = 18
OLD_LENGTH = 15
CENTURY_OF_OLD_NUMBERS = "19"
FORM = re.compile(r"[0-9]{17}[0-9X]")
LOOK_ALIKES = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
LOOKS_LIKE_X = "x×хХΧχ✕"
SEPARATORS = re.compile(r"[-_–—.,·]")


@dataclass(frozen=True)
class CitizenNumber:
    """An 18-digit citizen number (GB 11643) and what it says; `division` is its prefix, which only informs."""

    number: str
    birth_date: dt.date
    sex: Literal["male", "female"]
    division: str


def parse_citizen_number(text: str, today: dt.date) -> CitizenNumber:
    """The number read and judged on the day `today` (R-ELG-1 `id_valid`), or IdError with its code and sentence."""
    number = text
    if not FORM.fullmatch(text):
        number, _notes = normalise_citizen_number(text)
        _check_form(number)
    if number[-1] != ric.calc_check_digit(number):
        raise _wrong_check_digit(number)
    birth = _birth_date(number[6:14])
    _check_birth(birth, today)
    return CitizenNumber(number, birth, "male" if int(number[16]) % 2 else "female", number[:6])


def normalise_citizen_number(text: str) -> tuple[str, list[str]]:
    """The number as it should have been typed, and a sentence for each thing that was changed.

    Letters that look like digits are read as digits only when the check digit then agrees.
    """
    if FORM.fullmatch(text):
        return text, []
    notes: list[str] = []
    number = clean_number_text(text)
    if text.strip() != number:
        notes.append(gettext("已去掉空格、全角或多余的符号"))
    if (exact := scientific_digits(number)) is not None:
        number = exact
        notes.append(gettext("已把科学计数法还原为数字"))
    elif not is_scientific(number) and SEPARATORS.search(number):
        number = SEPARATORS.sub("", number)
        notes.append(gettext("已去掉分隔符"))
    if len(number) == LENGTH and number[-1] in LOOKS_LIKE_X:
        number = f"{number[:-1]}X"
        notes.append(gettext("末位已改为大写字母 X"))
    guess = number.translate(LOOK_ALIKES)
    if guess != number and FORM.fullmatch(guess) and ric.calc_check_digit(guess) == guess[-1]:
        number = guess
        notes.append(gettext("已把形近字母改为数字（O 改为 0，I、l 改为 1）"))
    return number, notes


def upgrade_fifteen(text: str) -> str:
    """The 18-digit number of a 15-digit one (born 19xx): offered to the user, who confirms it; else IdError."""
    number = clean_number_text(text)
    if not re.fullmatch(r"[0-9]{15}", number):
        raise IdError("length", _("不是 15 位的旧身份证号码。"))
    body = f"{number[:6]}{CENTURY_OF_OLD_NUMBERS}{number[6:]}"
    _birth_date(body[6:14])
    return body + ric.calc_check_digit(f"{body}0")


def citizen_number_from(division: str, birth: dt.date, sequence: int) -> str:
    """A number with a right check digit, for made-up people; an odd sequence (0-999) is a man."""
    if not re.fullmatch(r"[0-9]{6}", division) or not 0 <= sequence <= 999:
        raise ValueError("division has six digits, sequence is 0 to 999")
    body = f"{division}{birth.year:04d}{birth.month:02d}{birth.day:02d}{sequence:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def _check_form(number: str) -> None:
    """Empty, floats, strange characters, 15 digits, other lengths: each with its own sentence."""
    if not number:
        raise IdError("length", _("没有填写身份证号码。"))
    if is_scientific(number):
        raise _lost_in_excel()
    strange = re.sub(r"[0-9]", "", number[:-1]) + re.sub(r"[0-9X]", "", number[-1])
    if strange:
        raise IdError(
            "characters",
            format_lazy(_("身份证号码只能由数字组成，末位可以是 X；这里有“{found}”。"), found=strange[:5]),
        )
    if len(number) == OLD_LENGTH:
        raise _fifteen(number)
    if len(number) != LENGTH:
        raise IdError("length", format_lazy(_("身份证号码应为 18 位，这里是 {count} 位。"), count=len(number)))


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


def _birth_date(digits: str) -> dt.date:
    """The date in YYYYMMDD, or IdError when there is no such day."""
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        sentence = format_lazy(_("身份证号码中的出生日期 {digits} 不存在。"), digits=digits)
        raise IdError("birth_date", sentence) from error


def _check_birth(birth: dt.date, today: dt.date) -> None:
    """Not after today, not more than 120 years before it."""
    if birth > today:
        raise IdError("future", format_lazy(_("身份证号码中的出生日期 {birth} 在今天之后。"), birth=birth.isoformat()))
    if (birth.year + MAX_AGE_YEARS, birth.month, birth.day) < (today.year, today.month, today.day):
        raise IdError(
            "too_old",
            format_lazy(_("身份证号码中的出生日期 {birth} 距今超过 120 年，请核对。"), birth=birth.isoformat()),
        )
