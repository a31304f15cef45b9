"""Human numbers: division, year and a running number, unique when two clerks create at once."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.utils import timezone

from accounts.models import Division

NEXT = """
    INSERT INTO training_numberseries (prefix, last) VALUES (%s, 1)
    ON CONFLICT (prefix) DO UPDATE SET last = training_numberseries.last + 1 RETURNING last
"""


def next_number(division: Division, letter: str = "") -> str:
    """Such as "150102-2026-000123", with a letter in front for other kinds of case; the row stays locked until the transaction ends."""
    prefix = f"{letter}{division.pk}-{timezone.localdate().year}"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [prefix])
        (last,) = cursor.fetchone()
    return f"{prefix}-{last:06d}"


def plain(hours: Decimal | int) -> str:
    """4.00 → "4", 2.50 → "2.5": a number as people write it."""
    return f"{Decimal(hours).normalize():f}"
