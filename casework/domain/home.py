"""Sections that upper apps put on the home page of a role (ui.md, home page; house.md, rule 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import Post

Values = dict[str, Any] | None

_sections: list[tuple[str, str, Callable[[Post], Values]]] = []


def add_home_section(role: str, template: str, context: Callable[[Post], Values]) -> None:
    """Called from `ready()`. `context` may answer None: then the section is not shown to this post."""
    _sections.append((role, template, context))


def home_sections(post: Post) -> list[tuple[str, dict[str, Any]]]:
    """(template, context) of each section for this post, in the order they were added."""
    found = [(template, context(post)) for role, template, context in _sections if role == post.role]
    return [(template, values) for template, values in found if values is not None]
