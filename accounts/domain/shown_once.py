"""What is told once: a first password, sealed in the session from the form that made it to the page that shows it
(R-REG-1).

The form leads to the page, so that a reload repeats nothing; the page takes the password out, so that it is never shown
again.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from kit.sealed import seal, unseal

KEY, AAD = "shown_once", "session.shown_once"
Session = MutableMapping[str, Any]


def keep(session: Session, place: str, **told: Any) -> None:
    """Keep what the page called `place` will tell; what waits for other pages waits on."""
    session[KEY] = {**session.get(KEY, {}), place: seal(told, f"{AAD}.{place}")}


def take_out(session: Session, place: str) -> dict[str, Any] | None:
    """What waits for this page, which is then gone; None when it was shown already or has waited for half an hour."""
    waiting = dict(session.get(KEY, {}))
    sealed = waiting.pop(place, None)
    if sealed is None:
        return None
    session[KEY] = waiting
    told: dict[str, Any] | None = unseal(sealed, f"{AAD}.{place}")
    return told
