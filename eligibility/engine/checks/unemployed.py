"""未就业状态: the four comparisons, and the registration that goes with them."""

from collections.abc import Callable

from eligibility.engine.look import Held, Look, begun, failed, grouped, later, passed, unknown
from eligibility.engine.model import FAIL, PASS, Finding, Later
from eligibility.engine.records import Record

IN_CHARGE = frozenset({"legal_representative", "individual_operator"})
# Sub-groups of the laid-off, in the notice's order: what the employment system shows -> what the result names.
SUBGROUPS = {
    "unemployment": "registered_unemployed",
    "hardship": "hardship",
    "zero_employment_family": "zero_employment_family",
}
CAPACITY_REDUCTION = "capacity_reduction"


def out_of_work(held: Held, kind: Callable[[Record], str], what: Callable[[Record], str]) -> Finding:
    """Nothing runs on the first day nor begins within the class: the first fails under the key `kind` gives, the second
    is for the officer, and what began after the class is shown under the words `what` gives (R-ELG-3).
    """
    notes = [Later(what(record), record.start, (("uscc", unit_of(record)),)) for record in held.after if record.start]
    if held.first:
        record = held.first[0]
        return failed(kind(record), held.first, since=record.start, uscc=unit_of(record))
    if held.during:
        record = held.during[0]
        return later(unknown("during", "assisted", held.during, since=record.start, uscc=unit_of(record)), *notes)
    return later(passed(), *notes)


def unit_of(record: Record) -> str:
    """The unit by its credit code: of a dispatch the one that is worked for."""
    return record.text("host_uscc" if record.type == "dispatch" else "uscc")


def not_in_unit_employment(look: Look) -> Finding:
    """No registration of employment with a unit through the class."""
    return out_of_work(look.held("employment", "unit_employment"), lambda _: FAIL, lambda _: "hired")


def not_in_business(look: Look) -> Finding:
    """Nobody's legal representative and no individual business of their own through the class; a share or a seat alone
    is for people to look at.
    """
    posts = look.by_time(post for post in look.person("business") if post.type == "post" and not _closed(look, post))
    in_charge = Held(*(tuple(post for post in group if post.text("role") in IN_CHARGE) for group in posts))
    finding = out_of_work(in_charge, lambda post: post.text("role"), lambda post: post.text("role"))
    shares = [post for post in (*posts.first, *posts.during) if post.text("role") not in IN_CHARGE]
    if finding.outcome == PASS and shares:
        share = unknown("share_only", "assisted", shares, since=shares[0].start, uscc=shares[0].text("uscc"))
        finding = later(share, *finding.after)
    return later(
        finding, *begun("share_only", [post for post in posts.after if post.text("role") not in IN_CHARGE], "uscc")
    )


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
    """No employee insurance through the class."""
    return out_of_work(look.held("social_security", "employee_insurance"), lambda _: FAIL, lambda _: "insured")


def no_labour_contract(look: Look) -> Finding:
    """No labour contract and no dispatch through the class."""
    return out_of_work(look.held("labour_contract", "contract", "dispatch"), lambda r: r.type, lambda r: r.type)


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
    held = look.held("employment", "unemployment")
    notes = begun("registered_unemployed", held.after)
    if held.first:
        return later(failed(FAIL, held.first, since=held.first[0].start), *notes)
    return later(passed(), *notes)
