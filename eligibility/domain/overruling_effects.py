"""Agreed overrulings put on a judgement: only while the same check still fails on the same facts (R-ELG-5)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from eligibility.engine import FAIL, Judgement
from eligibility.engine.judgement import Result
from eligibility.enums import Agreement
from eligibility.models import Overruling
from kit.crypto import digest_of


def facts_digest(result: Result, category: str) -> str:
    """What a check failed on, as one line: category, check and the records used, in whatever order they came.

    An answer of people is known by its moment, not by how the answerer is called: a renamed office changes nothing.
    """
    facts = sorted(json.dumps(_known(one), sort_keys=True, default=str) for one in result.evidence)
    return digest_of(json.dumps([category, result.code, facts]))


def _known(fact: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fact.items() if key not in {"by", "on"}} if "assisted" in fact else fact


def agreed_for(kind: str, ids: Collection[int]) -> dict[int, list[Overruling]]:
    """The agreed overrulings of each subject; one query."""
    rows = Overruling.objects.filter(subject_kind=kind, subject_id__in=ids, state=Agreement.AGREED).select_related(
        "attachment", "proposed_by__user", "proposed_by__organisation", "answered_by__user", "answered_by__organisation"
    )
    found: dict[int, list[Overruling]] = {}
    for row in rows:
        found.setdefault(row.subject_id, []).append(row)
    return found


def set_aside(judgement: Judgement, agreed: Iterable[Overruling]) -> Judgement:
    """The judgement with the fails that were overruled on these very facts."""
    standing = {(one.check_code, one.facts): one for one in agreed}
    if not standing:
        return judgement
    overruled = {
        result.code: _effect(one)
        for result in judgement.results
        if result.outcome == FAIL and (one := standing.get((result.code, facts_digest(result, judgement.category))))
    }
    return judgement.with_overruled(overruled) if overruled else judgement


def _effect(one: Overruling) -> dict[str, Any]:
    """Who, why and on which file, frozen into the result."""
    return {
        "id": one.pk,
        "by": str(one.proposed_by),
        "proposed_at": one.proposed_at.isoformat(),
        "agreed_by": str(one.answered_by),
        "agreed_at": one.answered_at.isoformat() if one.answered_at else "",
        "reason": one.reason,
        "file": one.attachment.name,
        "file_id": one.attachment_id,
    }
