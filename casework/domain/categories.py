"""Words that upper apps provide to the pages below them: the names of the trainee categories."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise

Names = Mapping[str, str | Promise]

_sources: list[Callable[[], Names]] = []


def provide_categories(names: Callable[[], Names]) -> None:
    """Registered once from an app's `ready()`: code → 人员类别, in the order of the rule book."""
    _sources.append(names)


def categories() -> dict[str, str]:
    return {code: str(name) for source in _sources for code, name in source().items()}


def category_name(code: str) -> str:
    """The category's name; the code itself where nobody provides one; a dash for none."""
    return categories().get(code, code) or "—"
