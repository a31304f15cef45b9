"""The employer: an independent legal person of the region, insured, with the worker registered."""

from datetime import date

from eligibility.engine.look import Look, failed, passed, unknown
from eligibility.engine.model import FAIL, PASS, Finding
from eligibility.engine.records import Record


def employer_is_legal_person(look: Look, *, region: str) -> Finding:
    """Found as a legal person, registered in the region, active on the day; two records that disagree leave it open."""
    if not look.employer:
        return unknown("no_employer", "document:employer")
    found = [r for r in look.of_employer("business") if r.type == "enterprise"]
    if not found:
        return unknown("not_found", "assisted", uscc=look.employer)
    wrong = [_wrong(record, region, look.day) for record in found]
    named = {"name": found[0].text("name") or look.employer, "uscc": look.employer}
    if not any(wrong):
        return passed(PASS, found, **named)
    if not all(wrong):
        return unknown("contradiction", "assisted", found, **named)
    return failed(wrong[0], found, **named, division=found[0].text("division"), day=found[0].day("established_on"))


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
    """The worker is registered as employed by this employer; without it the unit registers first."""
    if not look.employer:
        return unknown("no_employer", "document:employer")
    running = [r for r in look.running("employment", "unit_employment") if r.text("uscc") == look.employer]
    if running:
        return passed(PASS, running, since=running[0].start)
    return unknown("unknown", "registration", look.running("employment", "unit_employment"))
