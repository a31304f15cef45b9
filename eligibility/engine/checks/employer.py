"""The employer: an independent legal person of the region, insured, with the worker registered."""

from datetime import date

from eligibility.engine.dates import day_before, holds_on
from eligibility.engine.look import NAMELESS, Look, failed, later, passed, runs, undated, unknown
from eligibility.engine.model import FAIL, PASS, Finding, Later
from eligibility.engine.records import Record


def employer_is_legal_person(look: Look, *, region: str) -> Finding:
    """Found as a legal person, registered in the region, active; two records that disagree leave it open. What the
    registry says of an enterprise has no dates but the founding.
    """
    if not look.employer:
        return unknown("no_employer", "document:employer")
    found = [r for r in look.of_employer("business") if r.type == "enterprise"]
    if not found:
        return undated(unknown("not_found", "assisted", uscc=look.employer))
    wrong = [_wrong(record, region, look.day) for record in found]
    named = {"name": found[0].text("name") or look.employer, "uscc": look.employer}
    if not any(wrong):
        return passed(PASS, found, **named)
    if not all(wrong):
        return undated(unknown("contradiction", "assisted", found, **named))
    finding = failed(
        wrong[0], found, **named, division=found[0].text("division"), founded=found[0].day("established_on")
    )
    return finding if wrong[0] == "not_yet" else undated(finding)


def _wrong(record: Record, region: str, day: date) -> str:
    """Why this enterprise is none of the notice's enterprises: the key of the sentence, or nothing."""
    if record.text("entity_type") != "legal_person":
        kind = record.text("entity_type")
        return kind if kind in {"branch", "office", "service_point", "individual"} else "other_type"
    if not record.text("division").startswith(region):
        return "outside"
    if record.text("status") != "active":
        return "not_active"
    founded = record.day("established_on")
    return "not_yet" if founded and founded > day else ""


def employer_insured(look: Look) -> Finding:
    """The employer is an insured unit on the day."""
    if not look.employer:
        return unknown("no_employer", "document:employer")
    records = [r for r in look.of_employer("social_security") if r.type == "insured_unit"]
    running = [r for r in records if r.running(look.day)]
    if running:
        return passed(PASS, running, since=running[0].start)
    return failed(FAIL, records)


def unit_employment_registered(look: Look) -> Finding:
    """The worker is registered as employed by this employer through the class; without it the unit registers first. One
    that begins or ends within the class is for the officer.
    """
    if not look.employer:
        return unknown("no_employer", "document:employer")
    known = [r for r in look.person("employment") if r.type == "unit_employment"]
    own = [run for run in runs(r for r in known if r.text("uscc") == look.employer) if run.start <= look.last]
    for run in own:
        if run.covers(look.day, look.last):
            left = look.over(run.end)
            return later(passed(PASS, run.records, since=run.start), *([Later("left", left)] if left else []))
        if holds_on(run.start, run.end, look.day):
            return unknown("left", "assisted", run.records, since=run.start, until=run.end)
    late = [run for run in own if run.start > look.day]
    if late:
        return unknown("late", "assisted", late[0].records, since=late[0].start)
    needs = (
        "registration" if look.asked <= look.last else "assisted"
    )  # once the class is over, registering helps no more
    return unknown("unknown", needs, [r for r in known if r.running(look.day)])


def employer_distressed(look: Look) -> Finding:
    """The department's recognition of the employer covers the first day; without one it is open
    until people have answered.
    """
    known = look.facts.recognitions.get("employer_distressed")
    if known is None:
        return unknown("open", "assisted")
    period = {"since": known.start, "area": known.division or NAMELESS}
    facts = {"recognition": "employer_distressed", "from": known.start.isoformat(), "division": known.division}
    if known.end:
        facts["to"] = known.end.isoformat()
    if not holds_on(known.start, known.end, look.day):
        says = "before" if known.end and known.end <= look.day else "not_yet"
        return Finding(FAIL, says, {**period, "until": day_before(known.end) if known.end else ""}, (facts,))
    over = look.over(known.end)
    ended = [Later("recognition_ended", over)] if over else []
    until = {"until": day_before(known.end)} if known.end else {}
    return later(Finding(PASS, "recognised" if known.end else "recognised_open", {**period, **until}, (facts,)), *ended)
