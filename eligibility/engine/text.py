"""Sentences in the two languages an officer may read aloud (R-ELG-2)."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple


class Text(NamedTuple):
    """One text in Chinese and English; `{names}` in it are filled from the facts of the case."""

    zh: str
    en: str

    def fill(self, values: Mapping[str, object]) -> "Text":
        """The text with its `{names}` filled; a value may itself be a Text, dates are written ISO."""
        return Text(
            self.zh.format_map({name: _word(value, 0) for name, value in values.items()}),
            self.en.format_map({name: _word(value, 1) for name, value in values.items()}),
        )

    def of(self, language: str) -> str:
        """The text in `zh` or `en`."""
        return self.en if language == "en" else self.zh


def _word(value: object, index: int) -> str:
    if isinstance(value, Text):
        return value[index]
    return value.isoformat() if isinstance(value, date) else str(value)
