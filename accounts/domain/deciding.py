"""Where which act is decided: the app that holds the route table provides it in its `ready()` (R-AUT-1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from accounts.enums import UNIT_KINDS, Level
from accounts.models import Division, Organisation

Levels = dict[tuple[str, str], set[str]]
Provider = Callable[[Collection[str]], Levels]
_providers: list[Provider] = []


def register_routes(provider: Provider) -> None:
    """`provider(categories)` gives (act, category) → the levels at which a step asks for that act today."""
    if provider not in _providers:
        _providers.append(provider)


def deciding_levels(categories: Collection[str]) -> Levels:
    found: Levels = {}
    for provider in _providers:
        for key, levels in provider(categories).items():
            found.setdefault(key, set()).update(levels)
    return found


def needed_in(
    divisions: Iterable[Division], acts: Iterable[str], categories: Collection[str]
) -> set[tuple[str, str, str]]:
    """The (division, act, category) where a case can ask for a decision.

    A banner's step is taken in the banner; at a league or in the region only for units registered there directly. One
    query beside the routes.
    """
    levels, divisions = deciding_levels(categories), list(divisions)
    with_units = set(
        Organisation.objects.filter(kind__in=UNIT_KINDS, is_active=True, division__in=[d.pk for d in divisions])
        .order_by()
        .values_list("division_id", flat=True)
        .distinct()
    )
    places = {division.pk: _levels_of(division, division.pk in with_units) for division in divisions}
    return {
        (division.pk, act, category)
        for division in divisions
        for act in acts
        for category in categories
        if levels.get((act, category), set()) & places[division.pk]
    }


def _levels_of(division: Division, has_units: bool) -> set[str]:
    """A city that reports to the region is banner and league in one."""
    own = {str(division.level)} | ({str(Level.LEAGUE)} if division.is_reporting_unit else set())
    return own | ({str(Level.BANNER)} if has_units else set())
