"""Whole numbers as people and programs send them: one reader, so that none of them is an error of ours (R-SEC-1)."""

from __future__ import annotations

LARGEST = 2**63 - 1  # of a bigint
LONGEST = len(str(LARGEST))


def whole(text: object, largest: int = LARGEST) -> int | None:
    """The number in plain digits (`12`; not `²`, `-1`, `1e9` or 4,400 digits); None for whatever the database cannot
    hold.
    """
    digits = str(text) if isinstance(text, int) else text
    if not isinstance(digits, str) or not (digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST):
        return None
    return number if (number := int(digits)) <= largest else None


def wholes(texts: list[str]) -> list[int]:
    """Those of the texts that are numbers."""
    return [number for text in texts if (number := whole(text)) is not None]


class IdConverter:
    """`<id:pk>` in an address: a number of the database; a larger one is the address of nothing (404)."""

    regex = "[0-9]{1,19}"

    def to_python(self, text: str) -> int:
        if (number := whole(text)) is None:
            raise ValueError(text)
        return number

    def to_url(self, number: object) -> str:
        return str(number)


class YearConverter(IdConverter):
    """`<year:year>` in an address: a year that calendars know."""

    regex = "[12][0-9]{3}"
