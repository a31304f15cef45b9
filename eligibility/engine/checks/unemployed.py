"""未就业状态: the four comparisons, and the registration that goes with them."""

from eligibility.engine.look import Look, failed, grouped, passed, unknown
from eligibility.engine.model import FAIL, PASS, Finding
from eligibility.engine.records import Record

IN_CHARGE = frozenset({"legal_representative", "individual_operator"})
# Sub-groups of the laid-off, in the notice's order: what the employment system shows -> what the result names.
SUBGROUPS = {
    "unemployment": "registered_unemployed",
    "hardship": "hardship",
    "zero_employment_family": "zero_employment_family",
}
CAPACITY_REDUCTION = "capacity_reduction"


def not_in_unit_employment(look: Look) -> Finding:
    """No running registration of employment with a unit."""
    running = look.running("employment", "unit_employment")
    if running:
        return failed(FAIL, running, since=running[0].start, uscc=running[0].text("uscc"))
    return passed()


def not_in_business(look: Look) -> Finding:
    """Nobody's legal representative and no individual business of their own; a share or a seat alone is for
    people to look at.
    """
    posts = [post for post in look.running("business", "post") if not _closed(look, post)]
    for post in posts:
        if post.text("role") in IN_CHARGE:
            return failed(post.text("role"), posts, since=post.start, uscc=post.text("uscc"))
    if posts:
        return unknown("share_only", "assisted", posts, since=posts[0].start, uscc=posts[0].text("uscc"))
    return passed()


def _closed(look: Look, post: Record) -> bool:
    """Whether the business registry says that the post's enterprise is no longer active; otherwise it counts
    as active.
    """
    if post.text("status"):
        return post.text("status") != "active"
    about = [r for r in look.person("business") if r.type == "enterprise" and r.text("uscc") == post.text("uscc")]
    if post.text("uscc") and post.text("uscc") == look.employer:
        about += [r for r in look.answered_of_employer("business") if r.type == "enterprise"]
    return bool(about) and all(r.text("status") != "active" for r in about)


def not_insured_as_employee(look: Look) -> Finding:
    """No running employee insurance."""
    running = look.running("social_security", "employee_insurance")
    if running:
        return failed(FAIL, running, since=running[0].start, uscc=running[0].text("uscc"))
    return passed()


def no_labour_contract(look: Look) -> Finding:
    """No running labour contract and no running dispatch."""
    running = look.running("labour_contract", "contract", "dispatch")
    if running:
        uscc = running[0].text("uscc") or running[0].text("host_uscc")
        return failed(running[0].type, running, since=running[0].start, uscc=uscc)
    return passed()


def job_seeking_registered(look: Look) -> Finding:
    """A running 求职登记; a registration as unemployed alone is not one. The sub-groups on record are named
    on the result.
    """
    running = look.running("employment", "job_seeking")
    groups = subgroups(look)
    if running:
        return grouped(passed(PASS, running, since=running[0].start), *groups)
    ended = [r for r in look.person("employment") if r.type == "job_seeking" and r.end and r.end <= look.day]
    if ended:
        latest = max(ended, key=lambda r: (str(r.end), r.order))
        return grouped(failed("ended", (latest,), ended=latest.end), *groups)
    return grouped(failed(), *groups)


def subgroups(look: Look) -> tuple[str, ...]:
    """The sub-groups of 下岗失业人员 the employment system shows on the day."""
    found = [name for kind, name in SUBGROUPS.items() if look.running("employment", kind)]
    if look.running("employment", "capacity_reduction"):
        found.append(CAPACITY_REDUCTION)
    return tuple(found)


def not_registered_unemployed(look: Look) -> Finding:
    """No running registration as unemployed."""
    running = look.running("employment", "unemployment")
    if running:
        return failed(FAIL, running, since=running[0].start)
    return passed()
