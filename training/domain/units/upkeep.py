"""Units: the account on request, the profile the unit fills in, its teachers and venues (R-REG-1 … R-REG-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import ExclusionViolation

from accounts.domain.audit import record
from accounts.domain.changes import changes, values_of
from accounts.domain.memberships import open_account, open_organisation
from accounts.enums import HANDS_ON, UNIT_KINDS, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation, User
from casework.enums import WITH_APPLICANT
from kit.ids import check_phone, parse_uscc
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written
from training.domain.units.keys import name_key, person_key, room_key
from training.domain.units.profiles import ACCOUNT, PROFILE, SEALED, needs_account, stored
from training.domain.units.registrations import open_registration
from training.models import Registration, Teacher, Unit, Venue

BRANCHES = ("分公司", "办事处", "服务点")
TEACHER = ("name", "number", "qualification", "qualification_valid_to", "is_active")
VENUE = ("name", "address", "capacity", "is_active")


@dataclass(frozen=True)
class OpenedUnit:
    """What the officer sees once: the first password is stored nowhere."""

    unit: Unit
    user: User
    password: str
    registration: Registration


def may_open_units(membership: Membership | None) -> bool:
    """The local HR department opens accounts (N二(二)3实施程序)."""
    return bool(
        membership and membership.organisation.kind == OrganisationKind.HR_OFFICE and membership.role in HANDS_ON
    )


def why_not_import() -> str:
    return _("只有人社部门的审核人员可以导入单位、查看待补充的单位。")


def covers(membership: Membership, unit: Unit) -> bool:
    """Whether a unit lies in the place a membership works for."""
    return unit.organisation.division.path.startswith(membership.division.path)


def open_unit(
    *,
    kind: str,
    name: str,
    uscc: str,
    division: Division,
    username: str,
    full_name: str,
    phone: str,
    requested: str,
    by: Membership,
) -> OpenedUnit:
    """An account on request by phone or in person (R-REG-1): organisation, unit, operator with a first password, draft
    registration.
    """
    with transaction.atomic():
        unit, registration = open_file(
            kind=kind,
            name=name,
            uscc=uscc,
            division=division,
            requested=requested,
            contact=full_name,
            phone=check_phone(phone),
            by=by,
        )
        user, password = open_operator(unit, username=username, full_name=full_name, phone=phone, by=by)
    return OpenedUnit(unit, user, password, registration)


def open_file(
    *,
    kind: str,
    name: str,
    uscc: str,
    division: Division,
    requested: str,
    by: Membership,
    contact: str = "",
    phone: str | None = None,
) -> tuple[Unit, Registration]:
    """A unit's file with its draft registration, without anybody who can log in yet (R-REG-1); `requested` says how it
    came to be.
    """
    if not may_open_units(by):
        raise NotAllowed(_("只有人社部门的审核人员可以为单位开通账号。"))
    if kind not in UNIT_KINDS:
        raise NotValid(_("单位类别只能是培训机构、企业或评价机构。"), field="kind")
    if not division.path.startswith(by.division.path):
        raise NotValid(_("只能为本辖区的单位开通账号。"), field="division")
    _refuse_branch(kind, name)
    code = parse_uscc(uscc)
    if Organisation.objects.filter(uscc=code).exists():
        raise NotValid(_("这个统一社会信用代码已经开通账号，不能重复开通；忘记密码请联系管理员重置。"), field="uscc")
    with transaction.atomic():
        organisation = open_organisation(kind=kind, name=name, division=division, by=by, uscc=code)
        unit = Unit.objects.create(
            organisation=organisation, requested_by_phone=requested, contact=contact, phone=phone
        )
        record("unit.opened", by=by, on=unit, division=division.pk, requested=requested)
        return unit, open_registration(unit, by=by)


def open_operator(unit: Unit, *, username: str, full_name: str, phone: str, by: Membership) -> tuple[User, str]:
    """A unit's operator with a first password, told once."""
    if User.objects.filter(username__iexact=username).exists():
        raise NotValid(_("登录名“%(name)s”已有人使用，请换一个。") % {"name": username}, field="username")
    return open_account(
        username, full_name, organisation=unit.organisation, role=Role.OPERATOR, by=by, phone=check_phone(phone)
    )


def _refuse_branch(kind: str, name: str) -> None:
    """R-REG-2: the notice names three kinds that are no independent legal person."""
    found = next((branch for branch in BRANCHES if written(name).endswith(branch)), "")
    if kind == OrganisationKind.ENTERPRISE and found:
        raise NotValid(
            _(
                "“%(name)s”是%(kind)s。企业须是在自治区注册的独立法人，分公司、办事处、服务点由其法人企业注册（95号文"
                " 二(二)3）。"
            )
            % {"name": name, "kind": found},
            field="name",
        )


def open_case(unit: Unit) -> Registration | None:
    """The latest registration of a unit."""
    return unit.registrations.order_by("-id").first()


def profile_is_editable(unit: Unit) -> bool:
    registration = open_case(unit)
    return bool(registration and registration.state in WITH_APPLICANT)


def draft_of(unit: Unit) -> Registration:
    """The draft that is with the unit. Raises NotNow where there is none."""
    registration = open_case(unit)
    if registration is None or registration.state not in WITH_APPLICANT:
        raise NotNow(_("基本信息正在审核或已经通过，不能直接修改；已通过的请先点“变更信息”。"))
    return registration


def update_unit(unit: Unit, *, by: Membership, **fields: Any) -> Registration:
    """Save in the draft what the operator has filled in so far (R-SEC-4); the file everything reads stays as it was
    approved.
    """
    with transaction.atomic():
        unit = Unit.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=unit.pk)
        registration = draft_of(unit)
        registration.unit = unit
        asked = (*PROFILE, *(ACCOUNT if needs_account(unit) else ()))
        before = dict(registration.values)
        registration.values = before | stored({name: fields[name] for name in asked if name in fields})
        if changed := changes(before, registration.values, sealed=SEALED):
            registration.save(update_fields=["values"])
            record("unit.edited", by=by, on=unit, division=unit.organisation.division_id, changed=changed)
    return registration


def begin_amendment(unit: Unit, *, by: Membership) -> Registration:
    """A draft beside the approved file, decided again; until then the approved file stays in force (R-REG-1)."""
    with transaction.atomic():
        unit = Unit.objects.select_for_update(of=("self",)).select_related("organisation__division").get(pk=unit.pk)
        registration = open_registration(unit, by=by)
        record("unit.amending", by=by, on=unit, division=unit.organisation.division_id)
    return registration


def save_teacher(teacher: Teacher, *, by: Membership) -> Teacher:
    """Add or change a teacher on file (R-REG-5). Another citizen number is another person: what is booked follows it,
    once only.
    """
    teacher.person_key = person_key(teacher.number)
    try:
        with transaction.atomic():
            _once(teacher, "name_key", lambda one: name_key(one.name), _same_teacher)
            return _save_resource(teacher, TEACHER, by)
    except IntegrityError as refused:
        if not isinstance(refused.__cause__, ExclusionViolation):
            raise
        raise NotNow(
            _("这位教师同一时间已排在其他班次，不能登记这个号码；请核对号码，或先调整课程表。"), field="number"
        ) from refused


def save_venue(venue: Venue, *, by: Membership) -> Venue:
    """Add or change a venue on file (R-REG-5)."""
    with transaction.atomic():
        _once(venue, "room_key", lambda one: room_key(one.name, one.address), _same_venue)
        return _save_resource(venue, VENUE, by)


def _once(thing: Any, column: str, key: Callable[[Any], str], why: Callable[[Any, Any], str]) -> None:
    """Refuse what is on file already, under another spelling or not in use; rows that stood double before may still be
    put right.
    """
    Unit.objects.select_for_update(of=("self",)).get(pk=thing.unit_id)
    rows = list(type(thing).objects.filter(unit=thing.unit_id))
    stored = next((row for row in rows if row.pk == thing.pk), None)
    mine = key(thing)
    for row in rows:
        if row.pk != thing.pk and key(row) == mine and (said := why(thing, row)):
            stood = stored and key(stored) == mine and why(stored, row) and (stored.is_active or not thing.is_active)
            if not stood:
                raise NotNow(said, field="name")
            return
    setattr(thing, column, mine)


def _same_teacher(teacher: Teacher, other: Teacher) -> str:
    if teacher.number and other.number:
        return ""
    return _(
        "本单位已有教师“%(name)s”（%(standing)s）。同一个人请修改那一条；确是另一个人的，两人都要登记公民身份号码。"
    ) % {"name": other.name, "standing": _standing(other)}


def _same_venue(venue: Venue, other: Venue) -> str:
    return _("本单位已有场地“%(name)s”，地址%(address)s（%(standing)s），不能再登记一次。") % {
        "name": other.name,
        "address": other.address,
        "standing": _standing(other),
    }


def _standing(thing: Any) -> str:
    return _("在用") if thing.is_active else _("已停用，修改那一条可以恢复使用")


def _save_resource(thing: Any, fields: tuple[str, ...], by: Membership) -> Any:
    """A unit keeps its own; the office that opens its account may bring in what was registered before (R-REG-1)."""
    own = by.organisation_id == thing.unit.organisation_id and by.role == Role.OPERATOR
    brings_in = thing.pk is None and may_open_units(by) and covers(by, thing.unit)
    if not (own or brings_in):
        raise NotAllowed(_("只能维护本单位的师资和场地。"))
    kind, is_new = thing._meta.model_name, thing.pk is None
    with transaction.atomic():
        before = {} if is_new else values_of(type(thing).objects.select_for_update().get(pk=thing.pk), fields)
        thing.save()
        record(
            f"{kind}.added" if is_new else f"{kind}.changed",
            by=by,
            on=thing,
            division=thing.unit.organisation.division_id,
            active=thing.is_active,
            changed=changes(before, values_of(thing, fields), sealed={"number"}),
        )
    return thing
