"""Who this is: the one fold of names, the one parser of citizen numbers and of credit codes, without any framework.

Upload, form, API, the law's engine and the comparison of registries' answers read here, so what one of them forgives
is held against nobody at another (R-ELG-1, check `id_valid`; R-SEC-4). What is wrong has a code here; its sentences are
in `kit.ids` and in the rule tables.

The birth-place check of the number library is left out on purpose: people born before their district's code was created
carry a code given later, and would be refused.
"""

import re
from datetime import date
from typing import Literal, NamedTuple

from stdnum.cn import ric, uscc

from kit.text import ANY_SELECTOR, clean_number_text, is_scientific, scientific_digits, squeeze

DOT = "·"
# Folded before NFKC too, which would turn some of them into other characters.
DOTS = str.maketrans(dict.fromkeys(".·˙·᛫ᐧ•․‧∙⋅⦁⸱⸳・ꞏ．･\U00010101", DOT))
# What no rule above changes: most names are no more than this, and two million of them are compared at a time.
PLAIN_NAME = re.compile("[A-Za-z·\u3400-\u4dbf\u4e00-\u9fff]*")

FORM = re.compile(r"[0-9]{17}[0-9X]")
OLDEST_YEARS = 120
LENGTH = 18
LOOK_ALIKES = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
LOOKS_LIKE_X = "x×хХΧχ✕"
SEPARATORS = re.compile("[-_.,·\u2010-\u2015\u2212]")

# GB 32100: authority (N: rural collectives, A: military, Y: others), kind, division, organisation code, check digit.
CODE_FORM = re.compile(r"[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
CODE_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "S": "5", "Z": "2"})


class WrongNumber(ValueError):
    """A text that is no citizen number: `code` is length, check_digit, birth_date, future or too_old; `number` is what
    was read of it.
    """

    def __init__(self, code: str, number: str) -> None:
        super().__init__(code)
        self.code, self.number = code, number


class CitizenNumber(NamedTuple):
    """An 18-digit citizen number (GB 11643) and what it says; `division` is its prefix, which only informs."""

    number: str
    birth_date: date
    sex: Literal["male", "female"]
    division: str


def normalise_name(text: str) -> str:
    """The form in which names are stored: every middle dot as «·», NFKC, no spaces, nothing invisible, no radicals."""
    return text if PLAIN_NAME.fullmatch(text) else squeeze(text.translate(DOTS)).translate(DOTS)


def fold_name(text: str) -> str:
    """The form in which names are compared: as stored, without the Mongolian selectors and vowel separators, which tell
    no names apart.
    """
    return text if PLAIN_NAME.fullmatch(text) else ANY_SELECTOR.sub("", normalise_name(text))


def same_name(a: str, b: str) -> bool:
    """Whether two spellings are one name."""
    return fold_name(a) == fold_name(b)


def read_number(text: str, day: date) -> CitizenNumber:
    """The citizen number in `text`, mended where that is certain and judged on `day`; WrongNumber says what is wrong
    with it.
    """
    number = text
    if not FORM.fullmatch(text):
        number, _mended = mend_number(text)
        if not FORM.fullmatch(number):
            raise WrongNumber("length", number)
    if number[-1] != ric.calc_check_digit(number):
        raise WrongNumber("check_digit", number)
    birth = _birth(number)
    if birth is None:
        raise WrongNumber("birth_date", number)
    if birth > day:
        raise WrongNumber("future", number)
    if (birth.year + OLDEST_YEARS, birth.month, birth.day) < (day.year, day.month, day.day):
        raise WrongNumber("too_old", number)
    return CitizenNumber(number, birth, "male" if int(number[16]) % 2 else "female", number[:6])


def mend_number(text: str) -> tuple[str, tuple[str, ...]]:
    """The number as it should have been typed, and what was changed: cleaned, scientific, separators, x, look_alikes.

    Letters that look like digits are read as digits only when the check digit then agrees.
    """
    if FORM.fullmatch(text):
        return text, ()
    number = clean_number_text(text)
    mended = ["cleaned"] if text.strip() != number else []
    if (exact := scientific_digits(number)) is not None:
        number = exact
        mended.append("scientific")
    elif not is_scientific(number) and SEPARATORS.search(number):
        number = SEPARATORS.sub("", number)
        mended.append("separators")
    if len(number) == LENGTH and number[-1] in LOOKS_LIKE_X:
        number = f"{number[:-1]}X"
        mended.append("x")
    guess = number.translate(LOOK_ALIKES)
    if guess != number and FORM.fullmatch(guess) and ric.calc_check_digit(guess) == guess[-1]:
        number = guess
        mended.append("look_alikes")
    return number, tuple(mended)


def written_birth(text: str) -> date | None:
    """The date of birth as a number writes it, whether or not the number is right; None where no
    real day is written.
    """
    number, _mended = mend_number(text)
    return _birth(number) if FORM.fullmatch(number) else None


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def fold_code(text: str | None) -> str:
    """A unified social credit code as it is stored and compared, look-alikes mended as in numbers; nothing is the empty
    text.
    """
    if not text or CODE_FORM.fullmatch(text):
        return text or ""
    code = clean_number_text(text).replace("-", "").upper()
    guess = code.translate(CODE_LOOK_ALIKES)
    right = guess != code and CODE_FORM.fullmatch(guess) and uscc.calc_check_digit(guess) == guess[-1]
    return guess if right else code
