"""The trainee categories a grant may name; the app that holds the rule tables provides them in its
`ready()` (R-AUT-1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

Provider = Callable[[], Iterable[tuple[str, str]]]
_providers: list[Provider] = []


def register_categories(provider: Provider) -> None:
    """`provider()` gives (code, label) in the order people know; asked each time, so that labels follow the reader's
    language.
    """
    if provider not in _providers:
        _providers.append(provider)


def categories() -> list[tuple[str, str]]:
    """Every category as (code, label); empty while nobody provides any, then only «all categories» can be granted."""
    return [(code, str(label)) for provider in _providers for code, label in provider()]


def category_label(code: str) -> str:
    """The words for a grant's category; the empty code stands for all of them."""
    return dict(categories()).get(code, code) if code else _("全部人员类别")
