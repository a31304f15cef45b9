"""未按月领取城镇职工基本养老金的人员: contributed, and not drawing."""

from eligibility.engine.look import Look, failed, passed
from eligibility.engine.model import FAIL, PASS, Finding


def pension_contributed(look: Look) -> Finding:
    """Urban-employee basic pension insurance was paid for at least one month."""
    records = [r for r in look.person("social_security") if r.type == "employee_pension"]
    paid = [r for r in records if r.count("months_paid") > 0]
    if paid:
        return passed(PASS, paid, months=max(r.count("months_paid") for r in paid))
    return failed(FAIL, records)


def pension_not_drawing(look: Look) -> Finding:
    """The pension is not drawn on the day; nothing on record is not drawing."""
    records = [r for r in look.person("social_security") if r.type == "employee_pension"]
    drawing = [r for r in records if (since := r.day("drawing_since")) and since <= look.day]
    if drawing:
        return failed(FAIL, drawing, since=drawing[0].day("drawing_since"))
    return passed(PASS, records)
