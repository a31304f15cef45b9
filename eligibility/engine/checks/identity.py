"""Number, name and age: `id_valid`, `of_age`, `working_age`, `minimum_age`, `retirement_age_reached`."""

from collections.abc import Iterable
from datetime import date

from eligibility.engine.checks.retirement import retirement_days
from eligibility.engine.dates import add_years, age_on
from eligibility.engine.look import Look, failed, left_out, passed, undated, unknown
from eligibility.engine.model import FAIL, PASS, Finding
from eligibility.engine.records import REGISTRIES, Record
from eligibility.engine.text import Text
from kit.identity import WrongNumber, fold_name, written_birth


def id_valid(look: Look) -> Finding:
    """The number decides first; then the name `employment` knows; facts that contradict each other leave it open."""
    if isinstance(look.number, WrongNumber):
        return failed(look.number.code)
    if look.facts.names_before and (contradiction := two_names(look)):
        return contradiction
    known = [r for r in look.person("employment") if r.type == "person" and fold_name(r.text("name"))]
    contradiction = two_names(look) or life_after_death(look)
    if contradiction:
        return contradiction
    if not known:
        return passed("number_only")
    if not fold_name(look.facts.person.name):
        return unknown("no_name", "assisted", known)
    if fold_name(known[0].text("name")) != fold_name(look.facts.person.name):
        return failed("name", known, known=known[0].text("name"), given=look.facts.person.name)
    return passed("known", known)


def two_names(look: Look) -> Finding | None:
    """Registries that know the number under different names, shown side by side; one that differs only from
    the roster is no such case. Who contradicted another and says no name now is taken at the word of then: silence
    agrees with nobody.
    """
    named = [r for r in look.all_answered() if r.type == "person" and fold_name(r.text("name"))]
    answered = {r.registry for r in named}
    named += [
        Record(registry, "person", {"name": name})
        for registry, name in look.facts.names_before
        if registry not in answered
    ]
    elsewhere = [r for r in named if r.registry != "employment"]
    names = {fold_name(r.text("name")) for r in named}
    if len(names) > 1:
        return unknown("two_names", "assisted", named, names=_side_by_side(named))
    if elsewhere == named and names and names != {fold_name(look.facts.person.name)}:
        return unknown("two_names", "assisted", named, names=_side_by_side(named, look.facts.person.name))
    return None


def _side_by_side(named: Iterable[Record], given: str = "") -> Text:
    """Which registry says which name, and what the roster says where it is the other side."""
    named_by = dict.fromkeys((REGISTRIES[record.registry], record.text("name")) for record in named)
    chinese = [f"{registry.zh}登记为“{name}”" for registry, name in named_by]
    english = [f"“{name}” in {registry.en}" for registry, name in named_by]
    if given:
        chinese.append(f"花名册填报为“{given}”")
        english.append(f"“{given}” on the roster")
    return Text("，".join(chinese), ", ".join(english))


def life_after_death(look: Look) -> Finding | None:
    """A death on record before something only a living person can begin, each from its own registry."""
    deaths = [r for r in look.answered("population") if r.type == "death"]
    if not deaths:
        return None
    died = min(deaths, key=lambda r: r.order)
    if (day := died.day("on")) is None or day > look.last:
        return None
    later = [
        record
        for registry in REGISTRIES
        if registry != "population"
        for record in look.answered(registry)
        if (begun := _begun(record)) and begun > day
    ]
    if not later:
        return None
    return unknown(
        "after_death",
        "assisted",
        (died, *later),
        died=died.day("on"),
        source=REGISTRIES[later[0].registry],
        begun=_begun(later[0]),
    )


def _begun(record: Record) -> date | None:
    """The day a person's fact began; what is said of an enterprise is not the person's."""
    return None if record.type in {"enterprise", "insured_unit"} else record.start


def working_age(look: Look, *, minimum: int) -> Finding:
    """`minimum` years reached and the statutory retirement day, by the law of the first day, not yet."""
    if look.birth is None:
        return unknown("no_birth", "document:id_card")
    known = {"birth": look.birth, "minimum": minimum, "age": age_on(look.birth, look.day)}
    if look.day < add_years(look.birth, minimum):
        return failed("young", (), **known)
    days = retirement_days(look)
    if look.day < days.first:
        return passed(PASS, (), **known, retires=days.first)
    if look.day >= days.last:
        finding = failed("old", days.records, **known, retires=days.last)
    else:
        needs = look.settled_by("social_security")
        finding = unknown("between", needs, days.records, **known, first=days.first, last=days.last)
    return undated(finding) if days.by_kind else finding


def of_age(look: Look, *, minimum: int, fails: bool) -> Finding:
    """`minimum` years old on the first day, by the date of birth as it is written: that the number is wrong fails
    `id_valid` alone. With `fails` false a younger person is for the officer, who sees the guardian's consent.
    """
    birth = written_birth(look.facts.person.id_number)
    if birth is None or birth > look.day:
        return left_out("no_birth")
    known = {"birth": birth, "minimum": minimum, "age": age_on(birth, look.day)}
    if look.day >= add_years(birth, minimum):
        return passed(PASS, (), **known)
    return failed(FAIL, (), **known) if fails else unknown("unknown", "officer", (), **known)


def minimum_age(look: Look, *, minimum: int) -> Finding:
    """At least `minimum` years old; no upper bound."""
    if look.birth is None:
        return unknown("no_birth", "document:id_card")
    known = {"birth": look.birth, "minimum": minimum, "age": age_on(look.birth, look.day)}
    return failed(FAIL, (), **known) if look.day < add_years(look.birth, minimum) else passed(PASS, (), **known)


def retirement_age_reached(look: Look) -> Finding:
    """The statutory retirement day has come; `social_security` is asked for the kind of post, so its silence
    leaves this open.
    """
    look.person("social_security")
    if look.birth is None:
        return unknown("no_birth", "document:id_card")
    days = retirement_days(look)
    known = {"birth": look.birth, "age": age_on(look.birth, look.day)}
    if look.day >= days.last:
        return passed(PASS, days.records, **known, retires=days.last)
    if look.day < days.first:
        finding = failed(FAIL, days.records, **known, retires=days.first)
    else:
        finding = unknown("between", "assisted", days.records, **known, first=days.first, last=days.last)
    return undated(finding) if days.by_kind else finding
