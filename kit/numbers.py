"""Credit codes, bank accounts and telephone numbers: mended where certain, refused with a sentence otherwise."""

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from .errors import IdError
from .identity import CODE_FORM, fold_code
from .text import clean_number_text, is_scientific, scientific_digits

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH = 18
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

LUHN = tuple({digit: value for value, digit in enumerate(digits)} for digits in ("0123456789", "0516273849"))
COUNTING_UP = "0123456789" * 5
COUNTING_DOWN = COUNTING_UP[::-1]
CARD_LENGTHS = range(12, 20)
ACCOUNT_LENGTHS = range(9, 33)
MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))-?([0-9]{7,8})(?:(?:-|转|ext\.?)([0-9]{1,6}))?", re.IGNORECASE)
COUNTRY_CODE = re.compile(r"^(?:\+86|0086|\(\+?86\)|86(?=1[3-9][0-9]{9}$))-?")


def parse_uscc(text: str) -> str:
    """The unified social credit code (GB 32100), or IdError: excel_float, length, characters, check_digit."""
    code = fold_code(text)
    if is_scientific(code):
        raise IdError("excel_float", _("Excel 把代码当作数字保存，末几位已经丢失。请把该列设为“文本”格式后重新录入。"))
    if len(code) != USCC_LENGTH:
        raise IdError(
            "length",
            format_lazy(_("统一社会信用代码应为 18 位，这里是 {count} 位（旧注册号不能代替）。"), count=len(code)),
        )
    if not CODE_FORM.fullmatch(code):
        raise IdError(
            "characters",
            _("统一社会信用代码由数字和大写字母组成，不含 I、O、S、V、Z，第 3 至 8 位是行政区划数字，请核对。"),
        )
    if uscc.calc_check_digit(code) != code[-1]:
        raise IdError("check_digit", _("统一社会信用代码的校验码不对，请对照证照逐位核对。"))
    return code


def uscc_from(division: str, serial: int, kind: str = "91") -> str:
    """A code with right check digits for a made-up unit: 91 enterprise, 52 private school, 12 public institution."""
    if not re.fullmatch(r"[0-9]{6}", division) or not 0 <= serial < len(USCC_ALPHABET) ** 6:
        raise ValueError("division has six digits, serial is 0 to 31^6 - 1")
    digits = []
    for _place in range(6):
        serial, digit = divmod(serial, len(USCC_ALPHABET))
        digits.append(USCC_ALPHABET[digit])
    base = "MA" + "".join(reversed(digits))
    total = sum(int(character, 36) * weight for character, weight in zip(base, ORGANISATION_WEIGHTS, strict=True))
    organisation = base + "0123456789X"[-total % 11]
    body = f"{kind}{division}{organisation}"
    return body + uscc.calc_check_digit(f"{body}0")


def check_bank_card(text: str) -> str:
    """Digits of a card (12-19, Luhn); IdError: empty, excel_float, characters, length, placeholder, check_digit."""
    number = _account_digits(text)
    if len(number) not in CARD_LENGTHS:
        raise IdError("length", format_lazy(_("银行卡号应为 12 至 19 位数字，这里是 {count} 位。"), count=len(number)))
    if _luhn(number) % 10:
        raise IdError("check_digit", _("银行卡号的校验位不对，请对照银行卡逐位核对。"))
    return number


def _luhn(number: str) -> int:
    """The sum of ISO/IEC 7812: digits from the right, every second one doubled; 0 at the end is right."""
    plain, doubled = LUHN
    return sum(map(plain.__getitem__, number[::-2])) + sum(map(doubled.__getitem__, number[-2::-2]))


def check_bank_account(text: str, personal: bool) -> str:
    """The digits of an account: a person's is a card with a check digit, an organisation's is any 9-32 digits."""
    if personal:
        return check_bank_card(text)
    number = _account_digits(text)
    if len(number) not in ACCOUNT_LENGTHS:
        sentence = format_lazy(_("单位银行账号应为 9 至 32 位数字，这里是 {count} 位。"), count=len(number))
        raise IdError("length", sentence)
    return number


def check_phone(text: str) -> str:
    """A mainland mobile (11 digits) or a landline as «0471-1234567[-extension]»; mended where Excel lost nothing."""
    number = clean_number_text(text)
    if not number:
        raise IdError("empty", _("没有填写电话号码。"))
    if is_scientific(number):
        exact = scientific_digits(number)
        if exact is None:
            raise IdError("excel_float", _("Excel 把电话号码显示成了科学计数法，末几位可能已经丢失，请重新录入。"))
        number = exact
    number = COUNTRY_CODE.sub("", number)
    mobile = number.replace("-", "")
    if MOBILE.fullmatch(mobile):
        return mobile
    landline = LANDLINE.fullmatch(re.sub(r"[()]", "-", number).strip("-").replace("--", "-"))
    if landline:
        return "-".join(part for part in landline.groups() if part)
    if re.fullmatch(r"[2-9][0-9]{6,7}", mobile):
        raise IdError("area_code", _("固定电话请加区号，例如 0471-1234567。"))
    raise IdError("phone", _("电话号码不对：手机号为 11 位数字，以 13 至 19 开头；固定电话请写作 0471-1234567。"))


def _account_digits(text: str) -> str:
    """Bare digits of an account that could be real; digits alone need no mending."""
    if text.isascii() and text.isdigit() and not _is_placeholder(text):
        return text
    number = clean_number_text(text)
    if is_scientific(number):
        exact = scientific_digits(number)
        if exact is None:
            raise IdError("excel_float", _("Excel 把账号当作数字保存，末几位已丢失。请把该列设为“文本”后重新录入。"))
        number = exact
    number = number.replace("-", "")
    if not number:
        raise IdError("empty", _("没有填写银行账号。"))
    if not re.fullmatch(r"[0-9]+", number):
        raise IdError("characters", _("银行账号只能由数字组成。"))
    if _is_placeholder(number):
        raise IdError("placeholder", _("这看起来不是真实的银行账号，请填写本人或本单位的账号。"))
    return number


def _is_placeholder(number: str) -> bool:
    """One digit or one short block repeated, or counting up or down from the first digit to the last."""
    for size in (1, 2, 3):
        if len(number) > size * 2 and number[size:] == number[:-size]:
            return True
    return len(number) > 3 and (number in COUNTING_UP or number in COUNTING_DOWN)
