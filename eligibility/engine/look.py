"""How a test looks at the facts: a registry that did not answer, or answered nonsense, cannot be read by
mistake (R-ELG-1).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from eligibility.engine.dates import day_before
from eligibility.engine.facts import Facts
from eligibility.engine.model import FAIL, NOT_ASKED, PASS, UNKNOWN, Finding, Later, RuleTable
from eligibility.engine.records import MALFORMED, REGISTRIES, Record
from eligibility.engine.text import Text
from kit.identity import CitizenNumber, WrongNumber, fold_code, read_number

NAMELESS = Text("未登记名称", "not named")
WHEN = Text("开班日（{day}）", "the first day of the class ({day})")


class Silent(Exception):
    """A registry gave no answer one can judge by; `reason` is `unavailable`, `not_asked` or `malformed`."""

    def __init__(self, registry: str, reason: str, evidence: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(registry, reason)
        self.registry, self.reason, self.evidence = registry, reason, evidence


class Held(NamedTuple):
    """Records by when they hold: on the first day, only later within the class, only begun after its last day."""

    first: tuple[Record, ...]
    during: tuple[Record, ...]
    after: tuple[Record, ...]


class Run(NamedTuple):
    """Records that follow without a gap: when they begin, when they end (None: open), the records by start."""

    start: date
    end: date | None
    records: tuple[Record, ...]

    def covers(self, first: date, last: date) -> bool:
        """Whether it runs from the first to the last day; its end must lie after the last."""
        return self.start <= first and (self.end is None or self.end > last)


class Look:
    """The facts of one case with the table they are judged by: the days of the class, and what is a fact on the day of
    asking.

    `day` is the first day, for which most lines speak; `last` the last, `asked` the day of asking. A record that begins
    after both the first day and the day of asking is not seen at all, but for a contract signed by then. `number` is
    what the number says.
    """

    def __init__(self, facts: Facts, table: RuleTable) -> None:
        self.facts, self.table = facts, table
        self.day, self.last, self.asked = facts.first_day, facts.last_day, facts.as_of
        self.known_by = max(self.day, self.asked)
        self.number = number_on(facts.person.id_number, facts.first_day)
        self.employer = fold_code(facts.employer_uscc)
        self._kept: dict[tuple[str, bool], tuple[Record, ...] | Silent] = {}

    def person(self, registry: str) -> tuple[Record, ...]:
        """What the registry knows about the person, in a fixed order; raises Silent."""
        return self._records(registry, False)

    def of_employer(self, registry: str) -> tuple[Record, ...]:
        """What the registry knows about the employer, in a fixed order; raises Silent."""
        return self._records(registry, True)

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
        """The person's records of these types that hold on the first day, or on `on`; raises Silent."""
        known = self.person(registry)
        return tuple([r for r in known if r.type in types and r.running(on or self.day)]) if known else ()

    def held(self, registry: str, *types: str) -> Held:
        """The person's records of these types by when they hold, for a line that speaks through the class; raises
        Silent.
        """
        known = self.person(registry)
        return self.by_time(r for r in known if r.type in types) if known else NOTHING_HELD

    def by_time(self, records: Iterable[Record]) -> Held:
        """Records by when they hold; one that is over before the class, or holds on no day, is in none."""
        first: list[Record] = []
        during: list[Record] = []
        after: list[Record] = []
        for record in records:
            start, end = record.start, record.end
            if start is None or start > self.known_by or (end is not None and (end <= self.day or end <= start)):
                continue
            (first if start <= self.day else during if start <= self.last else after).append(record)
        return Held(tuple(first), tuple(during), tuple(after))

    def over(self, end: date | None) -> date | None:
        """The last day something held that ended after the class and has ended by the day of asking; None where it did
        not.
        """
        return day_before(end) if end is not None and self.last < end <= self.asked else None

    def stands(self, check: str) -> bool:
        """Whether the check passed on or before the last day, and is asked again after it (R-ELG-3)."""
        return self.asked > self.last and check in self.facts.stood

    def _records(self, registry: str, of_employer: bool) -> tuple[Record, ...]:
        found = self._read(registry, of_employer)
        if isinstance(found, Silent):
            raise Silent(found.registry, found.reason, found.evidence)
        return found

    def _read(self, registry: str, of_employer: bool) -> tuple[Record, ...] | Silent:
        """What a registry answered, looked at once however many checks ask."""
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
        return in_order([r for r in records if r.is_fact_on(self.known_by)]) if records else ()

    @property
    def birth(self) -> date | None:
        """Date of birth, None when the number is not right: a mistyped digit may be one of the birth date."""
        return self.number.birth_date if isinstance(self.number, CitizenNumber) else None


def number_on(text: str, day: date) -> CitizenNumber | WrongNumber:
    """A person's number as read on the day, or what is wrong with it."""
    try:
        return read_number(text, day)
    except WrongNumber as error:
        return error


def day_text(day: date) -> Text:
    """The first day of the class in words."""
    return WHEN.fill({"day": day})


def runs(records: Iterable[Record]) -> list[Run]:
    """The records joined where the next begins no later than the last ends; an interval that is empty joins nothing."""
    joined: list[Run] = []
    dated = [(r.start, r) for r in records if r.start is not None and r.start != r.end]
    for start, record in sorted(dated, key=lambda pair: (pair[0], pair[1].day("signed_on") or pair[0], pair[1].order)):
        last = joined[-1] if joined else None
        if last and (last.end is None or start <= last.end):
            end = None if last.end is None or record.end is None else max(last.end, record.end)
            joined[-1] = Run(last.start, end, (*last.records, record))
        else:
            joined.append(Run(start, record.end, (record,)))
    return joined


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


def left_out(says: str, /, **values: object) -> Finding:
    """Listed, and neither passed nor open."""
    return Finding(NOT_ASKED, says, values)


def grouped(finding: Finding, *groups: str) -> Finding:
    """The finding with the sub-groups it shows."""
    return finding._replace(subgroups=groups)


def later(finding: Finding, *facts: Later) -> Finding:
    """The finding with what came after the class."""
    return finding._replace(after=(*finding.after, *facts)) if facts else finding


def begun(what: str, records: Iterable[Record], *names: str) -> tuple[Later, ...]:
    """Each of these records as something that began after the class, with the fields its sentence names."""
    return tuple(
        Later(what, r.start, tuple((name, r.text(name) or NAMELESS) for name in names)) for r in records if r.start
    )


def undated(finding: Finding) -> Finding:
    """The finding as one that rests on a record without dates."""
    return finding._replace(undated=True)


NOTHING_HELD = Held((), (), ())
