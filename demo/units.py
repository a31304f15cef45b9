"""The demo's catalogue, standards, budgets and units; units go through their registration as in life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.enums import OrganisationKind
from accounts.models import Division, Membership
from demo.moves import move
from demo.offices import BANNERS, hashed_password
from demo.people import enterprise
from demo.registries import Registries
from kit.ids import uscc_from
from subsidies.models import Budget, Standard
from subsidies.reference import load_example_standards
from training.domain.units.upkeep import OpenedUnit, open_unit, save_teacher, save_venue, update_unit
from training.enums import EntityType, FundSource
from training.models import Assessment, Listing, Project, Teacher, Unit, Venue
from training.reference import load_example_projects

SINCE, ASSESSED_SINCE = date(2020, 7, 1), date(2021, 1, 1)
SOURCE = "示例目录"
# username, operator, unit, kind, division, entity type
UNITS = [
    ("school", "郭玉兰", "青城示范职业培训学校", OrganisationKind.INSTITUTION, "150102", EntityType.TRAINING_BODY),
    ("works", "包永胜", "青城示范装备制造有限公司", OrganisationKind.ENTERPRISE, "150102", EntityType.LEGAL_PERSON),
    ("school2", "高敏", "鹿城示范技工学校", OrganisationKind.INSTITUTION, "150202", EntityType.TECHNICAL_SCHOOL),
    ("school3", "斯琴", "满洲里示范职业培训中心", OrganisationKind.INSTITUTION, "150781", EntityType.TRAINING_BODY),
]


@dataclass
class Taught:
    """A unit ready to open classes."""

    operator: Membership
    unit: Unit
    teachers: list[Teacher]
    venues: list[Venue]


def open_catalogue(years: list[int]) -> None:
    """Projects, standards (示例) and a budget of every fund for every banner of the demo."""
    load_example_projects(Project)
    load_example_standards(Standard)
    Assessment.objects.filter(occupation="6-28-01-11").update(until=ASSESSED_SINCE)
    Assessment.objects.create(
        occupation_id="6-28-01-11", status="national_standard", since=ASSESSED_SINCE, source=SOURCE, is_example=True
    )
    Budget.objects.bulk_create(
        Budget(fund_source=fund, division_id=code, year=year, amount=Decimal("2000000.00"), source="示例预算")
        for fund in FundSource.values
        for code in BANNERS
        for year in years
    )


def open_units(memberships: dict[str, Membership], known: Registries) -> dict[str, Taught]:
    """Each unit's account opened by its office, profile filled in, submitted and approved, its bank account confirmed;
    then listed.
    """
    taught = {}
    for place, (username, operator, name, kind, code, entity_type) in enumerate(UNITS, start=1):
        officer, finance = {
            "150102": (memberships["officer1"], memberships["finance"]),
            "150202": (memberships["officer3"], memberships["finance2"]),
            "150781": (memberships["officer5"], memberships["finance3"]),
        }[code]
        uscc = uscc_from(code, 7000 + place)
        known.know([enterprise(uscc, name, code)])
        opened = open_unit(
            kind=kind,
            name=name,
            uscc=uscc,
            division=Division.objects.get(pk=code),
            username=username,
            full_name=operator,
            phone=f"1390471000{place}",
            requested="电话申请",
            by=officer,
        )
        opened.user.password = hashed_password()
        opened.user.must_change_password = False
        opened.user.save()
        taught[username] = _register(opened, entity_type, officer, finance, place)
    return taught


def _register(opened: OpenedUnit, entity_type: str, officer: Membership, finance: Membership, place: int) -> Taught:
    unit, user, registration, by = opened.unit, opened.user, opened.registration, opened.user.memberships.get()
    update_unit(
        unit,
        by=by,
        entity_type=entity_type,
        legal_representative="云志远",
        contact=user.full_name,
        phone="13904710001",
        address="示范街 1 号",
        established_on=date(2012, 5, 8),
        licence_number=f"示范证字{place:04d}号",
        licence_valid_to=date(2035, 1, 1),
        facilities="实训教室两间，工位 60 个，多媒体设备齐全",
        bank_name="中国农业银行呼和浩特新城支行",
        bank_account_name=unit.organisation.name,
        bank_account=f"0520 1040 0{place:03d} 7359".replace(" ", ""),
    )
    teachers, venues = [], []
    if unit.organisation.kind == OrganisationKind.INSTITUTION:
        teachers = [
            save_teacher(Teacher(unit=unit, name=n, qualification="高级技师"), by=by)
            for n in ("布和", "田秀芝", "莫日根")
        ]
        venues = [
            save_venue(Venue(unit=unit, name=n, address="示范街 1 号", capacity=60), by=by)
            for n in ("第一实训室", "第二实训室", "多功能教室")
        ]
        Listing.objects.create(organisation=unit.organisation, since=SINCE, source=SOURCE, is_example=True)
    move(registration, "submit", by=by)
    registration.refresh_from_db()
    move(registration, "approve", by=officer)
    move(unit.account_changes.get(), "confirm", by=finance)
    unit.refresh_from_db()
    return Taught(by, unit, teachers, venues)


def open_another_unit(memberships: dict[str, Membership]) -> None:
    """A unit whose registration waits for its office."""
    opened = open_unit(
        kind=OrganisationKind.INSTITUTION,
        name="新城示范家政培训中心",
        uscc=uscc_from("150102", 7900),
        division=Division.objects.get(pk="150102"),
        username="school4",
        full_name="贺兰",
        phone="13904710009",
        requested="到窗口申请",
        by=memberships["officer1"],
    )
    opened.user.password = hashed_password()
    opened.user.must_change_password = False
    opened.user.save()
