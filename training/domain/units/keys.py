"""Under which keys teachers and rooms of units are told apart and booked once (R-OPN-1, R-RISK-1)."""

from __future__ import annotations

from eligibility.domain.people import number_hash
from kit.identity import fold_name
from kit.text import squeeze


def person_key(number: str | None) -> int | None:
    """Under which a teacher's lessons are booked where the citizen number is known: the same for every unit that has
    the person on file, never the id of a row (those are positive), and no number to read back: 63 bits of the keyed
    hash.
    """
    return -1 - (int.from_bytes(number_hash(number)[:8], "big") >> 1) if number else None


def name_key(name: str) -> str:
    """A name as two teachers of one unit are told apart by it where a citizen number is missing."""
    return fold_name(name).casefold()


def room_key(name: str, address: str) -> str:
    """A room as it is told apart within a unit: name and address, however they are spaced and typed."""
    return f"{squeeze(name)}|{squeeze(address)}".casefold()
