"""Who is there: offices with their grants, units with their operators, teachers later with the
classes that need them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import accumulate

from django.contrib.auth.models import Group, Permission

from accounts.enums import CASE_ACTS, Act, Level, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation, Remit, RemitGroupGrant, User
from bench.scales import Scale
from kit.ids import uscc_from
from training.domain.units.accounts import account_hash
from training.enums import EntityType
from training.models import Unit, UnitAccount

SINCE = date(2020, 7, 1)
MOMENT = datetime(2020, 7, 1, 1, tzinfo=UTC)
GOLDEN = 0.618_033_988_75
REGION, BANNER, LEAGUE = "150000", "150102", "150100"
# Shares of the units by league, the rest by the order of the codes inside a league: big leagues, big memberships.
LEAGUES = {
    "150100": 18,
    "150200": 15,
    "150400": 16,
    "150500": 12,
    "150600": 9,
    "150700": 8,
    "150900": 6,
    "150800": 6,
    "152200": 4,
    "152500": 3,
    "150300": 2,
    "152900": 1,
}
PLACES = {OrganisationKind.HR_OFFICE: "人力资源和社会保障局", OrganisationKind.FINANCE: "财政局"}
STAFF = {
    OrganisationKind.HR_OFFICE: (Role.OFFICER, Role.OFFICER, Role.ADMINISTRATOR),
    OrganisationKind.FINANCE: (Role.FINANCE,),
}
FIRST_UNITS = [  # the units of the measured banner, then those of the region's own office
    (BANNER, OrganisationKind.INSTITUTION),
    (BANNER, OrganisationKind.ENTERPRISE),
    (BANNER, OrganisationKind.INSTITUTION),
    (BANNER, OrganisationKind.ENTERPRISE),
    (REGION, OrganisationKind.INSTITUTION),
    (REGION, OrganisationKind.INSTITUTION),
]
KINDS = [OrganisationKind.INSTITUTION, OrganisationKind.ENTERPRISE] * 9 + [OrganisationKind.ASSESSMENT]
NAMES = {
    OrganisationKind.INSTITUTION: "职业培训学校",
    OrganisationKind.ENTERPRISE: "实业有限公司",
    OrganisationKind.ASSESSMENT: "技能评价中心",
}
ENTITIES = {
    OrganisationKind.INSTITUTION: EntityType.TRAINING_BODY,
    OrganisationKind.ENTERPRISE: EntityType.LEGAL_PERSON,
    OrganisationKind.ASSESSMENT: EntityType.ASSESSMENT_BODY,
}


def open_everything(scale: Scale) -> None:
    """Offices in all divisions, then the units of a scale; everybody has a membership, nobody a password that opens
    anything.
    """
    divisions = {division.pk: division for division in Division.objects.all()}
    offices = organisations(
        Organisation(kind=kind, name=f"{division.name}{suffix}", division=division)
        for division in divisions.values()
        for kind, suffix in PLACES.items()
    )
    units = organisations(
        Organisation(
            kind=kind, name=f"{divisions[code].name}{NAMES[kind]}{n}", division=divisions[code], uscc=uscc_from(code, n)
        )
        for n, (code, kind) in enumerate(units_of(scale, divisions), 1)
    )
    memberships([*offices, *units])
    give_grants([office for office in offices if office.kind == OrganisationKind.HR_OFFICE])
    UnitAccount.objects.bulk_create(map(account, Unit.objects.bulk_create(map(profile, units))))


def organisations(rows: Iterable[Organisation]) -> list[Organisation]:
    """Organisations with the group that receives their grants."""
    found = list(rows)
    groups = Group.objects.bulk_create(Group(name=f"{row.division_id} {row.name}") for row in found)
    for row, group in zip(found, groups, strict=True):
        row.group = group
    return Organisation.objects.bulk_create(found)


def units_of(scale: Scale, divisions: dict[str, Division]) -> Iterator[tuple[str, str]]:
    """(division, kind) of each unit: the first ones fixed, the others spread by share without chance."""
    yield from FIRST_UNITS
    codes, shares = zip(*spread(divisions), strict=True)
    sums = list(accumulate(shares))
    for n in range(len(FIRST_UNITS), scale.units):
        point = n * GOLDEN % 1 * sums[-1]
        yield codes[next(place for place, total in enumerate(sums) if total > point)], KINDS[n % len(KINDS)]


def spread(divisions: dict[str, Division]) -> Iterator[tuple[str, float]]:
    """Every banner's share of the units: its league's, falling with its place in it; the two cities are as one small
    league each.
    """
    places: dict[str, int] = {}
    for code, division in sorted(divisions.items()):
        if division.level == Level.BANNER:
            place = places[division.reports_to_id] = places.get(division.reports_to_id, 0) + 1
            yield code, LEAGUES.get(division.reports_to_id, 1) / place


def give_grants(offices: list[Organisation]) -> None:
    """Every HR office decides the cases of its own place; leagues and the two cities also file openings."""
    remits = {
        remit.division_id: remit
        for remit in Remit.objects.bulk_create(Remit(division=office.division) for office in offices)
    }
    givers = dict(
        Membership.objects.filter(role=Role.ADMINISTRATOR, organisation__in=offices).values_list("organisation", "pk")
    )
    acts = {
        p.codename: p
        for p in Permission.objects.filter(content_type__app_label="accounts", content_type__model="remit")
    }
    RemitGroupGrant.objects.bulk_create(
        RemitGroupGrant(
            permission=acts[act],
            group=office.group,
            content_object=remits[office.division_id],
            granted_by_id=givers[office.pk],
            granted_at=MOMENT,
        )
        for office in offices
        for act in CASE_ACTS
        if act != Act.FILE_OPENING or office.division.is_reporting_unit
    )


def memberships(owners: list[Organisation]) -> None:
    """Two officers and an administrator an HR office, one finance officer, one operator a unit."""
    wanted = [
        (owner, role, place)
        for owner in owners
        for place, role in enumerate(STAFF.get(owner.kind, (Role.OPERATOR,)), 1)
    ]
    users = User.objects.bulk_create(
        User(
            username=f"bench-{owner.pk}-{place}",
            password="!",  # noqa: S106
            full_name=f"工作人员{owner.pk}-{place}",
            date_joined=MOMENT,
        )
        for owner, _role, place in wanted
    )
    Membership.objects.bulk_create(
        Membership(user=user, organisation=owner, role=role, since=SINCE)
        for user, (owner, role, _place) in zip(users, wanted, strict=True)
    )
    member = User.groups.through
    member.objects.bulk_create(
        member(user_id=user.pk, group_id=owner.group_id)
        for user, (owner, _role, _place) in zip(users, wanted, strict=True)
    )


def profile(organisation: Organisation) -> Unit:
    """What a unit filled in about itself, complete."""
    return Unit(
        organisation=organisation,
        entity_type=ENTITIES[organisation.kind],
        legal_representative="王建国",
        contact="李敏",
        phone=f"1390471{organisation.pk % 10_000:04d}",
        address=f"{organisation.division.name}新华大街{organisation.pk}号",
        established_on=date(2012, 3, 1),
        licence_number=f"人社民{organisation.division_id}{organisation.pk:05d}",
        licence_valid_to=date(2030, 12, 31),
        facilities="实训工位 60 个",
        approved_at=MOMENT,
    )


def account(unit: Unit) -> UnitAccount:
    """The account a unit is paid to."""
    number = f"6105{unit.organisation_id:012d}"
    return UnitAccount(
        unit=unit,
        holder=unit.organisation.name,
        bank_name="内蒙古银行",
        bank_account=number,
        account_hash=account_hash(number),
        taken_over=True,
        approved_at=MOMENT,
        confirmed_at=MOMENT,
    )
