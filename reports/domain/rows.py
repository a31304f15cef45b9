"""The rows of a form: categories by section, or divisions by reporting line (R-LVL-1; M三(二))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.enums import Level
from accounts.models import Division
from eligibility.engine.model import RuleTable
from eligibility.rules.table import SECTIONS
from kit.languages import language
from reports.domain.forms import Form
from reports.enums import Axis

NUMERALS = "一二三四五六七八九十"
TOTAL = "total"


@dataclass(frozen=True)
class Row:
    """One row: the keys it counts (category codes or division codes; None counts all), and how deep it stands."""

    code: str
    label: str
    depth: int = 0
    keys: frozenset[str] | None = None
    division: str = ""


def look_up(axis: str) -> str:
    """Where a class carries the keys of an axis."""
    return "category" if axis == Axis.CATEGORY else "body__division"


def rows_of(form: Form, table: RuleTable, division: Division, axis: str, *, banners: bool = False) -> list[Row]:
    """The total first, then its parts, which add up to it. One query for divisions, none for categories."""
    parts = _categories(form, table) if axis == Axis.CATEGORY else _divisions(division, banners)
    return [Row(TOTAL, _("合计")), *parts]


def _categories(form: Form, table: RuleTable) -> Iterator[Row]:
    left_out, reader = set(form.left_out(table)), language()
    for numeral, section in zip(NUMERALS, form.sections, strict=False):
        members = [c for c in table.categories if c.section == section and c.code not in left_out]
        if not members:
            continue
        keys = frozenset(category.code for category in members)
        yield Row(f"section:{section}", f"{numeral}、{SECTIONS[section].of(reader)}", 1, keys)
        for category in members:
            yield Row(f"category:{category.code}", category.name.of(reader), 2, frozenset({category.code}))


def _divisions(asked: Division, banners: bool) -> Iterator[Row]:
    """Whoever reports to the division asked, then its own office; below the region also the banners of each league if
    wanted.
    """
    subtree = list(
        Division.objects.filter(path__startswith=asked.path)
        .order_by("code")
        .values_list("pk", "code", "name", "level", "path", "reports_to_id", named=True)
    )
    below = [division for division in subtree if division.reports_to_id == asked.pk]
    if not below:
        return
    for unit in sorted(below, key=lambda d: (d.level == Level.BANNER, d.code)):
        members = [division for division in subtree if division.path.startswith(unit.path)]
        yield Row(f"division:{unit.pk}", unit.name, 1, frozenset(d.pk for d in members), unit.pk)
        if banners and len(members) > 1:
            for banner in members:
                if banner.pk != unit.pk:
                    yield Row(f"division:{banner.pk}", banner.name, 2, frozenset({banner.pk}), banner.pk)
            yield _own(unit, 2)
    yield _own(asked, 1)


def _own(division: Division, depth: int) -> Row:
    label = _("自治区本级") if division.level == Level.REGION else _("本级")
    return Row(f"own:{division.pk}", label, depth, frozenset({division.pk}))
