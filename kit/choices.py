"""Django's choices with the types a checker needs: a member is a string (a number) that has a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enum import IntEnum, StrEnum

    class TextChoices(StrEnum):
        """What `django.db.models.TextChoices` is at run time, as far as the portal uses it."""

        label: str
        choices: list[tuple[str, str]]
        values: list[str]
        labels: list[str]

    class IntegerChoices(IntEnum):
        """What `django.db.models.IntegerChoices` is at run time, as far as the portal uses it."""

        label: str
        choices: list[tuple[int, str]]
        values: list[int]
        labels: list[str]

else:
    from django.db.models import IntegerChoices, TextChoices

__all__ = ["IntegerChoices", "TextChoices"]
