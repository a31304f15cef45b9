"""Words of MONEY for the pages."""

from django import template

from training.enums import FundSource

register = template.Library()


@register.filter
def fund_label(code: str) -> str:
    return str(FundSource(code).label) if code in FundSource.values else code
