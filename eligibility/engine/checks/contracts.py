"""Labour contracts: does one cover the class, when was the worker hired, what were they before."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from eligibility.engine.checks.rural import households, way_on
from eligibility.engine.dates import add_years, day_before, holds_on
from eligibility.engine.look import Look, Silent, failed, grouped, passed, unknown
from eligibility.engine.model import FAIL, PASS, Finding
from eligibility.engine.records import Record

RECOGNITIONS = ("hardship", "zero_employment_family")


class Run(NamedTuple):
    """Contracts with one employer that follow without a gap: when it begins, when it ends (None: open), its
    records by start.
    """

    start: date
    end: date | None
    records: tuple[Record, ...]

    def covers(self, first: date, last: date) -> bool:
        """Whether it runs from the first to the last day; its end must lie after the last."""
        return self.start <= first and (self.end is None or self.end > last)


class Hiring(NamedTuple):
    """The signing day that counts, None when it is not known, with `why`: `none`, `dispatch`, `ended`,
    `unsigned`, `silent`.
    """

    day: date | None
    records: tuple[Record, ...] = ()
    why: str = ""


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


def with_employer(look: Look, *types: str) -> list[Record]:
    """The person's contracts with, or dispatches to, this employer; raises Silent."""
    return [r for r in look.person("labour_contract") if r.type in types and _host(r) == look.employer]


def _host(record: Record) -> str:
    return record.text("host_uscc") if record.type == "dispatch" else record.text("uscc")


def in_contract(look: Look) -> Finding:
    """A contract with, or a dispatch to, this employer that covers the class from its first to its last day."""
    if not look.employer:
        return unknown("no_employer", "document:employer")
    first, last = look.facts.first_day, look.facts.last_day
    own = with_employer(look, "contract", "dispatch")
    for run in runs(own):
        if run.covers(first, last):
            return passed(run.records[0].type, run.records, since=run.start, first=first, last=last)
    if own:
        newest = max(own, key=lambda r: (r.end is None, str(r.end), r.order))
        key = "late" if newest.start and newest.start > first else "short"
        return failed(key, own, since=newest.start, until=newest.end or last, first=first, last=last)
    elsewhere = look.running("labour_contract", "contract", "dispatch")
    if elsewhere:
        return failed("elsewhere", elsewhere, since=elsewhere[0].start, uscc=_host(elsewhere[0]))
    past = [r for r in look.person("labour_contract") if r.type in {"contract", "dispatch"}]
    return unknown("unknown", "assisted", past)


def hiring(look: Look) -> Hiring:
    """The first signing of the unbroken run with this employer that reaches the first day: a renewal is no new
    hire, after a gap it is.

    Without one that reaches it, a run that only begins later counts: its signing may lie before or after the first day.
    """
    try:
        own = with_employer(look, "contract")
        dispatched = with_employer(look, "dispatch")
    except Silent as silent:
        return Hiring(None, why=silent.reason)
    first = look.facts.first_day
    joined = runs(own)
    reaching = [run for run in joined if holds_on(run.start, run.end, first)] or [
        run for run in joined if run.start > first
    ][:1]
    if reaching:
        record = reaching[0].records[0]
        return Hiring(record.day("signed_on"), (record,), "" if record.day("signed_on") else "unsigned")
    if any(holds_on(d.start, d.end, first) for d in dispatched):
        return Hiring(None, tuple(dispatched), "dispatch")
    return Hiring(None, tuple(own), "ended" if own else "none")


def within_one_year_of_contract(look: Look, *, years: int) -> Finding:
    """Signed on or before the first day, and the same day `years` later has not passed."""
    look.person("labour_contract")
    hired, first = hiring(look), look.facts.first_day
    if hired.day is None:
        return unknown("dispatch" if hired.why == "dispatch" else "unknown", "assisted", hired.records)
    known = {"signed": hired.day, "first": first, "limit": add_years(hired.day, years), "years": years}
    if hired.day > first:
        return failed("later", hired.records, **known)
    if first > add_years(hired.day, years):
        return failed(FAIL, hired.records, **known)
    return passed(PASS, hired.records, **known)


def hardship_or_zero_family(look: Look) -> Finding:
    """Recognised on the day before signing, or on the as-of day; with no signing day known an ended
    recognition stays open.
    """
    records = [r for r in look.person("employment") if r.type in RECOGNITIONS]
    now = [r for r in records if r.running(look.day)]
    if now:
        return passed(f"now_{now[0].type}", now, since=now[0].start)
    hired = hiring(look)
    if hired.day:
        before = [r for r in records if r.running(day_before(hired.day))]
        if before:
            return passed(f"then_{before[0].type}", (*before, *hired.records), signed=hired.day, since=before[0].start)
        return failed(FAIL, (*records, *hired.records), signed=hired.day) if records else failed("none")
    if records:
        return unknown(
            "unsigned", look.settled_by("labour_contract"), (*records, *hired.records), since=records[0].start
        )
    return failed("none")


def was_key_group(look: Look, *, months: int, new_generation: int) -> Finding:
    """One of the key groups on the day before signing, as the employment system shows; otherwise people decide."""
    look.person("employment")
    hired = hiring(look)
    if hired.day is None:
        return unknown("unsigned", "assisted", hired.records)
    day = day_before(hired.day)
    for kind in ("job_seeking", "unemployment", *RECOGNITIONS):
        running = look.running("employment", kind, on=day)
        if running:
            return passed(kind, running, day=day, since=running[0].start)
    kinds, people = households(look)
    way, shown = way_on(look, day, months)
    if kinds == {"rural"} and way:
        young = look.birth is not None and look.birth.year >= new_generation
        return grouped(
            passed("new_generation" if young else "rural", (*people, *shown), day=day, born=new_generation), way
        )
    return unknown("open", "assisted", day=day)
