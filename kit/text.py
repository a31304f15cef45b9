"""Text as people and spreadsheets leave it: full-width characters, invisible characters, numbers that became floats.

Without any framework: the law's engine reads names and numbers with it (`kit.identity`).
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation

from kit.radicals import as_characters

# Excel keeps 15 significant digits; a longer number that passed through a number cell has lost its tail for good.
EXCEL_EXACT_DIGITS = 15
EXCEL_SHOWN_DIGITS = 6
WHITE, HIDDEN_CATEGORIES = "\t\n\r", {"Cc", "Cf"}
# Nothing to see either, though Unicode calls them letters, marks or a symbol: fillers, variation selectors, the empty
# Braille cell.
HIDDEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
# Mongolian spelling needs its variation selectors and vowel separator: they stay behind a Mongolian letter, and nowhere
# else.
SELECTORS = "\u180b-\u180f"
STRAY_SELECTOR = re.compile(f"(?<![\u1820-\u18aa{SELECTORS}])[{SELECTORS}]+|\u180e(?![\u1820-\u18aa])")
ANY_SELECTOR = re.compile(f"[{SELECTORS}]")
SPACE = re.compile(r"\s+")
SCIENTIFIC = re.compile(r"^\d(?:\.(\d+))?[eE]\+?(\d{1,3})$")
LEADING_APOSTROPHE = re.compile("^['`´‘’＇]+")


def is_plain(text: str) -> bool:
    """Whether there is nothing to fold, to remove or to strip: what most cells hold."""
    return text.isascii() and text.isprintable() and " " not in text


def seen(text: str) -> str:
    """The text without what nobody can see: Unicode's controls and format characters, fillers, variation selectors.

    White space stays, and so do the selectors and the vowel separator (U+180B–180F) inside Mongolian words.
    """
    if not text.isprintable():
        text = "".join(
            c for c in text if c in WHITE or c == "\u180e" or unicodedata.category(c) not in HIDDEN_CATEGORIES
        )
    return STRAY_SELECTOR.sub("", HIDDEN.sub("", text))


def squeeze(text: str) -> str:
    """Full-width folded to half-width (NFKC), radicals as characters, all white space and invisible
    characters removed.
    """
    if is_plain(text):
        return text
    folded = unicodedata.normalize("NFKC", as_characters(seen(text)))
    return unicodedata.normalize("NFKC", SPACE.sub("", seen(folded)))


def tidy(text: str) -> str:
    """A line of free text: invisible characters out, radicals as characters, runs of white space made one space, ends
    stripped.
    """
    if is_plain(text) or (text.isalnum() and not HIDDEN.search(text)):
        return text
    return SPACE.sub(" ", as_characters(seen(text))).strip()


def code_text(text: str) -> str:
    """A code of a catalogue as it is stored and compared: squeezed, in capitals, every dash the plain one."""
    capitals = unicodedata.normalize("NFKC", squeeze(text).upper())
    return "".join("-" if unicodedata.category(c) == "Pd" or c == "\u2212" else c for c in capitals)


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


def named(text: str) -> str:
    """The text with every character nobody sees as its number in Unicode, for a sentence that quotes it."""
    return "".join(
        f"U+{ord(c):04X}" if HIDDEN.match(c) or ANY_SELECTOR.match(c) or unicodedata.category(c)[0] in "ZC" else c
        for c in text
    )


def is_blank(text: str) -> bool:
    """Whether nobody sees anything: nothing but spaces, controls, format characters, marks without
    a letter, fillers.
    """
    return all(HIDDEN.match(c) or unicodedata.category(c)[0] in "ZCM" for c in text)


def written(text: str) -> str:
    """What somebody wrote as a reason or a note: "" when nobody sees anything of it, else without blanks around it."""
    return "" if is_blank(text) else text.replace("\0", "").strip()


def joined(*parts: str) -> str:
    """A ready sentence and free words as one reason; what nobody sees of them is left out."""
    return "；".join(part for part in map(written, parts) if part)
