"""Labour contracts: does one cover the class, when was the worker hired, what were they before."""

from datetime import date
from typing import NamedTuple

from eligibility.engine.checks.rural import households, way_on
from eligibility.engine.dates import add_years, day_before, holds_on
from eligibility.engine.look import Look, Run, Silent, failed, grouped, later, passed, runs, undated, unknown
from eligibility.engine.model import FAIL, PASS, Finding, Later
from eligibility.engine.records import Record

RECOGNITIONS = ("hardship", "zero_employment_family")


class Hiring(NamedTuple):
    """The signing day that counts, None when it is not known, with `why`: `none`, `dispatch`, `ended`,
    `unsigned`, `silent`.
    """

    day: date | None
    records: tuple[Record, ...] = ()
    why: str = ""


def with_employer(look: Look, *types: str) -> list[Run]:
    """The person's contracts with, or dispatches to, this employer, joined; what only begins after the class, or is not
    begun yet, is left out, but a renewal signed by now counts with the contract it follows. Raises Silent.
    """
    known = [r for r in look.person("labour_contract") if r.type in types and _host(r) == look.employer]
    return [run for run in runs(known) if run.start <= min(look.last, look.known_by)]


def _host(record: Record) -> str:
    return record.text("host_uscc") if record.type == "dispatch" else record.text("uscc")


def in_contract(look: Look) -> Finding:
    """A contract with, or a dispatch to, this employer that covers the class from its first to its last day."""
    if not look.employer:
        return unknown("no_employer", "document:employer")
    first, last = look.day, look.last
    own = with_employer(look, "contract", "dispatch")
    for run in own:
        if run.covers(first, last):
            ended = look.over(run.end)
            notes = [Later("contract_ended", ended)] if ended else []
            return later(passed(run.records[0].type, run.records, since=run.start, first=first, last=last), *notes)
    if own:
        known = [record for run in own for record in run.records]
        newest = max(known, key=lambda r: (r.end is None, str(r.end), r.order))
        key = "late" if newest.start and newest.start > first else "short"
        until = day_before(newest.end) if newest.end else last
        return failed(key, known, since=newest.start, until=until, first=first, last=last)
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
        joined = with_employer(look, "contract")
        dispatched = with_employer(look, "dispatch")
    except Silent as silent:
        return Hiring(None, why=silent.reason)
    first = look.day
    reaching = [run for run in joined if holds_on(run.start, run.end, first)] or [
        run for run in joined if run.start > first
    ][:1]
    if reaching:
        record = reaching[0].records[0]
        return Hiring(record.day("signed_on"), (record,), "" if record.day("signed_on") else "unsigned")
    if any(holds_on(run.start, run.end, first) for run in dispatched):
        return Hiring(None, tuple(record for run in dispatched for record in run.records), "dispatch")
    return Hiring(None, tuple(record for run in joined for record in run.records), "ended" if joined else "none")


def within_one_year_of_contract(look: Look, *, years: int) -> Finding:
    """Signed on or before the first day, and the same day `years` later has not passed."""
    look.person("labour_contract")
    hired, first = hiring(look), look.day
    if hired.day is None:
        return unknown("dispatch" if hired.why == "dispatch" else "unknown", "assisted", hired.records)
    known = {"signed": hired.day, "first": first, "limit": add_years(hired.day, years), "years": years}
    if hired.day > first:
        return failed("later", hired.records, **known)
    if first > add_years(hired.day, years):
        return failed(FAIL, hired.records, **known)
    return passed(PASS, hired.records, **known)


def hardship_or_zero_family(look: Look) -> Finding:
    """Recognised on the day before signing, or on the first day; with no signing day known an ended
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
    finding = unknown("open", "assisted", day=day)
    return undated(finding) if way else finding
