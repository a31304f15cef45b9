"""What of a piece of HTML is printed, and its digest, to compare a paper with another of the same number."""

from __future__ import annotations

import html
import re

from kit.crypto import digest_of

_NEVER = re.compile(r"<(form|button|script|style|select)\b.*?</\1\s*>", re.DOTALL)
_UNPRINTED = re.compile(r"<(\w+)[^>]*\bclass=\"[^\"]*\bno-print\b[^\"]*\"[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_VOID = {"input", "img", "br", "hr", "link", "meta"}


def text_of(markup: str) -> str:
    """The words a print shows, single-spaced: no forms, no buttons, nothing marked `no-print`."""
    kept = _without_unprinted(_NEVER.sub(" ", markup))
    return " ".join(html.unescape(_TAG.sub(" ", kept)).split())


def _without_unprinted(markup: str) -> str:
    parts, at, looked = [], 0, 0
    while (there := markup.find("no-print", looked)) >= 0:  # the expression alone would try every tag of the page
        found = _UNPRINTED.match(markup, markup.rfind("<", at, there)) if "<" in markup[at:there] else None
        if found is None:
            looked = there + 1
            continue
        parts.append(markup[at : found.start()])
        at = looked = found.end() if found[1] in _VOID else _end_of(found[1], markup, found.end())
    return " ".join([*parts, markup[at:]])


def _end_of(tag: str, markup: str, at: int) -> int:
    """Where the element ends whose start tag ends at `at`."""
    depth = 1
    for found in re.compile(rf"<(/?){tag}\b[^>]*>").finditer(markup, at):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end()
    return len(markup)


def paper_digest(number: str, markup: str) -> str:
    """SHA-256 over the number and the printed words, as hexadecimal digits."""
    return digest_of(f"{number}\n{text_of(markup)}")


def short(digest: str) -> str:
    """The first sixteen digits in fours: enough to compare by eye."""
    return " ".join(digest[place : place + 4] for place in range(0, 16, 4))
