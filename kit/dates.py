"""Days as people and spreadsheets write them: the one reader of dates for every import."""

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kit.errors import DateError
from kit.text import cell_text, tidy

LOCAL = ZoneInfo("Asia/Shanghai")
HALF = "上午|下午|AM|PM"
ZONE = r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
CLOCK = (
    r"(?:(?:["
    rf" T]|(?<=[日号])|(?=上午|下午))(?P<half>{HALF})?(?P<hour>\d{{1,2}})"
    rf"[:时点](?P<minute>\d{{1,2}})(?:[:分](?P<second>\d{{1,2}})(?:\.\d+)?秒?|分)?(?P<after>{HALF})?{ZONE})?"
)
DATES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?" + CLOCK,
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + CLOCK,
        (
            rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})[ T]?"
            rf"(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?:(?P<second>\d{{2}})(?:\d{{3}})?)?{ZONE}"
        ),
    )
)
AROUND_MARKS = re.compile(rf" ?([-/.年月日号时点分:T]|{HALF}) ?")
OTHER_ORDER = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: .*)?", re.ASCII)
SERIAL = re.compile(r"[1-7]\d{4}(?:\.\d+)?", re.ASCII)  # Excel's days from 1927 to 2119
SERIAL_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
# SheetJS works out Shanghai's offset from its local mean time (+08:05:43) in whole minutes: midnight becomes 23:59:17
# of the day before.
LOST_SECONDS = dt.timedelta(seconds=43)
LONGEST_DATE = 40
NOON, AFTERNOON = 12, ("下午", "PM")


def cell_date(value: object) -> dt.date | None:
    """The same as `read_date`, but None for what is no date or may be two."""
    try:
        return read_date(value)
    except DateError:
        return None


def read_date(value: object) -> dt.date | None:
    """The day a cell stands for, in Shanghai: the one reader of dates for every import. None where there is nothing.

    A date cell, Excel's serial number, 2026-11-20, 2026/11/20, 2026.11.20, 2026年11月20日, 20261120, each also with a
    time, with or without Z or an offset. Raises DateError, which names what is written: no date, an order of day and
    month nobody can tell, or a day's midnight that software wrote in UTC, as 16:00 of the day before.
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
            raise DateError(
                "ambiguous", format_lazy(_("“{text}”年、月、日的次序不清，请写作 2026-11-20 这样的形式。"), text=text)
            )
    raise _no_date(text)


def _moment(parts: dict[str, str | None], text: str) -> dt.datetime:
    """What the parts of a written date and time say; aware where a zone is written."""
    year, month, day, hour, minute, second = (
        int(parts[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    if (half := parts.get("half") or parts.get("after")) and hour <= NOON:
        hour = hour % NOON + (NOON if half in AFTERNOON else 0)
    try:
        return dt.datetime.fromisoformat(
            f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{parts.get('zone') or ''}"
        )
    except ValueError:
        raise _no_date(text) from None


def _day_of(moment: dt.datetime, text: str) -> dt.date:
    """The day of a moment in Shanghai; a cell's fractions of a second are noise."""
    try:
        whole = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        local = whole.astimezone(LOCAL) if moment.tzinfo else whole.replace(tzinfo=LOCAL)
        if local.time() != dt.time.min:
            shown = whole if moment.tzinfo else whole.replace(tzinfo=dt.UTC).astimezone(LOCAL)
            for meant in (shown, shown + LOST_SECONDS, local + LOST_SECONDS):
                if meant.astimezone(LOCAL).time() == dt.time.min:
                    raise DateError(
                        "evening_before",
                        format_lazy(
                            _("“{text}”可能是{day}零点被软件按世界时写成的；请只写日期，不写时间。"),
                            text=text or str(whole),
                            day=meant.astimezone(LOCAL).date().isoformat(),
                        ),
                    )
    except OverflowError:
        raise _no_date(text or str(moment)) from None
    return local.date()


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _no_date(text: str) -> DateError:
    return DateError("not_a_date", format_lazy(_("“{text}”不是日期，请写作 2026-11-20 这样的形式。"), text=text))
