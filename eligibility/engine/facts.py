"""Everything a judgement may look at, as plain values: no database, no clock, no network (R-ELG-3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from eligibility.engine.records import Record

CONFIRMED = "confirmed"
REFUTED = "refuted"


@dataclass(frozen=True)
class Subject:
    """The trainee as the roster names them. `marks`: `rural_student`, `urban_low_income`."""

    name: str
    id_number: str
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """One person, one class, one day.

    `records` and `employer_records` have a key for every registry that **answered**, with `()` for «nothing known».
    A registry without a key was never asked and counts as silent, like one named in `unavailable`: no answer is
    never a pass. `by_people` names silent registries whose questions departments answer instead (协查).
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
    documents: frozenset[str] = frozenset()
    documents_valid_to: Mapping[str, date] = field(default_factory=dict)
    assisted: Mapping[str, str] = field(default_factory=dict)
    filings: Mapping[str, bool] = field(default_factory=dict)
