"""Registration of a unit with its local HR department: what must be filled in, what it must be (R-REG-1 … R-REG-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import OrganisationKind
from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import Condition
from casework.domain.flow import flow_of
from casework.domain.inbox import write_cover
from casework.enums import ENDED, WITH_APPLICANT
from eligibility.domain.enterprises import enterprise_found, why_no_legal_person
from kit.fast.prepared import prepared_sql
from kit.fast.rows import read_along
from kit.refusals import NotAllowed
from training.domain.units.accounts import carry_account, open_change, why_other_holder
from training.domain.units.profiles import ACCOUNT, LABELS, PROFILE, file_of, needs_account, proposed, what_changes
from training.enums import EntityType
from training.models import AccountChange, Registration, Unit

INSTITUTION_TYPES = (
    EntityType.TECHNICAL_SCHOOL,
    EntityType.VOCATIONAL_COLLEGE,
    EntityType.TRAINING_BODY,
    EntityType.ENTERPRISE_CENTRE,
)
TYPES_BY_KIND: Mapping[str, tuple[EntityType, ...]] = {
    OrganisationKind.INSTITUTION: INSTITUTION_TYPES,
    OrganisationKind.ASSESSMENT: (EntityType.ASSESSMENT_BODY,),
    OrganisationKind.ENTERPRISE: (EntityType.LEGAL_PERSON,),
}
NO_ENTERPRISE = (EntityType.BRANCH, EntityType.OFFICE, EntityType.SERVICE_POINT)
NEEDED = ("entity_type", "legal_representative", "contact", "phone", "address", "established_on")
NEEDED_OF_INSTITUTIONS = ("licence_number", "facilities")


_staffed = prepared_sql(
    "a unit's teachers and venues",
    """
    SELECT EXISTS (SELECT 1 FROM training_teacher WHERE unit_id = %s AND is_active),
           EXISTS (SELECT 1 FROM training_venue WHERE unit_id = %s AND is_active)
""",
)


def open_registration(unit: Unit, *, by: Membership) -> Registration:
    """The draft beside the file, in which a unit hands in its basic information; one still open is
    used on (R-REG-1).
    """
    organisation = unit.organisation
    if by.organisation_id != organisation.pk and not organisation.division.path.startswith(by.division.path):
        raise NotAllowed(_("只能为本单位或本辖区的单位办理注册。"))
    with transaction.atomic():
        unit = Unit.objects.select_for_update(of=("self",)).select_related("organisation__division").get(pk=unit.pk)
        if found := unit.registrations.exclude(state__in=ENDED).first():
            return found
        number = f"ZC{organisation.pk:06d}-{unit.registrations.count() + 1:02d}"
        on_file = file_of(unit)
        registration = Registration.objects.create(
            number=number,
            division=organisation.division,
            applicant=organisation,
            unit=unit,
            values=on_file,
            former=on_file if unit.approved_at else {},
        )
        write_cover(registration, flow_of(registration))
        record("registration.drafted", by=by, on=registration)
        return registration


def type_label(unit: Unit) -> str:
    """The unit's kind of entity in words; what somebody typed before there was a list stays readable."""
    return str(dict(EntityType.choices).get(unit.entity_type, unit.entity_type))


def what_is_missing(registration: Registration) -> list[str]:
    """Sentences for everything the draft still lacks; the same list its page shows."""
    unit = proposed(registration)
    institution = unit.organisation.kind == OrganisationKind.INSTITUTION
    return what_lacks(
        unit,
        asks_account=needs_account(unit),
        change=open_change(unit) if unit.approved_at is None else None,
        staffed=_staffed(unit.pk, unit.pk)[0] if institution else (True, True),
    )


def what_lacks(
    unit: Unit, *, asks_account: bool, change: AccountChange | None, staffed: tuple[bool, bool]
) -> list[str]:
    """The same of a unit as its draft or its file has it: whether it must name an account, its open account change, and
    whether it has a teacher and a venue.
    """
    institution = unit.organisation.kind == OrganisationKind.INSTITUTION
    needed = [*NEEDED, *(ACCOUNT if asks_account else ()), *(NEEDED_OF_INSTITUTIONS if institution else ())]
    missing = [
        _("基本信息还没有填写“%(field)s”。") % {"field": LABELS[name]} for name in needed if not getattr(unit, name)
    ]
    if unit.approved_at is None and change and change.state in WITH_APPLICANT:
        missing.append(_("账户申请（%(number)s）还没有提交。") % {"number": change.number})
    if institution:
        has_teacher, has_venue = staffed
        if not has_teacher:
            missing.append(_("还没有登记师资，请至少登记一名教师。"))
        if not has_venue:
            missing.append(_("还没有登记培训场地，请至少登记一处场地。"))
    return missing


def what_is_wrong(registration: Registration) -> list[str]:
    """Sentences for what can never be approved: the kind of entity (R-REG-2, R-REG-3), an ended licence, another's
    account (R-SUB-7).
    """
    unit, wrong = proposed(registration), []
    organisation = unit.organisation
    if organisation.kind == OrganisationKind.ENTERPRISE and unit.entity_type in NO_ENTERPRISE:
        wrong.append(
            _("%(type)s不是独立法人企业，分公司、办事处、服务点不能注册，请由其法人企业注册（二（二）3）。")
            % {"type": EntityType(unit.entity_type).label}
        )
    elif unit.entity_type and unit.entity_type not in TYPES_BY_KIND.get(organisation.kind, ()):
        allowed = _("、").join(str(kind.label) for kind in TYPES_BY_KIND.get(organisation.kind, ()))
        wrong.append(
            _("%(kind)s的单位类型应为：%(allowed)s。") % {"kind": organisation.get_kind_display(), "allowed": allowed}
        )
    if unit.licence_valid_to and unit.licence_valid_to <= timezone.localdate():
        wrong.append(_("办学许可证有效期已到%(day)s，请先换证。") % {"day": unit.licence_valid_to.isoformat()})
    if unit.established_on and unit.established_on > timezone.localdate():
        wrong.append(_("成立日期不能晚于今天。"))
    holder = unit.bank_account_name if needs_account(unit) else ""
    if holder and (why := why_other_holder(holder, organisation.name)):
        wrong.append(why + _("确需使用其他户名的，请在“账户”中另行申请。"))
    return wrong


def registry_says(registration: Registration) -> Condition | None:
    """What the business registry answered about an enterprise, as a line of the check list; None
    where it is not asked.
    """
    if registration.applicant.kind != OrganisationKind.ENTERPRISE or not registration.round:
        return None
    answer = enterprise_found("registration", registration.pk, registration.applicant.uscc or "")
    if answer is None:
        return Condition(False, _("工商信息系统暂未答复，请核对营业执照；系统会自动再次比对。"), blocks=False)
    if not answer:
        return Condition(False, _("工商信息系统没有查到该统一社会信用代码，请核对营业执照。"), blocks=False)
    if why := why_no_legal_person(answer):
        return Condition(False, why)
    return Condition(True, _("工商信息系统登记为区内存续的独立法人企业。"))


def conditions(file: CaseFile[Registration], membership: Membership | None) -> list[Condition]:
    """The check list of the decision page: everything as a tick or a sentence."""
    registration = file.application
    found = [Condition(False, sentence) for sentence in (*what_is_missing(registration), *what_is_wrong(registration))]
    if not found:
        found = [Condition(True, _("基本信息已填写完整，单位类型符合要求。"))]
    return [*found, *filter(None, [registry_says(registration)])]


def guard_complete(file: CaseFile[Registration], context: Any) -> list[str]:
    """Submission demands everything (R-REG-1)."""
    registration = file.application
    read_along(registration, "applicant", "unit")
    if registration.unit.organisation_id == registration.applicant_id:
        registration.unit.organisation = registration.applicant
    return [*what_is_missing(registration), *what_is_wrong(registration)]


def guard_registry(file: CaseFile[Registration], context: Any) -> list[str]:
    """An enterprise the business registry knows as something else is not approved (R-REG-2)."""
    registration = file.application
    says = registry_says(registration)
    return [str(says.sentence)] if says and says.blocks and not says.holds else []


def guard_amends(file: CaseFile[Registration], context: Any) -> list[str]:
    """Only a change of an approved file can be given up: the first registration is the unit's own."""
    registration = file.application
    read_along(registration, "unit")
    first = registration.unit.approved_at is None
    return [_("单位注册还没有通过，不能放弃；不再办理的，请联系人社部门停用账号。")] if first else []


def note_change(registration: Registration, context: Any) -> None:
    """What is handed in, beside what is on file."""
    context.notes["changed"] = what_changes(registration)


def approve_unit(registration: Registration, context: Any) -> None:
    """The draft becomes the unit's file; a first account goes on to finance (R-REG-1, R-SUB-7)."""
    unit = proposed(registration)
    asks_account = needs_account(unit)
    Unit.objects.filter(pk=unit.pk).update(approved_at=context.at, **{name: getattr(unit, name) for name in PROFILE})
    context.notes["changed"] = what_changes(registration)
    if asks_account:
        carry_account(registration, by=context.by, at=context.at)
