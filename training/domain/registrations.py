"""Registration of a unit with its local HR department: what must be filled in, what it must be (R-REG-1 … R-REG-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import OrganisationKind
from accounts.models import Post
from casework.domain.desk import write_cover
from casework.domain.dossier import Condition
from casework.domain.flow import flow_of
from casework.enums import ENDED
from eligibility.domain.enterprises import enterprise_found, why_no_legal_person
from kit.prepared import prepared_sql
from kit.rows import read_along
from training.enums import EntityType
from training.models import Registration, Unit

INSTITUTION_TYPES = (
    EntityType.TECHNICAL_SCHOOL, EntityType.VOCATIONAL_COLLEGE, EntityType.TRAINING_BODY, EntityType.ENTERPRISE_CENTRE,
)
TYPES_BY_KIND: Mapping[str, tuple[EntityType, ...]] = {
    OrganisationKind.INSTITUTION: INSTITUTION_TYPES,
    OrganisationKind.ASSESSMENT: (EntityType.ASSESSMENT_BODY,),
    OrganisationKind.ENTERPRISE: (EntityType.LEGAL_PERSON,),
}
NO_ENTERPRISE = (EntityType.BRANCH, EntityType.OFFICE, EntityType.SERVICE_POINT)


_staffed = prepared_sql("a unit's teachers and venues", """
    SELECT EXISTS (SELECT 1 FROM training_teacher WHERE unit_id = %s AND is_active),
           EXISTS (SELECT 1 FROM training_venue WHERE unit_id = %s AND is_active)
""")  # fmt: skip


class RegistrationRefused(Exception):
    """A registration that cannot be opened; the message says why."""


def open_registration(unit: Unit, *, by: Post) -> Registration:
    """The draft in which a unit hands in its basic information; one still open is used on (R-REG-1)."""
    organisation = unit.organisation
    if by.organisation_id != organisation.pk and not organisation.division.path.startswith(by.division.path):
        raise RegistrationRefused(_("只能为本单位或本辖区的单位办理注册。"))
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        if found := unit.registrations.exclude(state__in=ENDED).first():
            return found
        number = f"ZC{organisation.pk:06d}-{unit.registrations.count() + 1:02d}"
        registration = Registration.objects.create(
            number=number, division=organisation.division, applicant=organisation, unit=unit
        )
        write_cover(registration, flow_of(registration))
        record("registration.drafted", by=by, on=registration)
        return registration


def type_label(unit: Unit) -> str:
    """The unit's kind of entity in words; what somebody typed before there was a list stays readable."""
    return str(dict(EntityType.choices).get(unit.entity_type, unit.entity_type))


def what_is_missing(unit: Unit) -> list[str]:
    """Sentences for everything the basic information still lacks; the same list the draft page shows."""
    needed = {
        _("单位类型"): unit.entity_type,
        _("法定代表人"): unit.legal_representative,
        _("联系人"): unit.contact,
        _("联系电话"): unit.phone,
        _("地址"): unit.address,
        _("成立日期"): unit.established_on,
        _("开户银行"): unit.bank_name,
        _("账户名称"): unit.bank_account_name,
        _("银行账号"): unit.bank_account,
    }
    if unit.organisation.kind == OrganisationKind.INSTITUTION:
        needed |= {_("办学许可证号"): unit.licence_number, _("设施设备"): unit.facilities}
    missing = [_("基本信息还没有填写“%(field)s”。") % {"field": name} for name, value in needed.items() if not value]
    if unit.organisation.kind == OrganisationKind.INSTITUTION:
        [(has_teacher, has_venue)] = _staffed(unit.pk, unit.pk)
        if not has_teacher:
            missing.append(_("还没有登记师资，请至少登记一名教师。"))
        if not has_venue:
            missing.append(_("还没有登记培训场地，请至少登记一处场地。"))
    return missing


def what_is_wrong(unit: Unit) -> list[str]:
    """Sentences for what can never be approved: the kind of entity (R-REG-2, R-REG-3), an ended licence, another's account."""
    wrong = []
    organisation = unit.organisation
    if organisation.kind == OrganisationKind.ENTERPRISE and unit.entity_type in NO_ENTERPRISE:
        wrong.append(_("%(type)s不是独立法人企业，分公司、办事处、服务点不能注册，请由其法人企业注册（二（二）3）。") % {
            "type": EntityType(unit.entity_type).label})
    elif unit.entity_type and unit.entity_type not in TYPES_BY_KIND.get(organisation.kind, ()):
        allowed = _("、").join(str(kind.label) for kind in TYPES_BY_KIND.get(organisation.kind, ()))
        wrong.append(_("%(kind)s的单位类型应为：%(allowed)s。") % {"kind": organisation.get_kind_display(), "allowed": allowed})
    if unit.licence_valid_to and unit.licence_valid_to <= timezone.localdate():
        wrong.append(_("办学许可证有效期已到%(day)s，请先换证。") % {"day": unit.licence_valid_to.isoformat()})
    if unit.established_on and unit.established_on > timezone.localdate():
        wrong.append(_("成立日期不能晚于今天。"))
    return wrong


def registry_says(registration: Registration) -> Condition | None:
    """What the business registry answered about an enterprise, as a line of the check list; None where it is not asked."""
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


def conditions(registration: Registration) -> list[Condition]:
    """The check list of the decision page: everything as a tick or a sentence."""
    found = [Condition(False, sentence) for sentence in (*what_is_missing(registration.unit), *what_is_wrong(registration.unit))]
    if not found:
        found = [Condition(True, _("基本信息已填写完整，单位类型符合要求。"))]
    return [*found, *filter(None, [registry_says(registration)])]


def guard_complete(registration: Registration, context: Any) -> list[str]:
    """Submission demands everything (R-REG-1)."""
    read_along(registration, "applicant", "unit")
    if registration.unit.organisation_id == registration.applicant_id:
        registration.unit.organisation = registration.applicant
    return [*what_is_missing(registration.unit), *what_is_wrong(registration.unit)]


def guard_registry(registration: Registration, context: Any) -> list[str]:
    """An enterprise the business registry knows as something else is not approved (R-REG-2)."""
    says = registry_says(registration)
    return [str(says.sentence)] if says and says.blocks and not says.holds else []


def approve_unit(registration: Registration, context: Any) -> None:
    """The unit is on file from now on."""
    Unit.objects.filter(pk=registration.unit_id).update(approved_at=context.at)
