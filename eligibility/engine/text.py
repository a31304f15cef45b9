"""Sentences in the two languages an officer may read aloud (R-ELG-2)."""

from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import NamedTuple


class Text(NamedTuple):
    """One text in Chinese and English; `{names}` in it are filled from the facts of the case."""

    zh: str
    en: str

    def fill(self, values: Mapping[str, object]) -> "Text":
        """The text with its `{names}` filled; a value may itself be a Text, dates are written ISO."""
        names = _names(self)
        if names is None:
            return self
        return Text(
            self.zh.format_map({name: _word(values[name], 0) for name in names}),
            self.en.format_map({name: _word(values[name], 1) for name in names}),
        )

    def of(self, language: str) -> str:
        """The text in `zh` or `en`."""
        return self.en if language == "en" else self.zh


def _names(text: Text) -> frozenset[str] | None:
    """The names a text uses, since of the many facts of a case only these are put in words; None where nothing is to be
    filled.
    """
    if not any(brace in part for part in text for brace in "{}"):
        return None
    return frozenset(name for part in text for _before, name, _form, _turn in Formatter().parse(part) if name)


def _word(value: object, index: int) -> str:
    if isinstance(value, Text):
        return value[index]
    return value.isoformat() if isinstance(value, date) else str(value)
