"""Text as people and spreadsheets leave it: full-width characters, invisible characters, numbers that became floats."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kit.errors import DateError
from kit.radicals import as_characters, has_radicals

# Excel keeps 15 significant digits; a longer number that passed through a number cell has lost its tail for good.
EXCEL_EXACT_DIGITS = 15
EXCEL_SHOWN_DIGITS = 6
WHITE, HIDDEN_CATEGORIES = "\t\n\r", {"Cc", "Cf"}
# Nothing to see either, though Unicode calls them letters, marks or a symbol: fillers, variation selectors, the empty Braille cell.
HIDDEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Mongolian spelling needs its variation selectors and vowel separator: they stay behind a Mongolian letter, and nowhere else.
SELECTORS = "\u180b-\u180f"
STRAY_SELECTOR = re.compile(f"(?<![\u1820-\u18aa{SELECTORS}])[{SELECTORS}]+|\u180e(?![\u1820-\u18aa])")
ANY_SELECTOR = re.compile(f"[{SELECTORS}]")
SPACE = re.compile(r"\s+")
SCIENTIFIC = re.compile(r"^\d(?:\.(\d+))?[eE]\+?(\d{1,3})$")
LOCAL = ZoneInfo("Asia/Shanghai")
HALF = "上午|下午|AM|PM"
ZONE = r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
CLOCK = rf"(?:(?:[ T]|(?<=[日号])|(?=上午|下午))(?P<half>{HALF})?(?P<hour>\d{{1,2}})[:时点](?P<minute>\d{{1,2}})(?:[:分](?P<second>\d{{1,2}})(?:\.\d+)?秒?|分)?(?P<after>{HALF})?{ZONE})?"
DATES = tuple(re.compile(pattern, re.ASCII) for pattern in (
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?" + CLOCK,
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + CLOCK,
    rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})[ T]?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?:(?P<second>\d{{2}})(?:\d{{3}})?)?{ZONE}",
))  # fmt: skip
AROUND_MARKS = re.compile(rf" ?([-/.年月日号时点分:T]|{HALF}) ?")
OTHER_ORDER = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: .*)?", re.ASCII)
SERIAL = re.compile(r"[1-7]\d{4}(?:\.\d+)?", re.ASCII)  # Excel's days from 1927 to 2119
SERIAL_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
LONGEST_DATE = 40
NOON, AFTERNOON = 12, ("下午", "PM")
LEADING_APOSTROPHE = re.compile("^['`´‘’＇]+")


def _is_plain(text: str) -> bool:
    """Whether there is nothing to fold, to remove or to strip: what most cells hold."""
    return text.isascii() and text.isprintable() and " " not in text


def seen(text: str) -> str:
    """The text without what nobody can see: Unicode's controls and format characters, fillers, variation selectors.

    White space stays, and so do the selectors and the vowel separator (U+180B–180F) inside Mongolian words.
    """
    if not text.isprintable():
        text = "".join(c for c in text if c in WHITE or c == "\u180e" or unicodedata.category(c) not in HIDDEN_CATEGORIES)
    return STRAY_SELECTOR.sub("", HIDDEN.sub("", text))


def squeeze(text: str) -> str:
    """Full-width folded to half-width (NFKC), radicals as characters, all white space and invisible characters removed."""
    if _is_plain(text):
        return text
    folded = unicodedata.normalize("NFKC", as_characters(seen(text)))
    return unicodedata.normalize("NFKC", SPACE.sub("", seen(folded)))


def tidy(text: str) -> str:
    """A line of free text: invisible characters out, radicals as characters, runs of white space made one space, ends stripped."""
    if _is_plain(text) or (text.isalnum() and not HIDDEN.search(text)):
        return text
    return SPACE.sub(" ", as_characters(seen(text))).strip()


def what_was_folded(text: str) -> list[Promise]:
    """A sentence for each thing `squeeze` and `tidy` change of a cell that nobody would notice: what is unseen, and radicals."""
    if _is_plain(text):
        return []
    found = [_("已去掉看不见的字符")] if seen(text) != text else []
    return [*found, _("已把部首字形改为汉字")] if has_radicals(text) else found


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
    """The same as `read_date`, but None for what is no date or may be two."""
    try:
        return read_date(value)
    except DateError:
        return None


def read_date(value: object) -> dt.date | None:
    """The day a cell stands for, in Shanghai: the one reader of dates for every import. None where there is nothing.

    A date cell, Excel's serial number, 2026-11-20, 2026/11/20, 2026.11.20, 2026年11月20日, 20261120, each also with a time, with or
    without Z or an offset. Raises DateError, which names what is written: no date, an order of day and month nobody can tell, or a
    day's midnight that software wrote in UTC, as 16:00 of the day before.
    """
    if isinstance(value, dt.datetime):
        return _day_of(value, "")
    if isinstance(value, dt.date):
        return value
    text = unicodedata.normalize("NFKC", tidy(cell_text(value)))
    return _written_date(text) if text else None


@lru_cache(maxsize=1024)
def _written_date(text: str) -> dt.date:
    if len(text) > LONGEST_DATE:
        raise _no_date(f"{text[:LONGEST_DATE]}…")
    if SERIAL.fullmatch(text):
        return _day_of(SERIAL_ZERO + dt.timedelta(days=float(text)), "")
    close = AROUND_MARKS.sub(r"\1", text)
    for pattern in DATES:
        if match := pattern.fullmatch(close):
            return _day_of(_moment(match.groupdict(), text), text)
    if match := OTHER_ORDER.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        if any(_is_day(*order) for order in ((year, second, first), (year, first, second), (first, second, year))):
            raise DateError("ambiguous", format_lazy(_("“{text}”年、月、日的次序不清，请写作 2026-11-20 这样的形式。"), text=text))
    raise _no_date(text)


def _moment(parts: dict[str, str | None], text: str) -> dt.datetime:
    """What the parts of a written date and time say; aware where a zone is written."""
    year, month, day, hour, minute, second = (int(parts[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second"))
    if (half := parts.get("half") or parts.get("after")) and hour <= NOON:
        hour = hour % NOON + (NOON if half in AFTERNOON else 0)
    try:
        return dt.datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{parts.get('zone') or ''}")
    except ValueError:
        raise _no_date(text) from None


def _day_of(moment: dt.datetime, text: str) -> dt.date:
    """The day of a moment in Shanghai; a cell's fractions of a second are noise."""
    try:
        if moment.tzinfo:
            return moment.astimezone(LOCAL).date()
        whole = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        if whole.time() != dt.time.min:
            local = whole.replace(tzinfo=dt.UTC).astimezone(LOCAL)
            if local.time() == dt.time.min:
                raise DateError("evening_before", format_lazy(
                    _("“{text}”可能是{day}零点被软件按世界时写成的；请只写日期，不写时间。"), text=text or str(whole), day=local.date().isoformat()))
    except OverflowError:
        raise _no_date(text or str(moment)) from None
    return whole.date()


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _no_date(text: str) -> DateError:
    return DateError("not_a_date", format_lazy(_("“{text}”不是日期，请写作 2026-11-20 这样的形式。"), text=text))


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


def is_blank(text: str) -> bool:
    """Whether nobody sees anything: nothing but spaces, controls, format characters, marks without a letter, fillers."""
    return all(HIDDEN.match(c) or unicodedata.category(c)[0] in "ZCM" for c in text)


def written(text: str) -> str:
    """What somebody wrote as a reason or a note: "" when nobody sees anything of it, else without blanks around it."""
    return "" if is_blank(text) else text.replace("\0", "").strip()


def joined(*parts: str) -> str:
    """A ready sentence and free words as one reason; what nobody sees of them is left out."""
    return "；".join(part for part in map(written, parts) if part)
