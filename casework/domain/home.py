"""Sections that upper apps put on the home page of a role (R-SEC-3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import Membership

Values = dict[str, Any] | None

_sections: list[tuple[str, str, Callable[[Membership], Values], bool]] = []


def add_home_section(role: str, template: str, context: Callable[[Membership], Values], *, first: bool = False) -> None:
    """Called from `ready()`. `context` may answer None: then the section is not shown to this membership. `first`:
    above all else on the page.
    """
    _sections.append((role, template, context, first))


def home_sections(membership: Membership, *, first: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """(template, context) of each section for this membership, in the order they were added; those that stand first, or
    the others.
    """
    found = [
        (template, context(membership))
        for role, template, context, stands_first in _sections
        if role == membership.role and stands_first == first
    ]
    return [(template, values) for template, values in found if values is not None]
