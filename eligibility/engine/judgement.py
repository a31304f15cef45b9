"""What a judgement says: one result a check, the verdict that follows, and the JSON it is kept as (R-ELG-2).

Kept are references: the table, the check, which of its sentences with which facts, the days. The words are made from
the table when they are read (`eligibility/domain/kept.py`); a result without references, as of old or of an upper room,
keeps its own words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from eligibility.engine.model import ELIGIBLE, FAIL, INELIGIBLE, NEEDS_VERIFICATION, UNKNOWN
from eligibility.engine.wording import Wording


@dataclass(frozen=True)
class Result:
    """One check's result: clause, registry, outcome, the sentences, the key facts used.

    `first_day` to `last_day` are the days it speaks for, ISO: the same for a line of the first day. `after` is what
    came after the class (`what`, `on`, `zh`, `en`): shown beside the result, without a say in it (R-ELG-3).
    `assisted`: a department may be asked. `needs`: `document:<code>`, `assisted`, `officer`, `registry`,
    `registration`, `filing` or None.
    `overruled`: a fail two officers set aside (R-ELG-5); it stays a fail and is shown as overruled for ever;
    `overruling` says by whom, agreed by whom, why and on which file.
    """

    code: str
    label_zh: str
    label_en: str
    clause: str
    registry: str | None
    outcome: str
    sentence_zh: str
    sentence_en: str
    advice_zh: str = ""
    advice_en: str = ""
    evidence: tuple[dict[str, Any], ...] = ()
    assisted: bool = False
    needs: str | None = None
    overruled: bool = False
    overruling: dict[str, Any] | None = None
    first_day: str = ""
    last_day: str = ""
    after: tuple[dict[str, Any], ...] = ()
    wording: Wording | None = field(default=None, compare=False)

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> "Result":
        """One result that was kept in its own words."""
        return cls(**{**item, "evidence": tuple(item["evidence"]), "after": tuple(item.get("after", ()))})


@dataclass(frozen=True)
class Judgement:
    """The verdict on one person for one category and the days of one class, by one table; `as_of`
    is the day of asking.
    """

    verdict: str
    results: tuple[Result, ...]
    subgroups: tuple[str, ...]
    table_code: str
    category: str
    as_of: date
    first_day: date
    last_day: date

    @property
    def failed(self) -> tuple[str, ...]:
        """Codes of the checks that failed, in the table's order."""
        return tuple(r.code for r in self.results if r.outcome == FAIL)

    @property
    def open(self) -> tuple[str, ...]:
        """Codes of the checks that are not known, in the table's order."""
        return tuple(r.code for r in self.results if r.outcome == UNKNOWN)

    def result(self, code: str) -> Result:
        """The result of one check; KeyError when the category has no such check."""
        for result in self.results:
            if result.code == code:
                return result
        raise KeyError(code)

    def with_overruled(self, codes: Iterable[str] | Mapping[str, dict[str, Any]]) -> "Judgement":
        """The judgement with these fails set aside by two officers: they remain fails, the verdict no longer
        turns on them (R-ELG-5). A mapping says of each who did it and why.
        """
        overrulings = codes if isinstance(codes, Mapping) else dict.fromkeys(codes)
        results = tuple(
            (
                replace(r, overruled=True, overruling=overrulings[r.code])
                if r.outcome == FAIL and r.code in overrulings
                else replace(r, overruled=False, overruling=None)
            )
            for r in self.results
        )
        return replace(self, results=results, verdict=verdict_of(results))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `judgement_of` in `eligibility/domain/kept.py` gives the same judgement back."""
        return {**self._head(), "results": [_plain(r) for r in self.results]}

    def _head(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "category": self.category,
            "as_of": self.as_of.isoformat(),
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "table": self.table_code,
            "subgroups": list(self.subgroups),
        }


def _plain(result: Result) -> dict[str, Any]:
    """A result as JSON: references where there are any, else its own words; what is not so is not named."""
    if result.wording:
        kept = {
            "code": result.code,
            "outcome": result.outcome,
            **result.wording.to_json(),
            "evidence": list(result.evidence),
        }
        if result.needs:
            kept["needs"] = result.needs
        if result.overruled:
            kept |= {"overruled": True, "overruling": result.overruling}
        return kept
    plain = vars(result) | {"evidence": list(result.evidence), "after": list(result.after)}
    del plain["wording"]
    if result.overruling is None:
        del plain["overruling"]
    if not result.after:
        del plain["after"]
    return plain


def verdict_of(results: Iterable[Result]) -> str:
    """Any fail: ineligible; else any unknown: needs verification; else eligible (R-ELG-1)."""
    outcomes = {r.outcome for r in results if not r.overruled}
    if FAIL in outcomes:
        return INELIGIBLE
    return NEEDS_VERIFICATION if UNKNOWN in outcomes else ELIGIBLE
