"""What a membership must do that is no case: stands above the cases in its 待办 (R-SEC-3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from accounts.models import Membership


@dataclass(frozen=True)
class Duty:
    label: str
    why: str
    url: str
    due_on: date | None = None


Finder = Callable[[Membership], Duty | None]
_finders: list[Finder] = []


def register_duty(finder: Finder) -> None:
    """Called from `ready()`."""
    _finders.append(finder)


def duties_of(membership: Membership) -> list[Duty]:
    """By deadline, those without one last."""
    return sorted(
        (duty for duty in (find(membership) for find in _finders) if duty), key=lambda duty: duty.due_on or date.max
    )
