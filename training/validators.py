"""One validator per roster cell, used by Excel, page and API alike (R-SEC-4).

Each takes the cell's text and gives (the text as it should be, sentences for what was mended) or raises IdError.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kit.errors import IdError
from kit.ids import check_bank_card, check_name, check_phone, normalise_citizen_number, parse_citizen_number
from kit.numbers import MOBILE
from kit.text import squeeze, tidy

Mended = tuple[str, list[str]]
Validator = Callable[[str], Mended]

NAME_MENDED = _("已去掉姓名中的空格或全角字符")
CHOICE_MENDED = _("已改为规范的写法")
LISTED = "、"
# Most cells need no mending; what is plainly right is not taken apart (10,000 rows a file).


def name(text: str) -> Mended:
    """A name in its stored form: no spaces, no full-width letters, one kind of middle dot."""
    found = check_name(text)
    return found, [str(NAME_MENDED)] if found != text else []


def citizen_number(text: str) -> Mended:
    """The 18-digit number, mended where that is certain."""
    found = parse_citizen_number(text, _today(int(time.time()) // 60)).number
    return found, [] if found == text else normalise_citizen_number(text)[1]


@lru_cache(maxsize=2)
def _today(minute: int) -> date:
    """The day of a minute, worked out once for all rows read in it."""
    return timezone.localdate(datetime.fromtimestamp(minute * 60, UTC))


def mobile(text: str) -> Mended:
    """A number the telephone survey can reach."""
    return (text if MOBILE.fullmatch(text) else check_phone(text)), []


def bank_card(text: str) -> Mended:
    return check_bank_card(text), []


def free_text(most: int) -> Validator:
    """A line of text up to so many characters."""

    def check(text: str) -> Mended:
        found = tidy(text)
        if len(found) > most:
            raise IdError("too_long", format_lazy(_("内容超过 {count} 个字，请缩短。"), count=most))
        return found, []

    return check


def one_of(choices: Sequence[str], other_names: Mapping[str, str] | None = None) -> Validator:
    """One of the pick-list's values; a known other spelling is put right."""
    known = {squeeze(choice): choice for choice in choices} | {squeeze(a): b for a, b in (other_names or {}).items()}

    def check(text: str) -> Mended:
        found = known.get(text) or known.get(squeeze(text))
        if found is None:
            raise _not_offered(text, choices)
        return found, [str(CHOICE_MENDED)] if found != text else []

    return check


def some_of(choices: Sequence[str]) -> Validator:
    """One or more of the pick-list's values, divided by 、 or a comma."""
    check_one = one_of(choices)

    def check(text: str) -> Mended:
        parts = [part for part in squeeze(text).replace(",", LISTED).replace(";", LISTED).split(LISTED) if part]
        found = LISTED.join(dict.fromkeys(check_one(part)[0] for part in parts))
        return found, [str(CHOICE_MENDED)] if found != text else []

    return check


def _not_offered(text: str, choices: Sequence[str]) -> IdError:
    offered = LISTED.join(choices[:6]) + ("…" if len(choices) > 6 else "")
    return IdError(
        "not_offered", format_lazy(_("“{found}”不在可选值中，请选择：{offered}。"), found=text[:20], offered=offered)
    )
