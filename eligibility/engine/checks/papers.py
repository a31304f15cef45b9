"""Papers the notice asks for, through the class: missing is open, ended on the first day or before fails, ending within
it is open.
"""

from eligibility.engine.dates import day_before
from eligibility.engine.look import Look, later, unknown
from eligibility.engine.model import DOCUMENT, FAIL, PASS, UNKNOWN, Finding, Later

MISSING, ENDED, ENDING, INCOMPLETE, VALID = "missing", "ended", "ending", "incomplete", "valid"


def state(look: Look, document: str) -> str:
    """How an attached document stands to the class: `valid_to` is the first day it no longer holds, none is no end."""
    if document not in look.facts.documents:
        return MISSING
    end = look.facts.documents_valid_to.get(document)
    if end is not None and end <= look.day:
        return ENDED
    if end is not None and end <= look.last:
        return ENDING
    return INCOMPLETE if document in look.facts.incomplete else VALID


def last_valid_day(look: Look, document: str) -> object:
    """The last day a document holds, as people write it; nothing for one without an end."""
    end = look.facts.documents_valid_to.get(document)
    return day_before(end) if end else ""


def attached(look: Look, *, any_of: tuple[str, ...]) -> Finding:
    """One of the documents is attached and valid through the class."""
    states = {document: state(look, document) for document in any_of}
    for stands, outcome, says in (
        (VALID, PASS, PASS),
        (INCOMPLETE, UNKNOWN, INCOMPLETE),
        (ENDING, UNKNOWN, ENDING),
        (ENDED, FAIL, FAIL),
    ):
        found = next((document for document, its in states.items() if its == stands), None)
        if found is None:
            continue
        end = look.facts.documents_valid_to.get(found)
        facts = ({"document": found, "valid_to": end.isoformat() if end else None},)
        values = {"until": last_valid_day(look, found)} if end else {}
        needs = None if outcome == PASS else f"{DOCUMENT}{found}"
        over = look.over(end)
        notes = [Later("paper_ended", over)] if over else []
        return later(Finding(outcome, "no_end" if stands == VALID and not end else says, values, facts, needs), *notes)
    return unknown("unknown", f"{DOCUMENT}{any_of[0]}")
