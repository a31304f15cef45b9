"""The trainee categories and training types a grant may name; the rooms that hold them provide them in their
`ready()` (R-AUT-1, R-AUT-7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

Provider = Callable[[], Iterable[tuple[str, str]]]
_providers: list[Provider] = []
_types: list[Provider] = []


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


def register_training_types(provider: Provider) -> None:
    """`provider()` gives (code, label) of every training type, as `register_categories` takes categories."""
    if provider not in _types:
        _types.append(provider)


def training_types() -> list[tuple[str, str]]:
    """Every training type as (code, label)."""
    return [(code, str(label)) for provider in _types for code, label in provider()]


def training_type_label(code: str) -> str:
    """The words for a grant's training type; the empty code stands for all of them."""
    return dict(training_types()).get(code, code) if code else _("全部培训类别")


def remit_label(category: str, training_type: str) -> str:
    """The words for what a grant is about: the category, and the training type where it names one."""
    return (
        f"{category_label(category)}·{training_type_label(training_type)}"
        if training_type
        else category_label(category)
    )
