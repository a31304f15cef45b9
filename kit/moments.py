"""Moments as people and papers of the region write them."""

from datetime import datetime

from django.utils import timezone


def minute(when: datetime | None = None) -> str:
    """A moment to the minute, local time; now where none is given."""
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M")
