"""What the decision page and the case page show of an application; each app registers one dossier beside its flow (ui.md).

The page itself is written once (`casework/views/decision.py`) and knows no kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from accounts.models import Post

Text = str | Promise


@dataclass(frozen=True)
class Fact:
    """One item of the line of facts under the title."""

    label: Text
    value: Any


@dataclass(frozen=True)
class Condition:
    """One line of the check list: holds or not, as a sentence; `blocks` says whether agreement must wait for it."""

    holds: bool
    sentence: Text
    blocks: bool = True


@dataclass(frozen=True)
class Section:
    """A folded part of the page: a template of the owning app with its context. `open` unfolds it; exceptions come first."""

    title: Text
    template: str
    context: Callable[[Any, Post], dict[str, Any]]
    open: bool = False
    count: Callable[[Any], int | None] = lambda application: None


@dataclass(frozen=True)
class Dossier:
    """`documents` are the attachment slots (code, label, required) the application asks for; `related` what its page reads along;
    `subject` the page of what it is about, as (label, address name, arguments…): there the applicant corrects what was returned;
    `acts` what else an officer does on the page with a reason, so that its ready sentences are there (`reasons` in the template).
    """

    kind: str
    facts: Callable[[Any, Post], list[Fact]]
    conditions: Callable[[Any], list[Condition]]
    sections: tuple[Section, ...] = ()
    documents: Callable[[Any], list[tuple[str, Text, bool]]] = lambda application: []
    history: Callable[[Any], list[tuple[str, int]]] = field(default=lambda application: [])
    related: tuple[str, ...] = ()
    subject: Callable[[Any, Post], tuple[Any, ...] | None] = lambda application, post: None
    acts: tuple[str, ...] = ()


_dossiers: dict[str, Dossier] = {}
_panels: dict[str, list[Section]] = {}


def register_dossier(dossier: Dossier) -> None:
    _dossiers[dossier.kind] = dossier


def add_panel(kind: str, section: Section) -> None:
    """An upper app adds a section to a lower app's page (house.md, rule 4)."""
    _panels.setdefault(kind, []).append(section)


def dossier_of(kind: str) -> Dossier:
    return _dossiers[kind]


def sections_of(kind: str) -> tuple[Section, ...]:
    return (*_dossiers[kind].sections, *_panels.get(kind, ()))
