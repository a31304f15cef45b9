"""Numbers as the forms show them, the same in both languages."""

from decimal import Decimal

from django import template

from kit.money import yuan_text

register = template.Library()


@register.filter
def yuan(amount: Decimal | None) -> str:
    """1500 → «1,500.00»; nothing for nothing."""
    return "" if amount is None else yuan_text(amount)


@register.filter
def thousands(number: int) -> str:
    """12345 → «12,345»."""
    return f"{number:,}"
