"""Text as people and spreadsheets leave it: full-width characters, invisible characters, numbers that became floats."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation

# Excel keeps 15 significant digits; a longer number that passed through a number cell has lost its tail for good.
EXCEL_EXACT_DIGITS = 15
EXCEL_SHOWN_DIGITS = 6
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
SPACE = re.compile(r"\s+")
SCIENTIFIC = re.compile(r"^\d(?:\.(\d+))?[eE]\+?(\d{1,3})$")
WRITTEN_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
LEADING_APOSTROPHE = re.compile("^['`´‘’＇]+")


def _is_plain(text: str) -> bool:
    """Whether there is nothing to fold, to remove or to strip: what most cells hold."""
    return text.isascii() and text.isprintable() and " " not in text


def squeeze(text: str) -> str:
    """Full-width folded to half-width (NFKC), all white space and invisible characters removed."""
    if _is_plain(text):
        return text
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return unicodedata.normalize("NFKC", SPACE.sub("", INVISIBLE.sub("", folded)))


def tidy(text: str) -> str:
    """A line of free text: invisible characters out, runs of white space made one space, ends stripped."""
    if text.isalnum() or _is_plain(text):
        return text
    return SPACE.sub(" ", INVISIBLE.sub("", text)).strip()


def clean_number_text(text: str) -> str:
    """A number typed as text: squeezed, without the apostrophe Excel users put in front and without a trailing «.0»."""
    bare = LEADING_APOSTROPHE.sub("", squeeze(text))
    return re.sub(r"(?<=\d)\.0+$", "", bare)


def scientific_digits(text: str) -> str | None:
    """The integer behind «1.3800138E+10» where no digit was lost, else None.

    Excel shows at most six significant digits in this form, so a short mantissa may be a rounded picture of the number;
    a number of more than fifteen digits has lost its tail in the cell itself.
    """
    match = SCIENTIFIC.match(text)
    if not match:
        return None
    fraction, exponent = match.group(1) or "", int(match.group(2))
    if not EXCEL_SHOWN_DIGITS <= len(fraction) <= exponent < EXCEL_EXACT_DIGITS:
        return None
    return str(int(Decimal(text)))


def is_scientific(text: str) -> bool:
    """Whether the text is a number in scientific form, as Excel leaves long numbers."""
    return bool(SCIENTIFIC.match(text))


def cell_text(value: object) -> str:
    """The text a cell stands for: whole floats without «.0», dates as ISO, nothing as «»; lossy floats as 1.5E+17."""
    if isinstance(value, str):
        return tidy(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 10**EXCEL_EXACT_DIGITS:
            return str(int(value))
        return repr(value).upper()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time.min else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return tidy(str(value))


def cell_date(value: object) -> dt.date | None:
    """The date a cell stands for: a date cell, «2026-11-03», «2026/11/3», «2026年11月3日», «20261103»; else None."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = squeeze(cell_text(value))
    match = WRITTEN_DATE.fullmatch(text) or PLAIN_DATE.fullmatch(text)
    if not match:
        return None
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def cell_decimal(value: object) -> Decimal | None:
    """The number a cell stands for («¥1,500.00 元» too), None when it is none; floats go by their shortest text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        text = str(value)
    else:
        text = squeeze(str(value)).replace(",", "").lstrip("¥").removesuffix("元")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
