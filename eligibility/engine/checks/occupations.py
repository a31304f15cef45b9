"""Occupations: is the post new to the worker, may the level be trained at all."""

import re

from eligibility.engine.checks.papers import ENDED, ENDING, MISSING, last_valid_day, state
from eligibility.engine.look import Look, failed, passed, unknown
from eligibility.engine.model import FAIL, PASS, Finding

OPEN_STATUSES = ("qualification_catalogue", "level_recognition")
STATUSES = (*OPEN_STATUSES, "national_standard", "none")
PLAN, FILINGS = "training_plan", ("banner_approval", "league_filing")


def code_of(occupation: str) -> str:
    """An occupation code as it is compared: its digits, whichever dashes are written between them."""
    return re.sub(r"\W", "", occupation)


def different_occupation(look: Look) -> Finding:
    """Not the occupation of the newest contract, with whichever employer, that names one and has begun."""
    named = [
        (start, r.day("signed_on") or start, r)
        for r in look.person("labour_contract")
        if r.type == "contract" and code_of(r.text("occupation")) and (start := r.start) and start <= look.day
    ]
    if not named:
        return unknown("unknown", "assisted")
    if not code_of(look.facts.occupation):
        return unknown("no_occupation", "document:occupation")
    newest = max((start, signed) for start, signed, _ in named)
    records = [r for start, signed, r in named if (start, signed) == newest]
    before = {code_of(r.text("occupation")) for r in records}
    words = {"before": "、".join(sorted({r.text("occupation") for r in records})), "now": look.facts.occupation}
    if code_of(look.facts.occupation) not in before:
        return passed(PASS, records, **words)
    if len(before) > 1:
        return unknown("contradiction", "assisted", records, **words)
    return failed(FAIL, records, **words)


def occupation_open(look: Look, *, levels: tuple[int, ...]) -> Finding:
    """In the catalogue or open for recognition; with a national standard only at `levels`, on a plan that is
    approved and filed.
    """
    status, level = look.facts.occupation_status, look.facts.level
    words = {"occupation": look.facts.occupation, "level": level or ""}
    if status in OPEN_STATUSES:
        return passed(status, **words)
    if status == "none":
        return failed("none", **words)
    if status != "national_standard":
        return unknown("no_status", "document:occupation", **words)
    if level is None:
        return unknown("no_level", "document:level", **words)
    if level not in levels:
        return failed("level", **words)
    plan = state(look, PLAN)
    if plan == ENDED:
        return failed("plan_ended", until=last_valid_day(look, PLAN), **words)._replace(needs=f"document:{PLAN}")
    if plan == ENDING:
        return unknown("plan_ending", f"document:{PLAN}", until=last_valid_day(look, PLAN), **words)
    if plan == MISSING:
        return unknown("no_plan", f"document:{PLAN}", **words)
    missing = [filing for filing in FILINGS if look.facts.filings.get(filing) is not True]
    if missing:
        return unknown(missing[0], "filing", **words)
    return passed("filed", **words)
