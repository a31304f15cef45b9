"""How an act refuses: one family for every room, whose sentences are the same on a page and from the API (R-OPN-5).

A domain function raises; nobody on the way catches. Pages answer in one place (`accounts.submissions`): the form comes
back with what was typed. The API answers in one place (`casework.problems`): a problem of RFC 9457.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

Said = Any  # a sentence, or several; lazy translations too


class Refused(Exception):
    """An act that is not done. `said` is a sentence, several, or either by field of the form or body, "" for the whole.

    Raise one of the three below: each has its HTTP `status`, the last word of its problem's type, a heading.
    """

    status = 409
    kind = "refused"
    title = gettext_lazy("现在不能办理")

    def __init__(self, said: Said | Mapping[Any, Said], *, field: str = "") -> None:
        super().__init__(said)
        self.said: Mapping[Any, Said] = said if isinstance(said, Mapping) else {field: said}

    @property
    def by_field(self) -> dict[str, list[str]]:
        """The sentences by field, "" for the whole, in the reader's language."""
        return {str(field): [str(one) for one in _several(said)] for field, said in self.said.items()}

    @property
    def sentences(self) -> list[str]:
        return [sentence for found in self.by_field.values() for sentence in found]

    def __str__(self) -> str:
        return " ".join(self.sentences)


class NotAllowed(Refused):
    """Another's to do: no change of the form or the day would help."""

    status, kind, title = 403, "notallowed", gettext_lazy("无权办理")


class NotNow(Refused):
    """Not as things stand: the state, the day, what others did or still have to do."""

    kind = "notnow"


class Overtaken(NotNow):
    """Somebody was faster: what was read is no longer so."""

    kind, title = "overtaken", gettext_lazy("他人已办理")


class NotValid(Refused):
    """What was handed in cannot be taken: it is to be mended and handed in again."""

    status, kind, title = 400, "invalid", gettext_lazy("提交的内容有误")


def _several(said: Said) -> Sequence[Any]:
    return said if isinstance(said, list | tuple) else [said]
