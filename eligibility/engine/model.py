"""The shape of a rule table: a category is a value, a check is one line of it (R-ELG-4). No content of law is here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from eligibility.engine.text import Text

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
NOT_ASKED = "not_asked"  # listed, and neither passed nor open: the registry is not connected, or another line decides
AGAINST = (FAIL, UNKNOWN)
FIRST_DAY, THROUGH_CLASS = "first_day", "through_class"
ASSISTED, OFFICER, DOCUMENT = "assisted", "officer", "document:"
ELIGIBLE, INELIGIBLE, NEEDS_VERIFICATION = "eligible", "ineligible", "needs_verification"


class Later(NamedTuple):
    """A fact that began, or an end that came, after the last day: shown as «after the class», it harms nobody
    (R-ELG-3).

    `what` names its sentence in `engine.after.SAYS`, `day` is the day it happened (of a paper, its last valid one).
    """

    what: str
    day: date
    values: tuple[tuple[str, object], ...] = ()


class Finding(NamedTuple):
    """What a test found: the outcome, which of the line's sentences says it, the words to fill in, the records used.

    `needs` says what would settle an unknown: `document:<code>`, `assisted` (a department, or the officer with its
    answer), `officer` (the officer with evidence), `registry`, `registration`, `filing`; a fail that evidence settles
    has it, too.
    `undated`: it rests on a record without dates, so that a pass on or before the last day stands (R-ELG-3).
    """

    outcome: str
    says: str
    values: Mapping[str, object] = MappingProxyType({})
    evidence: tuple[dict[str, Any], ...] = ()
    needs: str | None = None
    subgroups: tuple[str, ...] = ()
    after: tuple[Later, ...] = ()
    undated: bool = False


def settled_by_evidence(registry: str | None, outcome: str, needs: str | None) -> bool:
    """Whether people may settle a result with evidence: what a line leaves to them, and any line without a registry
    that wants a paper (R-ELG-5).
    """
    if outcome == PASS or needs is None:
        return False
    return needs in {ASSISTED, OFFICER} or (registry is None and needs.startswith(DOCUMENT))


@dataclass(frozen=True)
class Check:
    """One line of the table. `speaks_for` is the time it judges, whenever it is asked: the first day, or every day
    through the class (R-ELG-3). `limits` are the numbers of law its test is given; `instead` the categories that may
    fit when it fails.

    `asks_person` / `asks_employer` name the registries consulted; `registry` is the one shown beside the result. With
    `assisted` people decide what the registry does not, also while it is silent; `department` is whom they ask.
    `may_attach`: papers that help where the line is open, not asked of everybody. `only_marked`: the line applies only
    to a person with one of these marks. `once_an_employer`: people are asked about the employer, not about each of its
    trainees; `once_a_class`: what they say of one trainee holds for the class.
    `undated`: it may turn on records without dates, so that what it passed
    on before is looked up when it is asked after the class.
    """

    code: str
    label: Text
    asks: Text
    clause: str
    speaks_for: str
    test: Callable[..., Finding]
    says: Mapping[str, Text]
    advice: Text
    registry: str | None = None
    asks_person: tuple[str, ...] = ()
    asks_employer: tuple[str, ...] = ()
    limits: Mapping[str, object] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    may_attach: tuple[str, ...] = ()
    assisted: bool = False
    department: Text | None = None
    only_marked: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    once_an_employer: bool = False
    once_a_class: bool = False
    undated: bool = False

    __hash__ = object.__hash__  # a line of a table is one object, and what is remembered of it hangs on that

    def under(self, clause: str, **changes: Any) -> "Check":
        """The same check as asked by another clause, with what differs there."""
        return replace(self, clause=clause, **changes)


@dataclass(frozen=True)
class Category:
    """A kind of trainee the notice names, with its checks in the order an officer reads them. `until` is the
    first day it no longer exists.
    """

    code: str
    name: Text
    clause: str
    section: str
    since: date
    checks: tuple[Check, ...]
    until: date | None = None
    columns: tuple[str, ...] = ()

    @property
    def name_zh(self) -> str:
        return self.name.zh

    @property
    def name_en(self) -> str:
        return self.name.en


class RetirementRow(NamedTuple):
    """One row of retirement law: who (`kind` is `worker`, `manager` or None), the base age, and the delay.

    People born from `first_birth` on retire one month later, and one more for every `step` months of later birth,
    up to `limit` months.
    """

    sex: str
    kind: str | None
    years: int
    first_birth: date | None = None
    step: int = 1
    limit: int = 0


class RetirementLaw(NamedTuple):
    """The retirement rows in force from `since`, with their source."""

    since: date
    clause: str
    rows: tuple[RetirementRow, ...]


@dataclass(frozen=True)
class RuleTable:
    """A policy as a dated table. A draft is never found by date, only by name (what-if, `check_cases --table`)."""

    code: str
    title: Text
    policy: str
    since: date
    categories: tuple[Category, ...]
    retirement: tuple[RetirementLaw, ...]
    until: date | None = None
    draft: bool = False

    def category(self, code: str) -> Category:
        """The category of that code; UnknownCategory when the table has none."""
        for category in self.categories:
            if category.code == code:
                return category
        raise UnknownCategory(code)


class UnknownCategory(KeyError):
    """The table has no such category."""
