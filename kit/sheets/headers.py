"""Finding the header row: titles above it, headings over two rows, stars, brackets, other names for a column."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kit.text import squeeze

SEARCHED_ROWS = 10
DECORATION = "*★:•·"
BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")


@dataclass(frozen=True)
class Place:
    """A wanted header and its column, counted from 1."""

    name: str
    column: int


@dataclass(frozen=True)
class Header:
    """Where the header was found; rows count from 1."""

    row: int
    first_data_row: int
    places: tuple[Place, ...]
    unknown: tuple[str, ...]
    duplicates: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        """The wanted headers that were found."""
        return {place.name for place in self.places}


def find_header(
    cells: Sequence[Sequence[object]], expected: Sequence[str], synonyms: Mapping[str, Collection[str]]
) -> Header | None:
    """The row, or two rows merged into one heading, among the first ten that holds most of the wanted headers."""
    known = _known_names(expected, synonyms)
    best: Header | None = None
    for index in range(min(SEARCHED_ROWS, len(cells))):
        for texts, height in _readings(cells, index, known):
            header = _judge(texts, known, row=index + 1, height=height)
            if header.places and (best is None or len(header.places) > len(best.places)):
                best = header
    return best


def plain_header(text: object) -> str:
    """A heading without white space, stars and colons, for comparison."""
    return squeeze(str(text or "")).strip(DECORATION).casefold()


def _known_names(expected: Sequence[str], synonyms: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Every spelling by its plain form; a spelling without its brackets counts unless another header is written so."""
    known: dict[str, str] = {}
    for header in expected:
        for spelling in (header, *synonyms.get(header, ())):
            known.setdefault(plain_header(spelling), header)
    for header in expected:
        known.setdefault(BRACKETS.sub("", plain_header(header)), header)
    return known


def _match(text: str, known: Mapping[str, str]) -> str | None:
    plain = plain_header(text)
    return known.get(plain) or known.get(BRACKETS.sub("", plain).strip(DECORATION)) if plain else None


def _readings(cells: Sequence[Sequence[object]], index: int, known: Mapping[str, str]) -> list[tuple[list[str], int]]:
    """The row alone and, where it may be the upper half of a merged heading, together with the row below."""
    upper = [str(value or "") for value in cells[index]]
    readings = [(upper, 1)]
    matched = [bool(_match(text, known)) for text in upper]
    if any(matched) and index + 1 < len(cells):
        lower = [str(value or "") for value in cells[index + 1]]
        if not any(below.strip() for below, taken in zip(lower, matched, strict=False) if taken):
            both = [top if taken else below or top for top, below, taken in zip(upper, lower, matched, strict=False)]
            readings.append((both, 2))
    return readings


def _judge(texts: Sequence[str], known: Mapping[str, str], row: int, height: int) -> Header:
    """What a row of texts would be as a header."""
    places: list[Place] = []
    unknown, duplicates = [], []
    for column, text in enumerate(texts, start=1):
        name = _match(text, known)
        if name is None:
            unknown.extend([text.strip()] if text.strip() else [])
        elif any(place.name == name for place in places):
            duplicates.append(name)
        else:
            places.append(Place(name, column))
    return Header(row, row + height, tuple(places), tuple(unknown), tuple(duplicates))
