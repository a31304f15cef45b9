"""Who this is, by number and name: check digit and date of birth decide, the division prefix only informs (`id_valid`).

The birth-place check of the number library is left out on purpose: people born before their district's code was created
carry a code given later, and would be refused.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from stdnum.cn import ric

from eligibility.engine.dates import add_years

SHAPE = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
OLDEST_YEARS = 120
# Folded before NFKC, which would turn the full-width stop into an ASCII one and so hide that it was meant as a
# middle dot.
MIDDLE_DOTS = re.compile("[.\u00b7\u02d9\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u30fb\uff0e\uff65]")
UNSEEN = re.compile("[\\s\u200b\u2060\ufeff]+")


class IdError(ValueError):
    """A number that is no citizen number: `code` is `length`, `check_digit`, `birth_date`, `future` or `too_old`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class CitizenNumber:
    """A right number and what it says. `division` is where it was first given; nothing is decided by it."""

    number: str
    division: str
    birth: date
    sex: Literal["male", "female"]


def fold_number(text: str) -> str:
    """The number as it is compared: half-width, capital X, no spaces."""
    return UNSEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def read_number(text: str, day: date) -> CitizenNumber:
    """The 18-digit citizen number in `text`, seen on `day`; IdError says what is wrong with it. Source: GB 11643."""
    number = text if SHAPE.fullmatch(text) else fold_number(text)
    if not SHAPE.fullmatch(number):
        raise IdError("length")
    if number[-1] != ric.calc_check_digit(number):
        raise IdError("check_digit")
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdError("birth_date") from error
    if birth > day:
        raise IdError("future")
    if add_years(birth, OLDEST_YEARS) < day:
        raise IdError("too_old")
    return CitizenNumber(number, number[:6], birth, "male" if int(number[16]) % 2 else "female")


def written_birth(text: str) -> date | None:
    """The date of birth as the number writes it, whether or not the number is right; None where no real day is written."""
    number = fold_number(text)
    if not SHAPE.fullmatch(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """A name as it is compared: every middle dot taken as one, NFKC, no spaces."""
    return UNSEEN.sub("", unicodedata.normalize("NFKC", MIDDLE_DOTS.sub("\u00b7", name)))


def fold_code(code: str | None) -> str:
    """A unified social credit code as it is compared: half-width capitals without spaces; nothing is the empty text."""
    return fold_number(code) if code else ""
