"""The trainee categories by code, in the order of the rule book and in the reader's language (R-AUT-1)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import get_language

from eligibility.rules.table import TABLES, NoTable, table_on


def category_names() -> dict[str, str]:
    """Code and name of every category in force today; before the first table's day, those of the first table."""
    try:
        table = table_on(timezone.localdate())
    except NoTable:
        table = min((t for t in TABLES.values() if not t.draft), key=lambda t: t.since)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return {category.code: category.name.of(language) for category in table.categories}
