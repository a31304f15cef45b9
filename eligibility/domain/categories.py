"""The trainee categories by code, in the order of the rule book and in the reader's language (R-AUT-1)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from eligibility.engine import RuleTable, UnknownCategory
from eligibility.rulebook import category_page
from eligibility.rules.table import TABLES, NoTable, table_on
from kit.languages import language


def table_for(day: date | None) -> RuleTable:
    """The table in force on a day (today without one); before the first table's day, the first table."""
    try:
        return table_on(day or timezone.localdate())
    except NoTable:
        return min((t for t in TABLES.values() if not t.draft), key=lambda t: t.since)


def category_help(code: str, day: date | None = None) -> dict[str, Any] | None:
    """What choosing a category means, in plain words: what is asked, which papers, which roster columns; None for no
    category.

    The words are the rule table's own, of the class's first day where it is known (R-ELG-4).
    """
    try:
        return category_page(table_for(day).category(code), language())
    except UnknownCategory:
        return None


def category_names() -> dict[str, str]:
    """Code and name of every category in force today; before the first table's day, those of the first table."""
    return {category.code: category.name.of(language()) for category in table_for(None).categories}
