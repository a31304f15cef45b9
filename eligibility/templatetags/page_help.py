"""The help of a page, for the frame (R-AUT-6)."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from eligibility.domain.guides import guide_of
from eligibility.help import HELP
from kit.languages import language

register = template.Library()


@register.simple_tag(takes_context=True)
def page_help(context: Context) -> SafeString:
    """A `?` that unfolds the page's help; nothing for a stranger, or on a page without one."""
    request, membership = context.get("request"), context.get("membership")
    match = getattr(request, "resolver_match", None)
    if membership is None or match is None or match.url_name not in HELP:
        return SafeString()
    return _drawn(match.url_name, guide_of(membership), get_language())


@lru_cache(maxsize=1024)
def _drawn(name: str, own: str, reader: str | None) -> SafeString:
    """Drawn once for all who read the same."""
    found = HELP[name]
    guide = found.guide_for(own)
    return render_to_string(
        "components/_help.html",
        {
            "help": found,
            "asks": found.clause.asks.of(language()),
            "guide": guide,
            "anchor": guide.sections[found.section],
        },
    )
