"""The facts kept of a registry's record, and nothing else (R-ELG-7); what cannot be is flagged, not judged."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

Record = dict[str, Any]
Test = Callable[[Any], bool]
LONGEST_TEXT = 100
LONGEST_EVIDENCE = 40
LONGEST_DETAIL = 120
MOST_NAMED = 5
NUMBER = re.compile(r"[0-9][0-9A-Za-z]{6,}")  # whatever may be somebody's number stays out of a page for everybody
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # neither UTF-8 nor PostgreSQL has a place for these


def day(value: Any) -> bool:
    """An ISO day that exists: 2020-08-03."""
    return isinstance(value, str) and len(value) == 10 and is_day(value)


@lru_cache(maxsize=1 << 15)
def is_day(value: str) -> bool:
    """The same for a text of ten characters; the same days come again and again, hence the memory."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def text(value: Any) -> bool:
    """A text that is not blank, not a story, and that the database can hold."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_TEXT
        and not value.isspace()
        and not UNSTORABLE.search(value)
    )


def division(value: Any) -> bool:
    """A six-digit division code."""
    return isinstance(value, str) and len(value) == 6 and value.isascii() and value.isdecimal()


def truth(value: Any) -> bool:
    """True or false, not a word for it."""
    return isinstance(value, bool)


def count(value: Any) -> bool:
    """A whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def level(value: Any) -> bool:
    """A skill level, as its number or as its name."""
    return text(value) or (count(value) and 1 <= value <= 5)


def one_of(*values: str) -> Test:
    """A word of a fixed list."""
    return lambda value: isinstance(value, str) and value in values


@dataclass(frozen=True)
class RecordType:
    """What a kind of record must and may say, and whom it is about; `span` names the two days that must be in order."""

    must: Mapping[str, Test]
    may: Mapping[str, Test] = field(default_factory=dict)
    about: str = "person"
    span: tuple[str, str] | None = None

    @cached_property
    def fields(self) -> tuple[tuple[str, Test, bool], ...]:
        """Every field with its test, and whether it must be there."""
        needed = tuple((key, test, True) for key, test in self.must.items())
        return (*needed, *((key, test, False) for key, test in self.may.items()))

    @cached_property
    def names(self) -> frozenset[str]:
        """All that a record of this type may say."""
        return frozenset(("type", *self.must, *self.may))

    def keep(self, name: str, record: Record) -> Record:
        """The record's known fields; flagged `malformed`, with the fields at fault, when one cannot be or was never
        agreed on.
        """
        kept: Record = {"type": name}
        faults = []
        for key, test, needed in self.fields:
            value = record.get(key)
            if value is not None:
                kept[key] = value
                if not test(value):
                    faults.append(key)
            elif needed:
                faults.append(key)
        if more := record.keys() - self.names:
            faults += sorted(readable(name[:LONGEST_EVIDENCE]) for name in more)[:MOST_NAMED]
        if not faults and self.span and kept.get(self.span[1], "9999-99-99") < kept.get(self.span[0], ""):
            faults.append(self.span[1])
        return flag(kept, faults) if faults else kept


def interval(**may: Test) -> RecordType:
    """A record with the fields `from` and, once it has ended, `to`, and more optional ones."""
    return RecordType({"from": day}, {"to": day, **may}, span=("from", "to"))


def flag(kept: Record, faults: list[str]) -> Record:
    """Mark a record as evidence only: values shortened and storable, `malformed` set, `problem` naming the fields at
    fault.
    """
    short = {
        key: value if isinstance(value, bool | int) else UNSTORABLE.sub("\ufffd", str(value)[:LONGEST_EVIDENCE])
        for key, value in kept.items()
    }
    return short | {"malformed": True, "problem": ", ".join(faults)}


def readable(text: str) -> str:
    """What the other side said, short, without what may be a person's number or has no place in the database."""
    return NUMBER.sub("…", UNSTORABLE.sub("\ufffd", text[: 4 * LONGEST_DETAIL]))[:LONGEST_DETAIL]
