"""Clauses as people cite them (R-AUT-6), and verdicts with their tones."""

from __future__ import annotations

from django import template

from eligibility import clauses
from eligibility.domain.evidence import TONES
from eligibility.enums import Verdict
from kit.languages import language

register = template.Library()


@register.filter
def cited(number: str) -> str:
    """N二(二)1(1) → 95号文 二(二)1(1); the API keeps the number."""
    return clauses.cited(number, language())


@register.filter
def verdict_label(verdict: str) -> str:
    """What `get_verdict_display` says, without going through all choices for each of a class (P7)."""
    return str(Verdict(verdict).label)


@register.filter
def verdict_tone(verdict: str) -> str:
    return TONES.get(verdict, "secondary")
