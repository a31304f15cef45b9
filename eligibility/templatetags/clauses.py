"""Clauses as people cite them (R-AUT-6)."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from eligibility import clauses

register = template.Library()


@register.filter
def cited(number: str) -> str:
    """N二(二)1(1) → 95号文 二(二)1(1); the API keeps the number."""
    return clauses.cited(number, "en" if get_language() == "en" else "zh")
