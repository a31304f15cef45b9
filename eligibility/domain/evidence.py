"""The evidence of one subject: opening → completion → subsidy → payment, each gate with what changed since the
last (R-ELG-2, R-SUB-2).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from eligibility.domain.brief import Brief
from eligibility.domain.descriptions import for_unit, label_of, sentence_of
from eligibility.domain.examine import results_of
from eligibility.engine import AGAINST, FAIL, NOT_ASKED, PASS, UNKNOWN
from eligibility.engine.judgement import Result
from eligibility.enums import Gate, Verdict
from eligibility.models import Examination
from kit.languages import language

GATES = (Gate.OPENING, Gate.COMPLETION, Gate.SUBSIDY, Gate.PAYMENT)
TONES: dict[str, str] = {
    Verdict.ELIGIBLE: "success",
    Verdict.INELIGIBLE: "danger",
    Verdict.NEEDS_VERIFICATION: "warning",
}
OUTCOME_TONES = {PASS: "success", FAIL: "danger", UNKNOWN: "warning", NOT_ASKED: "secondary"}
QUIET = ("", PASS, NOT_ASKED)


@dataclass(frozen=True)
class Statement:
    """What one check came to at a gate, in the reader's language; `before` is its outcome at the gate before, "" where
    it was not asked.
    """

    code: str
    label: str
    sentence: str
    clause: str
    outcome: str
    overruled: bool
    before: str = ""
    has_after: bool = False

    @property
    def tone(self) -> str:
        return "secondary" if self.overruled else OUTCOME_TONES[self.outcome]

    @property
    def changed(self) -> bool:
        """Otherwise than at the gate before; a check that is new and passed, or was not asked, has changed nothing."""
        now = "overruled" if self.overruled else self.outcome
        return now != self.before and not (now in QUIET and self.before in QUIET)


@dataclass(frozen=True)
class GateShown:
    """One gate: its latest judgement, or none where it was not reached. `is_first` has nothing to be compared with."""

    gate: str
    label: str
    examination: Examination | None
    times: int
    statements: tuple[Statement, ...]
    is_first: bool
    verdict: str = ""

    @property
    def verdict_label(self) -> str:
        return str(Verdict(self.verdict).label) if self.verdict else ""

    @property
    def tone(self) -> str:
        return TONES.get(self.verdict, "secondary")

    @property
    def changed(self) -> list[Statement]:
        return [] if self.is_first else [one for one in self.statements if one.changed]

    @property
    def open(self) -> list[Statement]:
        """What is not a pass and is not shown as a change."""
        return [one for one in self.statements if one.outcome in AGAINST and (self.is_first or not one.changed)]

    @property
    def after(self) -> list[Statement]:
        """What came after the class and is shown in neither list above."""
        return [one for one in self.statements if one.has_after and one not in self.open and one not in self.changed]

    @property
    def passed(self) -> int:
        return sum(one.outcome == PASS for one in self.statements)


def gates_of(kind: str, ids: Collection[int], *, office: bool = False) -> dict[int, list[GateShown]]:
    """The four gates of each subject, as a unit or an `office` reads it; one query however many."""
    rows = Examination.objects.filter(subject_kind=kind, subject_id__in=ids, gate__in=GATES).order_by("id")
    by_subject: dict[int, list[Examination]] = {subject: [] for subject in ids}
    for row in rows:
        by_subject[row.subject_id].append(row)
    return {subject: gates_among(found, office=office) for subject, found in by_subject.items()}


def gates_among(examinations: Sequence[Examination], *, office: bool = False) -> list[GateShown]:
    """The gates of one subject from its judgements, the oldest first; a precheck is no gate."""
    shown, before = [], None
    for gate in GATES:
        found = [one for one in examinations if one.gate == gate]
        last = found[-1] if found else None
        shown.append(
            GateShown(
                gate,
                str(gate.label),
                last,
                len(found),
                _statements(last, before, office),
                before is None,
                Brief.of(last).verdict_shown(office=office) if last else "",
            )
        )
        before = last or before
    return shown


def _statements(examination: Examination | None, before: Examination | None, office: bool) -> tuple[Statement, ...]:
    if examination is None:
        return ()
    results = results_of(examination) if office else for_unit(results_of(examination))
    earlier = results_of(before)
    then = {result.code: _outcome(result) for result in (earlier if office else for_unit(earlier))}
    return tuple(
        Statement(
            one.code,
            _label(one, examination),
            sentence_of(one, office=office),
            one.clause,
            one.outcome,
            one.overruled,
            then.get(one.code, ""),
            bool(one.after),
        )
        for one in results
    )


def _outcome(result: Result) -> str:
    return "overruled" if result.overruled else result.outcome


def _label(result: Result, examination: Examination) -> str:
    """The name the check had when it was asked; of one frozen without, the rule table's."""
    return (result.label_en if language() == "en" else result.label_zh) or label_of(result.code, examination.category)
