"""The page's icons as inline SVG: each drawn once for its size and attributes, not once a view (P7)."""

from __future__ import annotations

from functools import lru_cache

from django import template
from tablericons.templatetags import tablericons

register = template.Library()
register.simple_tag(lru_cache(maxsize=256)(tablericons.icon), name="icon")
