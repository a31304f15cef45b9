"""Human numbers: division, year and a running number, unique when two clerks create at once."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.utils import timezone

from accounts.models import Division

NEXT = """
    INSERT INTO training_numberseries (prefix, last) VALUES (%(prefix)s, %(count)s)
    ON CONFLICT (prefix) DO UPDATE SET last = training_numberseries.last + excluded.last RETURNING last
"""


def next_number(division: Division, letter: str = "") -> str:
    """Such as "150102-2026-000123", with a letter in front for other kinds of case; the row stays locked until the
    transaction ends.
    """
    return next_numbers(division, letter, 1)[0]


def next_numbers(division: Division, letter: str, count: int) -> list[str]:
    """So many of them in a row."""
    prefix = f"{letter}{division.pk}-{timezone.localdate().year}"
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"prefix": prefix, "count": count})
        (last,) = cursor.fetchone()
    return [f"{prefix}-{number:06d}" for number in range(last - count + 1, last + 1)]


def plain(hours: Decimal | int) -> str:
    """4.00 → "4", 2.50 → "2.5": a number as people write it."""
    return f"{Decimal(hours).normalize():f}"
