"""Papers the notice asks for: missing is open, ended fails, attached and valid passes."""

from eligibility.engine.look import Look, unknown
from eligibility.engine.model import FAIL, PASS, Finding


def valid(look: Look, document: str) -> bool | None:
    """Whether an attached document is valid on the day (day < its `valid_to`); None when it is not attached."""
    if document not in look.facts.documents:
        return None
    end = look.facts.documents_valid_to.get(document)
    return end is None or look.day < end


def attached(look: Look, *, any_of: tuple[str, ...]) -> Finding:
    """One of the documents is attached and valid."""
    states = {document: valid(look, document) for document in any_of}
    good = [document for document, state in states.items() if state]
    if good:
        until = look.facts.documents_valid_to.get(good[0])
        facts = ({"document": good[0], "valid_to": until.isoformat() if until else None},)
        return Finding(PASS, PASS, {"document": good[0]}, facts)
    ended = [document for document, state in states.items() if state is False]
    if ended:
        until = look.facts.documents_valid_to[ended[0]]
        return Finding(FAIL, FAIL, {"until": until}, ({"document": ended[0], "valid_to": until.isoformat()},))
    return unknown("unknown", f"document:{any_of[0]}")
