"""How a test looks at the facts: a registry that did not answer, or answered nonsense, cannot be read by
mistake (R-ELG-1).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from eligibility.engine.facts import Facts
from eligibility.engine.identity import CitizenNumber, IdError, fold_code, read_number
from eligibility.engine.model import FAIL, PASS, UNKNOWN, Finding, RuleTable
from eligibility.engine.records import MALFORMED, REGISTRIES, Record
from eligibility.engine.text import Text

FIRST_DAY = Text("开班日（{day}）", "the first day of the class ({day})")
LAST_DAY = Text("结业日（{day}）", "the last day of the class ({day})")
OTHER_DAY = Text("核查日（{day}）", "the day of the check ({day})")


class Silent(Exception):
    """A registry gave no answer one can judge by; `reason` is `unavailable`, `not_asked` or `malformed`."""

    def __init__(self, registry: str, reason: str, evidence: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(registry, reason)
        self.registry, self.reason, self.evidence = registry, reason, evidence


class Look:
    """The facts of one case with the table they are judged by; `when` is the as-of day in words, `number` what the number says."""

    def __init__(self, facts: Facts, table: RuleTable) -> None:
        self.facts, self.table = facts, table
        self.day = facts.as_of
        self.when = day_in_words(facts.as_of, facts.first_day, facts.last_day)
        self.number = number_on(facts.person.id_number, facts.as_of)
        self.employer = fold_code(facts.employer_uscc)
        self._kept: dict[tuple[str, bool], tuple[Record, ...] | Silent] = {}

    def person(self, registry: str) -> tuple[Record, ...]:
        """What the registry knows about the person, in a fixed order; raises Silent."""
        return self._heard(registry, False)

    def of_employer(self, registry: str) -> tuple[Record, ...]:
        """What the registry knows about the employer, in a fixed order; raises Silent."""
        return self._heard(registry, True)

    def answered(self, registry: str) -> tuple[Record, ...]:
        """What the registry knows about the person, nothing when it is silent: only for questions that never
        decide alone.
        """
        found = self._read(registry, False)
        return () if isinstance(found, Silent) else found

    def all_answered(self) -> Iterator[Record]:
        """What all registries know about the person, in the order of the registries: likewise."""
        records = self.facts.records
        for registry in REGISTRIES:
            if records.get(registry):
                yield from self.answered(registry)

    def answered_of_employer(self, registry: str) -> tuple[Record, ...]:
        """What the registry knows about the employer, nothing when it is silent: likewise."""
        found = self._read(registry, True)
        return () if isinstance(found, Silent) else found

    def settled_by(self, registry: str) -> str:
        """What settles an unknown: the registry while it could still decide, people once it has answered."""
        return self.awaited(registry) if isinstance(self._read(registry, False), Silent) else "assisted"

    def awaited(self, registry: str) -> str:
        """Who breaks a registry's silence: the registry itself, or people where it is asked through departments."""
        return "assisted" if registry in self.facts.by_people else "registry"

    def running(self, registry: str, *types: str, on: date | None = None) -> tuple[Record, ...]:
        """The person's records of these types that hold on the day; raises Silent."""
        known = self.person(registry)
        return tuple([r for r in known if r.type in types and r.running(on or self.day)]) if known else ()

    def _heard(self, registry: str, of_employer: bool) -> tuple[Record, ...]:
        found = self._read(registry, of_employer)
        if isinstance(found, Silent):
            raise Silent(found.registry, found.reason, found.evidence)
        return found

    def _read(self, registry: str, of_employer: bool) -> tuple[Record, ...] | Silent:
        """What a registry said, looked at once however many checks ask."""
        found = self._kept.get((registry, of_employer))
        if found is None:
            facts = self.facts
            found = self._judged(registry, (facts.employer_records if of_employer else facts.records).get(registry))
            self._kept[registry, of_employer] = found
        return found

    def _judged(self, registry: str, records: tuple[Record, ...] | None) -> tuple[Record, ...] | Silent:
        if registry in self.facts.unavailable:
            return Silent(registry, "unavailable")
        if records is None:
            return Silent(registry, "not_asked")
        if nonsense := [r for r in records if r.type == MALFORMED]:
            return Silent(registry, "malformed", evidence(in_order(nonsense)))
        return in_order(records)

    @property
    def birth(self) -> date | None:
        """Date of birth, None when the number is not right: a mistyped digit may be one of the birth date."""
        return self.number.birth if isinstance(self.number, CitizenNumber) else None


def number_on(text: str, day: date) -> CitizenNumber | IdError:
    """A person's number as read on the day, or what is wrong with it."""
    try:
        return read_number(text, day)
    except IdError as error:
        return error


@lru_cache(maxsize=256)
def day_in_words(day: date, first_day: date, last_day: date) -> Text:
    """An as-of day as the first or last day of the class or another one; a class of one day begins on it."""
    words = {last_day: LAST_DAY, first_day: FIRST_DAY}
    return words.get(day, OTHER_DAY).fill({"day": day})


def in_order(records: Sequence[Record]) -> tuple[Record, ...]:
    """The records in an order of their own; one alone is in order, and begin and type order most others."""
    if len(records) < 2:
        return tuple(records)
    brief = {(str(record.start or ""), record.type): record for record in records}
    if len(brief) == len(records):
        return tuple([brief[key] for key in sorted(brief)])
    return tuple(sorted(records, key=lambda record: record.order))


def evidence(records: Iterable[Record]) -> tuple[dict[str, Any], ...]:
    """The key facts of the records used, as plain JSON."""
    return tuple([record.evidence() for record in records]) if records else ()


def passed(says: str = PASS, records: Iterable[Record] = (), /, **values: object) -> Finding:
    """The check holds."""
    return Finding(PASS, says, values, evidence(records))


def failed(says: str = FAIL, records: Iterable[Record] = (), /, **values: object) -> Finding:
    """The check does not hold."""
    return Finding(FAIL, says, values, evidence(records))


def unknown(says: str, needs: str, records: Iterable[Record] = (), /, **values: object) -> Finding:
    """Not known; `needs` says what would settle it."""
    return Finding(UNKNOWN, says, values, evidence(records), needs)


def grouped(finding: Finding, *groups: str) -> Finding:
    """The finding with the sub-groups it shows."""
    return finding._replace(subgroups=groups)
