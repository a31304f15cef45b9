"""未按月领取城镇职工基本养老金的人员: contributed, and not drawing."""

from collections.abc import Iterable

from eligibility.engine.look import Look, failed, later, passed, unknown
from eligibility.engine.model import FAIL, PASS, Finding, Later
from eligibility.engine.records import Record


def pension_contributed(look: Look) -> Finding:
    """Urban-employee basic pension insurance was paid for at least one month."""
    records = [r for r in look.person("social_security") if r.type == "employee_pension"]
    paid = [r for r in records if r.count("months_paid") > 0]
    if paid:
        return passed(PASS, paid, months=max(r.count("months_paid") for r in paid))
    return failed(FAIL, records)


def pension_not_drawing(look: Look) -> Finding:
    """The pension is not drawn on the day; nothing on record is not drawing."""
    records, drawing = _drawing(look)
    if drawing:
        return failed(FAIL, drawing, since=drawing[0].day("drawing_since"))
    return later(passed(PASS, records), *_began_after(look, records))


def no_employee_pension(look: Look, *, fails: bool) -> Finding:
    """No employee pension is drawn on the first day; with `fails` false one that is drawn is for people to look at."""
    records, drawing = _drawing(look)
    if drawing:
        since = drawing[0].day("drawing_since")
        return failed(FAIL, drawing, since=since) if fails else unknown("unknown", "assisted", drawing, since=since)
    return later(passed(), *_began_after(look, records))


def _drawing(look: Look) -> tuple[list[Record], list[Record]]:
    """What is on record of an employee pension, and what of it is drawn on the first day; raises Silent."""
    records = [r for r in look.person("social_security") if r.type == "employee_pension"]
    return records, [r for r in records if (since := r.day("drawing_since")) and since <= look.day]


def _began_after(look: Look, records: Iterable[Record]) -> tuple[Later, ...]:
    """Pensions drawn only since the class is over, as far as that has come."""
    since = [day for r in records if (day := r.day("drawing_since")) and look.last < day <= look.asked]
    return tuple(Later("pension", day) for day in since)
