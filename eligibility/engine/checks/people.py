"""What people must say: identity by a department, the poverty data."""

from eligibility.engine.look import Look, passed, unknown
from eligibility.engine.model import PASS, Finding


def assisted(look: Look) -> Finding:
    """Open until the department has answered; the answer itself is applied by the judge."""
    return unknown("open", "assisted")


def poverty_record(look: Look, *, kind: str) -> Finding:
    """A running record of the right kind confirms and beats a refutation; anything else is for people."""
    running = look.running("poverty", kind)
    if running:
        return passed(PASS, running, since=running[0].start)
    others = look.person("poverty")
    return unknown("other" if others else "open", "assisted", others)
