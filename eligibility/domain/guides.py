"""The role guides of docs/ as the portal shows them (R-AUT-6): whose guide is whose, and their text in blocks.

They are written in the little of Markdown read here: headings, paragraphs, lists, **bold** and pictures; a test holds
them to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from accounts.enums import Department, Level, OrganisationKind, Role
from accounts.models import Membership

FOLDER = Path(settings.BASE_DIR) / "docs"
GUIDES = (
    "applicant",
    "officer",
    "industry",
    "department",
    "league",
    "region",
    "finance",
    "inspector",
    "auditor",
)
# Departments the notice names as approving ones; the others are only asked in 协查.
APPROVING = {
    Department.EMERGENCY,
    Department.ENERGY,
    Department.HOUSING,
    Department.TRANSPORT,
    Department.AGRICULTURE,
    Department.POSTAL,
    Department.STATE_ASSETS,
    Department.INDUSTRY_IT,
    Department.VETERANS,
    Department.DISABLED,
}
HEADING = re.compile(r"(#{1,3}) (.+)")
ITEM = re.compile(r"(-|\d+\.) (.+)")
PICTURE = re.compile(r"!\[([^]]*)\]\(images/([a-z0-9-]+\.jpg)\)")
SUMMARY = "English summary:"


@dataclass
class Block:
    """A piece of a guide: heading (h1 … h3, with its anchor), paragraph (p), list (ul, ol) or picture (img)."""

    kind: str
    lines: list[str]
    anchor: str = ""
    language: str = "zh-Hans"

    @property
    def parts(self) -> list[list[tuple[str, bool]]]:
        """Each line as stretches of text, and whether they are bold."""
        return [[(text, bool(n % 2)) for n, text in enumerate(line.split("**")) if text] for line in self.lines]


@dataclass(frozen=True)
class Guide:
    name: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def sections(self) -> dict[str, str]:
        """Heading -> anchor."""
        return {block.lines[0]: block.anchor for block in self.blocks if block.kind == "h2"}


def anchor(heading: str) -> str:
    """The anchor that code hosts give a heading too."""
    return slugify(heading, allow_unicode=True)


def read(text: str) -> list[Block]:
    """Markdown -> blocks."""
    blocks: list[Block] = []
    fresh = True  # after an empty line a paragraph begins
    for line in text.splitlines():
        if not line:
            fresh = True
            continue
        if found := HEADING.fullmatch(line):
            blocks.append(Block(f"h{len(found[1])}", [found[2]], anchor(found[2])))
        elif found := PICTURE.fullmatch(line):
            blocks.append(Block("img", [found[1]], found[2]))
        elif found := ITEM.fullmatch(line):
            kind = "ul" if found[1] == "-" else "ol"
            if blocks and blocks[-1].kind == kind:
                blocks[-1].lines.append(found[2])
            else:
                blocks.append(Block(kind, [found[2]]))
        elif not fresh and blocks and blocks[-1].kind in {"p", "ul", "ol"}:
            blocks[-1].lines[-1] = joined(blocks[-1].lines[-1], line)
        else:
            blocks.append(Block("p", [line], language="en" if line.startswith(SUMMARY) else "zh-Hans"))
        fresh = False
    return blocks


def joined(before: str, after: str) -> str:
    """Two lines of one paragraph: Chinese goes on without a space."""
    return before + (" " if before[-1].isascii() and after[0].isascii() else "") + after


@cache
def guide(name: str) -> Guide:
    """Raises KeyError for a name that is no guide's."""
    if name not in GUIDES:
        raise KeyError(name)
    blocks = read((FOLDER / f"guide-{name}.md").read_text(encoding="utf-8"))
    return Guide(name, blocks[0].lines[0], tuple(blocks[1:]))


def picture(name: str) -> Path:
    """The file of a picture some guide shows; KeyError for any other."""
    shown = {block.anchor for one in GUIDES for block in guide(one).blocks if block.kind == "img"}
    if name not in shown:
        raise KeyError(name)
    return FOLDER / "images" / name


def guide_of(membership: Membership) -> str:
    """The guide of who acts in this membership."""
    return guide_for(
        membership.role, membership.organisation.kind, membership.division.level, membership.organisation.department
    )


def guide_for(role: str, kind: str, level: str, department: str) -> str:
    """The same for anybody of a role in a kind of office at a level."""
    by_role = {
        Role.OPERATOR: "applicant",
        Role.FINANCE: "finance",
        Role.INSPECTOR: "inspector",
        Role.AUDITOR: "auditor",
    }
    if role in by_role:
        return by_role[Role(role)]
    if kind == OrganisationKind.INDUSTRY:
        return "industry" if department in APPROVING else "department"
    if level == Level.BANNER:
        return "league" if role == Role.ADMINISTRATOR else "officer"
    return "region" if level == Level.REGION else "league"
