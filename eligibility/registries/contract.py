"""What a registry's answer must be to count as one: whole, ours, and nothing but what was agreed (R-ELG-1, R-ELG-7).

The contract is closed. An answer names our question, every subject asked and no other, each once, with a list of
records and no further member. A stated failure, a page or a part of an answer, a member nobody agreed on: that is no
answer for anybody asked, since «nothing known» read out of it would let an insured person pass. A record with a field
that is not in the catalogue is flagged by `keep_facts` and opens the checks of its subject alone: a renamed
`cancelled_on` would otherwise be a registration that still runs. A record or an optional field that is simply not there
cannot be told from one that never was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan
from typing import Any

from eligibility.registries.catalogue import keep_facts
from eligibility.registries.facts import readable
from eligibility.registries.protocol import Answer, Busy, NoAnswer, Record, Silence, Subject

LONGEST_PAUSE = 3600.0
PARTIAL_CONTENT = 206
BY_STATUS = {
    401: Silence.REFUSED,
    403: Silence.REFUSED,
    502: Silence.OUT_OF_SERVICE,
    503: Silence.OUT_OF_SERVICE,
    504: Silence.OUT_OF_SERVICE,
    PARTIAL_CONTENT: Silence.PART,
}
MEMBERS = {"person": "persons", "enterprise": "enterprises"}
AGREED = frozenset({"request_id", *MEMBERS.values()})
# How interfaces usually word a failure, and that there is more to come. It only chooses our words: no further member is
# taken at all.
RIGHT_CODES = (0, 200, "0", "200", "00", "0000", "ok", "OK", "success", "SUCCESS")
CODES = frozenset({"code", "status", "status_code", "ret", "result_code", "errcode", "err_code", "error_code"})
TRUTHS = frozenset({"success", "succeeded", "ok"})
COMPLAINTS = frozenset({"error", "errors", "exception", "fault"})
SPOKEN = ("message", "msg", "errmsg", "error_message", "error", "reason", "detail", "description")
PARTS = re.compile(r"page|cursor|next|more|trunc|partial|complete|offset|limit|total|part$|parts$", re.IGNORECASE)
NEXT = re.compile(r"""rel\s*=\s*["']?next""", re.IGNORECASE)


class Nonsense(Exception):
    """An answer that cannot be one to this question."""

    def __init__(self, reason: Silence, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.no_answer = NoAnswer(reason, detail)


def read_answer(
    code: str, subjects: tuple[Subject, ...], request_id: str, status: int, headers: Mapping[str, str], body: bytes
) -> Answer | Busy:
    """The answer to this question, or a Nonsense that says why it is none, without a word about the people asked."""
    if status == 429:
        return Busy(pause_wanted(headers.get("Retry-After", "")))
    try:
        return whole(code, subjects, request_id, status, headers, body)
    except Nonsense as nonsense:
        detail = nonsense.no_answer.detail
        for personal in [
            word for subject in subjects for word in (subject.key, subject.name) if word and word in detail
        ]:
            detail = detail.replace(personal, "…")
        raise Nonsense(nonsense.no_answer.reason, readable(detail)) from None


def whole(
    code: str, subjects: tuple[Subject, ...], request_id: str, status: int, headers: Mapping[str, str], body: bytes
) -> Answer:
    """The answer when it is one and whole."""
    if status != 200:
        otherwise = Silence.FAULT if status >= 500 else Silence.REJECTED
        raise Nonsense(BY_STATUS.get(status, otherwise), str(status))
    if "Content-Range" in headers or NEXT.search(headers.get("Link", "")):
        raise Nonsense(Silence.PART, "Content-Range" if "Content-Range" in headers else "Link")
    found = read_json(headers, body)
    if not isinstance(found, dict):
        raise Nonsense(Silence.BROKEN)
    refuse_what_was_not_agreed(found)
    if found.get("request_id") != request_id:
        raise Nonsense(Silence.NOT_OURS, "request_id")
    return Answer({subject: facts(code, subject.kind, rows) for subject, rows in matched(subjects, found)})


def read_json(headers: Mapping[str, str], body: bytes) -> Any:
    """The body as JSON in which no member stands twice: which of two would be the right one?"""
    try:
        return json.loads(body, object_pairs_hook=each_once, parse_constant=no_constant)
    except (ValueError, RecursionError):
        is_page = "html" in headers.get("Content-Type", "") or body.lstrip()[:1] == b"<"
        raise Nonsense(Silence.NOT_DATA if is_page else Silence.BROKEN) from None


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, each of its members once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        raise Nonsense(Silence.TWICE, shown({name for name in names if names.count(name) > 1}))
    return found


def no_constant(name: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def refuse_what_was_not_agreed(found: Mapping[str, Any]) -> None:
    """Members beyond the three agreed: a failure it states, a sign of being a part, or something nobody knows the
    meaning of.
    """
    more = found.keys() - AGREED
    if not more:
        return
    if stated := failure_stated(found, more):
        raise Nonsense(Silence.FAILED, stated)
    if parts := {name for name in more if PARTS.search(name)}:
        raise Nonsense(Silence.PART, shown(parts))
    raise Nonsense(Silence.UNAGREED, shown(more))


def failure_stated(found: Mapping[str, Any], more: Iterable[str]) -> str:
    """What an answer says of its own failure: its code and its message, or ""."""
    names = {name.lower(): name for name in more}
    wrong = [found[names[name]] for name in sorted(CODES & names.keys()) if found[names[name]] not in RIGHT_CODES]
    failed = any(found[names[name]] is False for name in TRUTHS & names.keys())
    complained = any(found[names[name]] for name in COMPLAINTS & names.keys())
    if not (wrong or failed or complained):
        return ""
    said = [found[names[name]] for name in SPOKEN if isinstance(found.get(names.get(name, ""), None), str)]
    return " ".join(str(value) for value in [*wrong[:1], *said[:1]] if isinstance(value, str | int)) or shown(more)


def matched(subjects: tuple[Subject, ...], found: Mapping[str, Any]) -> Iterable[tuple[Subject, list[Any]]]:
    """Each subject asked with its rows; Nonsense where one is left out, or where there is one nobody asked about."""
    asked: dict[str, dict[str, Subject]] = {kind: {} for kind in MEMBERS}
    for subject in subjects:
        asked[subject.kind][subject.key] = subject
    rows: dict[str, dict[str, Any]] = {}
    for kind, member in MEMBERS.items():
        rows[kind] = found.get(member, {})
        if not isinstance(rows[kind], dict):
            raise Nonsense(Silence.BROKEN, member)
    for kind, wanted in asked.items():
        if missing := wanted.keys() - rows[kind].keys():
            raise Nonsense(Silence.LEFT_OUT, f"{len(missing)} / {len(wanted)}")
        if len(rows[kind]) > len(wanted):
            raise Nonsense(Silence.TOO_MANY, f"{len(rows[kind])} / {len(wanted)}")
    return [(subject, rows[subject.kind][subject.key]) for subject in subjects]


def facts(code: str, about: str, rows: Any) -> tuple[Record, ...]:
    """What is kept of one subject's records; a record that is no object makes the whole answer nonsense."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Nonsense(Silence.BROKEN, "records")
    return tuple([keep_facts(code, row, about) for row in rows])


def shown(names: Collection[str]) -> str:
    """Names of members for the health page."""
    return ", ".join(sorted(names))


def pause_wanted(retry_after: str) -> float:
    """Retry-After as seconds, from a number or an HTTP date; one second when it says neither, an hour at most."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            seconds = 1.0
    return min(max(seconds, 0.1), LONGEST_PAUSE) if not isnan(seconds) else 1.0
