"""The wording of a result, by reference: which sentence of its line, and the facts in it; the words are made from these
when they are read (R-ELG-2).

A judgement is kept for ever, and so is the table it refers to: a line in use is never reworded
(`eligibility/rules/wording.txt`).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from eligibility.engine.facts import Vouched
from eligibility.engine.model import Later
from eligibility.engine.records import REGISTRIES
from eligibility.engine.text import Text

_CODES = {name: code for code, name in REGISTRIES.items()}
REGISTRY = "registry"
Values = tuple[tuple[str, object], ...]


class Wording(NamedTuple):
    """Which sentence, the values filled in, what came after the class, and who vouched for an answer of people."""

    says: str
    values: Values = ()
    after: tuple[Later, ...] = ()
    vouched: Vouched | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, only what there is."""
        kept: dict[str, Any] = {"says": self.says}
        if self.values:
            kept["values"] = _plain(self.values)
        if self.after:
            kept["after"] = [
                {"what": one.what, "on": one.day.isoformat(), **({"values": _plain(one.values)} if one.values else {})}
                for one in self.after
            ]
        if self.vouched:
            kept["vouched"] = list(self.vouched)
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Wording":
        """The same again, but for days, which are the text they are written as."""
        after = tuple(
            Later(one["what"], date.fromisoformat(one["on"]), _read(one.get("values", {})))
            for one in kept.get("after", ())
        )
        return cls(
            kept["says"], _read(kept.get("values", {})), after, Vouched(*kept["vouched"]) if "vouched" in kept else None
        )


def _plain(values: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """A registry by its code, any other text in both languages, a day in ISO, a number as it is."""
    return {name: _value(value) for name, value in values}


def _value(value: object) -> Any:
    if isinstance(value, Text):
        return {REGISTRY: _CODES[value]} if value in _CODES else list(value)
    return (
        value.isoformat()
        if isinstance(value, date)
        else value
        if isinstance(value, int) or value is None
        else str(value)
    )


def _read(values: Mapping[str, Any]) -> Values:
    return tuple((name, _text(value)) for name, value in values.items())


def _text(value: Any) -> object:
    if isinstance(value, dict):
        return REGISTRIES[value[REGISTRY]]
    return Text(*value) if isinstance(value, list) else value
