"""The reader's language; and since a workbook may have been written in either, our own sheets are
taken back in both.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import get_language, override

from kit.text import squeeze

T = TypeVar("T")


def language() -> str:
    """The reader's language as the rule tables name it: zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def kept(text: Any) -> str:
    """A sentence as it is stored for others to read: in Chinese, whatever language whoever acts reads."""
    with override("zh-hans"):
        return str(text)


def in_every_language(read: Callable[[], T]) -> list[T]:
    """What a function gives under each language of the portal."""
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.append(read())
    return found


def by_label(choices: Iterable[tuple[Any, Any]]) -> Mapping[str, Any]:
    """The values of choices by their labels, squeezed, in every language."""
    pairs = list(choices)
    known: dict[str, Any] = {}
    for labels in in_every_language(lambda: [(squeeze(str(label)), value) for value, label in pairs]):
        for label, value in labels:
            known.setdefault(label, value)
    return known
