"""What was typed into a form that was not taken, kept in the browser's session until its page is shown again (nobody's
work lost).

It may hold names and numbers of people, so it is encrypted, never stands in an address or a log, and goes after half an
hour.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.domain.form_tokens import SEALS, FormToken
from kit.sealed import seal, unseal

KEY, AAD = "typed", "session.typed"
LONGEST = 200_000
Session = MutableMapping[str, Any]


@dataclass(frozen=True)
class Typed:
    """The words of one form: where it is posted to, the page it stands on, whose it is."""

    address: str
    page: str
    user: int
    membership: int
    words: dict[str, list[str]]
    refused: bool


def keep(
    session: Session, address: str, token: FormToken, posted: Iterable[tuple[str, Sequence[str]]], *, refused: bool
) -> None:
    """Keep the words of one form in place of those kept before; too many of them are not kept.

    `refused` says that the person has seen the refusal already and the words beside it.
    """
    words = {name: list(values) for name, values in posted if name not in SEALS}
    if sealed := seal([address, token.page, token.user, token.membership, words, refused], AAD, LONGEST):
        session[KEY] = sealed


def kept(session: Session) -> Typed | None:
    """What is kept, if it is still fresh and can be read."""
    values = unseal(session.get(KEY, ""), AAD)
    return Typed(*values) if values else None


def forget(session: Session) -> None:
    if KEY in session:
        del session[KEY]
