"""One form handed in once (R-OPN-5; a double click, an impatient retry): the second gets the answer of the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Submission

KEPT = timedelta(days=2)
BITS = 16


@contextmanager
def one_at_a_time(key: str) -> Iterator[None]:
    """Whoever hands in the same form meanwhile waits here until the first one is through."""
    number = int(key[:BITS], 16) - 2**63
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def led_to(key: str) -> str | None:
    """Where the first handing-in of this form led, None when there was none."""
    return Submission.objects.filter(pk=key).values_list("location", flat=True).first()


def answered(key: str) -> Submission | None:
    """What a program was answered when it used this key first."""
    return Submission.objects.filter(pk=key).first()


def remember_answer(key: str, content: str, answer: dict[str, Any]) -> None:
    Submission.objects.bulk_create([Submission(key=key, content=content, answer=answer)], ignore_conflicts=True)


def remember(key: str, location: str) -> None:
    Submission.objects.bulk_create([Submission(key=key, location=location)], ignore_conflicts=True)


def forget_old() -> int:
    """Drop what nobody repeats any more; gives how many."""
    return Submission.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
