"""Everything a judgement may look at, as plain values: no database, no clock, no network (R-ELG-3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from eligibility.engine.records import Record

CONFIRMED = "confirmed"
REFUTED = "refuted"


@dataclass(frozen=True)
class Subject:
    """The trainee as the roster names them. `marks`: `rural_student`, `urban_low_income`."""

    name: str
    id_number: str
    marks: frozenset[str] = frozenset()


class Recognition(NamedTuple):
    """A department's recognition of the employer: first day, first day it no longer holds (None: no end), area."""

    start: date
    end: date | None
    division: str = ""


class Vouched(NamedTuple):
    """Who gave an answer of people, and on what it stands (letter, file or note); by the asked department's `own`
    account, and when.
    """

    by: str
    on: str
    own: bool = False
    at: str = ""


@dataclass(frozen=True)
class Facts:
    """One person, one class, asked on one day.

    Judged are the days of the class, whenever it is asked (R-ELG-3). `as_of` is the day of asking (as in a policy
    case): it only says which records are facts by now, and lets what came after the class be shown. `stood` are the
    checks that passed at a gate on or before the last day: where they rest on a record without dates, a different
    answer after the last day is not held against anybody.

    `records` and `employer_records` have a key for every registry that **answered**, with `()` for «nothing known». A
    registry without a key was never asked and counts as silent, like one named in `unavailable`: no answer is never a
    pass. `by_people` names silent registries whose questions departments answer instead (协查), `not_connected` those
    whose checks are listed as not asked (未联网). `incomplete` are attached papers that lack what they must say (issuer,
    number, trade). `recognitions` and `assisted` are by check, `vouched` says of an answer who gave it on what.
    `names_before` are the names by registry that contradicted each other when the person was last judged: they stand
    until the same registry names another, or people have settled it.
    """

    category: str
    first_day: date
    last_day: date
    as_of: date
    person: Subject
    occupation: str = ""
    level: int | None = None
    occupation_status: str = ""
    employer_uscc: str | None = None
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    employer_records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    unavailable: frozenset[str] = frozenset()
    by_people: frozenset[str] = frozenset()
    not_connected: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    documents_valid_to: Mapping[str, date] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    recognitions: Mapping[str, Recognition] = field(default_factory=dict)
    assisted: Mapping[str, str] = field(default_factory=dict)
    vouched: Mapping[str, Vouched] = field(default_factory=dict)
    stood: frozenset[str] = frozenset()
    names_before: tuple[tuple[str, str], ...] = ()
    filings: Mapping[str, bool] = field(default_factory=dict)
