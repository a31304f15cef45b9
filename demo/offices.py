"""The offices, departments and accounts of the demo, and who may do what there."""

from __future__ import annotations

from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.domain.authority import grant
from accounts.domain.memberships import open_membership, open_organisation
from accounts.domain.second_person import confirm
from accounts.enums import CASE_ACTS, REGION, Act, Department, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation, User
from accounts.reference import REGION_OFFICE

PASSWORD = "Fanbu-Yanshi-2026"  # noqa: S105 - the demo's, printed at start
PLACES = {
    "150100": ("150102", "150103", "150104"),
    "150200": ("150202", "150203", "150204"),
    "150000": ("150781",),
}
BANNERS = [code for banners in PLACES.values() for code in banners]

# username, name, office (division, kind, department), role
STAFF = [
    ("region", "敖登格日勒", "150000", OrganisationKind.HR_OFFICE, "", Role.ADMINISTRATOR),
    ("region2", "乌日娜", "150000", OrganisationKind.HR_OFFICE, "", Role.ADMINISTRATOR),
    ("auditor", "韩明远", "150000", OrganisationKind.HR_OFFICE, "", Role.AUDITOR),
    ("leagueadmin", "赵海霞", "150100", OrganisationKind.HR_OFFICE, "", Role.ADMINISTRATOR),
    ("league", "苏日娜", "150100", OrganisationKind.HR_OFFICE, "", Role.OFFICER),
    ("officer1", "王建军", "150102", OrganisationKind.HR_OFFICE, "", Role.OFFICER),
    ("officer2", "萨仁高娃", "150102", OrganisationKind.HR_OFFICE, "", Role.OFFICER),
    ("emergency", "刘志强", "150102", OrganisationKind.INDUSTRY, Department.EMERGENCY, Role.OFFICER),
    ("disabled", "其木格", "150102", OrganisationKind.INDUSTRY, Department.DISABLED, Role.OFFICER),
    ("finance", "陈晓燕", "150102", OrganisationKind.FINANCE, "", Role.FINANCE),
    ("finance4", "高娃", "150102", OrganisationKind.FINANCE, "", Role.FINANCE),
    ("leagueadmin2", "白音", "150200", OrganisationKind.HR_OFFICE, "", Role.ADMINISTRATOR),
    ("officer3", "孙立新", "150202", OrganisationKind.HR_OFFICE, "", Role.OFFICER),
    ("officer4", "格根塔娜", "150202", OrganisationKind.HR_OFFICE, "", Role.OFFICER),
    ("finance2", "李文静", "150202", OrganisationKind.FINANCE, "", Role.FINANCE),
    ("officer5", "吴国栋", "150781", OrganisationKind.HR_OFFICE, "", Role.OFFICER),
    ("officer6", "娜仁花", "150781", OrganisationKind.HR_OFFICE, "", Role.OFFICER),
    ("finance3", "周洋", "150781", OrganisationKind.FINANCE, "", Role.FINANCE),
]
SHOWN = [
    ("school", "培训机构经办人"),
    ("works", "企业经办人"),
    ("officer1", "人社审核人员（初审）"),
    ("officer2", "人社审核人员（复审）"),
    ("emergency", "应急管理部门审核人员"),
    ("disabled", "残联经办人（答复协查）"),
    ("finance", "财政拨付"),
    ("finance4", "财政复核（更正回执）"),
    ("league", "盟市审核人员（有导出权限）"),
    ("leagueadmin", "盟市超级管理员"),
    ("region", "自治区管理员（起草补贴标准）"),
    ("region2", "自治区管理员（复核生效）"),
    ("auditor", "审计人员（只读）"),
]
SUFFIX = {
    OrganisationKind.HR_OFFICE: "人力资源和社会保障局",
    OrganisationKind.FINANCE: "财政局",
    Department.EMERGENCY: "应急管理局",
    Department.DISABLED: "残疾人联合会",
}


@cache
def hashed_password() -> str:
    """Give the one password of all accounts, hashed once: each time takes a tenth of a second."""
    return make_password(PASSWORD)


def open_offices() -> dict[str, Membership]:
    """HR offices everywhere in the demo, the departments and staff above; returns the memberships by username."""
    for code in ["150000", *(c for c in PLACES if c != "150000"), *BANNERS]:
        _office(code, OrganisationKind.HR_OFFICE, "")
    memberships = {}
    for username, name, code, kind, department, role in STAFF:
        user = User.objects.create(username=username, full_name=name, password=hashed_password())
        memberships[username] = open_membership(user, organisation=_office(code, kind, department), role=role, by=None)
    _grant(memberships)
    return memberships


def _office(code: str, kind: str, department: str) -> Organisation:
    place = Division.objects.get(pk=code)
    found = Organisation.objects.filter(division=place, kind=kind, department=department).first()
    name = REGION_OFFICE if code == REGION else f"{place.name}{SUFFIX[department or kind]}"
    return found or open_organisation(kind=kind, name=name, division=place, by=None, department=department)


def _grant(memberships: dict[str, Membership]) -> None:
    """Every banner's HR office decides everything of its own but what is the industry department's; leagues file and
    export.
    """
    for league, banners in PLACES.items():
        by = {
            "150000": memberships["region"],
            "150100": memberships["leagueadmin"],
            "150200": memberships["leagueadmin2"],
        }[league]
        for code in banners:
            office = _office(code, OrganisationKind.HR_OFFICE, "")
            for act in (a for a in (*CASE_ACTS, Act.MAINTAIN_PERSONS) if a != Act.FILE_OPENING or code == "150781"):
                grant(act, to=office, division=office.division, by=by)
        if league != "150000":
            office = _office(league, OrganisationKind.HR_OFFICE, "")
            grant(Act.FILE_OPENING, to=office, division=office.division, by=by)
    emergency, leagueadmin = memberships["emergency"].organisation, memberships["leagueadmin"]
    for act in (Act.FIRST_REVIEW_OPENING, Act.FIRST_REVIEW_COMPLETION, Act.FIRST_REVIEW_SUBSIDY):
        grant(act, to=emergency, division=emergency.division, category="emp_high_risk", by=leagueadmin)
    export = grant(Act.EXPORT_PERSONS, to=memberships["league"].user, division=leagueadmin.division, by=leagueadmin)
    confirm(export, by=memberships["region"])
    for name in ("officer1", "officer2"):
        grant(Act.UNMASK_PERSONS, to=memberships[name].user, division=memberships[name].division, by=leagueadmin)
