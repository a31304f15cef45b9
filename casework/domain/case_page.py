"""What the decision page and the case page show of an application; each app registers one page beside its flow.

The page itself is written once (`casework/views/decision.py`) and knows no kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Membership
from casework.domain.case_file import CaseFile

Text: TypeAlias = "str | Promise"


@dataclass(frozen=True)
class Fact:
    """One item of the line of facts under the title."""

    label: Text
    value: Any


@dataclass(frozen=True)
class Condition:
    """One line of the check list: holds or not, as a sentence; `blocks`: the flow's guards refuse agreement while it
    does not hold.
    """

    holds: bool
    sentence: Text
    blocks: bool = True


@dataclass(frozen=True)
class Section:
    """A folded part of the page: a template of the owning app with its context, made from the file of the case and for
    its reader; None where this reader is shown nothing.

    `open` unfolds it; exceptions come first.
    """

    title: Text
    template: str
    context: Callable[[Any, Membership], dict[str, Any] | None]
    open: bool = False
    count: Callable[[Any], int | None] = lambda file: None


@dataclass(frozen=True)
class CasePage:
    """What is shown of one kind; every function is handed the file of the case as its flow makes it (`Flow.file`).

    `documents` are the attachment slots (code, label, required) the application asks for; `related` what its page reads
    along; `subject` the page of what it is about, as (label, address name, arguments…): there the applicant corrects
    what was returned; `acts` what else an officer does on the page with a reason, so that its ready sentences are there
    (`reasons` in the template); `paper` the rows below the case whose data its print answers for, beside the case
    itself, its steps, files and comments: nothing that this reader is not shown.
    """

    kind: str
    facts: Callable[[Any, Membership], list[Fact]]
    conditions: Callable[[Any, Membership | None], list[Condition]]
    sections: tuple[Section, ...] = ()
    documents: Callable[[Any], list[tuple[str, Text, bool]]] = lambda file: []
    history: Callable[[Any], list[tuple[str, int]]] = field(default=lambda file: [])
    related: tuple[str, ...] = ()
    subject: Callable[[Any, Membership], tuple[Any, ...] | None] = lambda file, membership: None
    acts: tuple[str, ...] = ()
    paper: Callable[[Any, Membership], Any] = lambda file, membership: ()


_pages: dict[str, CasePage] = {}


def register_case_page(page: CasePage) -> None:
    _pages[page.kind] = page


def case_page_of(kind: str) -> CasePage:
    return _pages[kind]


def points_to_look_at(file: CaseFile[Any], membership: Membership | None) -> list[str]:
    """Why a case is not clean (R-OPN-5): conditions that do not hold, red or not, and sections with open points."""
    page = case_page_of(file.application._meta.model_name or "")
    found = [str(condition.sentence) for condition in page.conditions(file, membership) if not condition.holds]
    counted = [(section.title, section.count(file)) for section in page.sections if section.open]
    return found + [
        _("“%(title)s”有%(count)s项，请打开此件单独办理。") % {"title": title, "count": count}
        for title, count in counted
        if count
    ]
