"""The eight registries: names, record types and the facts kept of each, limits (eligibility: the registries)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from eligibility.registries.facts import (
    Record,
    RecordType,
    count,
    day,
    division,
    flag,
    interval,
    level,
    one_of,
    text,
    truth,
)

BATCH = 100


@dataclass(frozen=True)
class Registry:
    """One outside system; `networked` are the six the eligibility checks ask."""

    code: str
    name_zh: str
    name_en: str
    records: Mapping[str, RecordType]
    networked: bool = True


@dataclass(frozen=True)
class Limits:
    """How hard a registry may be asked.

    At most `per_second` calls in any second and `concurrency` at once, by all workers together; `timeout` in seconds
    for a whole call; after `failures` calls in a row without an answer no more are made for `pause` seconds.
    """

    per_second: float = 200
    concurrency: int = 20
    timeout: float = 10
    failures: int = 5
    pause: float = 30
    url: str = ""


STATUS = one_of("active", "revoked", "deregistered")

# Any registry may say under which name it knows the number: two that say different names open `id_valid` (R-ELG-1).
NAMED = {"person": RecordType({"name": text})}
EMPLOYMENT = {
    "job_seeking": RecordType({"registered_on": day}, {"cancelled_on": day}, span=("registered_on", "cancelled_on")),
    "unemployment": RecordType(
        {"registered_on": day, "division": division}, {"cancelled_on": day}, span=("registered_on", "cancelled_on")
    ),
    "hardship": interval(),
    "zero_employment_family": interval(),
    "capacity_reduction": RecordType({"laid_off_on": day}),
    "unit_employment": RecordType({"uscc": text, "from": day}, {"to": day}, span=("from", "to")),
    "labour_resource": RecordType({"registered_on": day, "transfer_wish": truth, "training_wish": truth}),
    "transfer_employment": RecordType({"agency": text, "from": day}, {"to": day}, span=("from", "to")),
    "return_home": RecordType({"agency": text, "registered_on": day}),
    "residence": RecordType({"division": division, "urban": truth, "since": day}),
    "person": RecordType({"name": text}, {"household": one_of("rural", "urban")}),
}
BUSINESS = {
    "post": RecordType(
        {
            "uscc": text,
            "role": one_of("legal_representative", "individual_operator", "shareholder", "executive"),
            "from": day,
        },
        {"to": day, "status": STATUS},
        span=("from", "to"),
    ),
    "enterprise": RecordType(
        {
            "name": text,
            "entity_type": one_of("legal_person", "branch", "office", "service_point", "individual"),
            "division": division,
            "status": STATUS,
        },
        {"established_on": day},
        about="enterprise",
    ),
}
SOCIAL_SECURITY = {
    "employee_insurance": RecordType({"uscc": text, "from": day}, {"to": day}, span=("from", "to")),
    "employee_pension": RecordType({"months_paid": count}, {"drawing_since": day}),
    "post_kind": RecordType({"kind": one_of("worker", "manager")}),
    "insured_unit": RecordType({"from": day}, {"to": day}, about="enterprise", span=("from", "to")),
}
LABOUR_CONTRACT = {
    "contract": RecordType(
        {"uscc": text, "signed_on": day, "from": day}, {"to": day, "occupation": text}, span=("from", "to")
    ),
    "dispatch": RecordType({"agency_uscc": text, "host_uscc": text, "from": day, "to": day}, span=("from", "to")),
}
GRADUATES = {"degree": RecordType({"school": text, "level": text, "graduated_on": day})}
POVERTY = {"poor_labourer": interval(), "poor_family_child": interval()}
CERTIFICATES = {
    "certificate": RecordType(
        {"number": text, "kind": text, "occupation": text, "level": level, "issued_on": day, "issuer": text}
    ),
}
POPULATION = {"death": RecordType({"on": day}), "imprisonment": interval()}

REGISTRIES: dict[str, Registry] = {
    registry.code: registry
    for registry in (
        Registry("employment", "劳动就业核心业务经办子系统", "Employment service core system", EMPLOYMENT),
        Registry("business", "工商信息系统", "Business register", BUSINESS | NAMED),
        Registry("social_security", "社保系统", "Social insurance system", SOCIAL_SECURITY | NAMED),
        Registry("labour_contract", "劳动用工备案系统", "Labour contract filing system", LABOUR_CONTRACT | NAMED),
        Registry("graduates", "学信网", "Higher education student information (CHSI)", GRADUATES | NAMED),
        Registry("poverty", "扶贫信息系统", "Poverty relief system", POVERTY | NAMED),
        Registry("certificates", "技能人员证书系统", "Skill certificate system", CERTIFICATES | NAMED, networked=False),
        Registry("population", "人口信息系统", "Population register", POPULATION | NAMED, networked=False),
    )
}


def limits_of(code: str) -> Limits:
    """The limits in force for a registry: the defaults with what settings.REGISTRY_LIMITS says otherwise."""
    return Limits(**settings.REGISTRY_LIMITS.get(code, {}))


def keep_facts(registry: str, record: Mapping[str, Any], about: str = "") -> Record:
    """The facts a check needs of one record, and nothing else (R-ELG-7).

    An unknown type, a type that is not about this kind of subject (`about`: person, enterprise), a value that cannot be
    (a date that is no date, an end before its beginning) or a field nobody agreed on (it may be the end under another
    name; what it says is not kept) comes back with `malformed: True` and `problem`, the names of the fields at fault:
    evidence to show, not to judge.
    """
    name = record.get("type")
    known = REGISTRIES[registry].records.get(name) if isinstance(name, str) else None
    if known is None or (about and known.about != about):
        return flag({"type": str(name)}, ["type"])
    return known.keep(name, record)
