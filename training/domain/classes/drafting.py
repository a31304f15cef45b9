"""A class from its first draft to what submission demands (R-OPN-1 … R-OPN-4, R-SEC-4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes, values_of
from accounts.domain.grants import body_for
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation
from casework.domain.flow import flow_of
from casework.domain.inbox import write_cover
from casework.domain.routing import parameter, parameters
from casework.enums import WITH_APPLICANT
from eligibility.rules.table import TABLES, NoTable, table_on
from kit.refusals import NotAllowed, NotNow, NotValid
from training.domain.classes.catalogue import project_on
from training.fields import EMPLOYEES
from training.models import Opening, Teacher, TrainingClass, Unit

MOST_AHEAD = timedelta(days=2 * 365)
FIELDS = (
    "name",
    "institution",
    "employer",
    "project",
    "category",
    "fund_source",
    "first_day",
    "last_day",
    "venue",
    "planned_people",
    "fee",
)
COPIED = ("name", "institution", "employer", "project", "category", "fund_source", "venue", "planned_people", "fee")


def is_for_employees(category: str, day: date | None = None) -> bool:
    """Whether a category is one of the notice's employee categories."""
    try:
        return table_on(day or timezone.localdate()).category(category).section == EMPLOYEES
    except (KeyError, NoTable):
        return False


def is_editable(training_class: TrainingClass) -> bool:
    """While its opening is a draft or was returned."""
    return training_class.opening.state in WITH_APPLICANT


def locked_for_editing(training_class: TrainingClass) -> Opening:
    """The opening's row locked inside the caller's transaction, so that no submission slips in between; NotNow for a
    class that is not with its applicant: nothing of it is edited silently (R-OPN-7).
    """
    opening = Opening.objects.select_for_update(of=("self",)).get(training_class=training_class)
    if opening.state not in WITH_APPLICANT:
        raise NotNow(
            _("开班申请%(state)s，不能直接修改；需要改动的，请先撤回或等待退回补正。")
            % {"state": opening.get_state_display()}
        )
    return opening


def league_of(division: Division) -> str:
    """The league (or city beside the leagues) a division reports through; the region itself for the region."""
    return division.line[1] if len(division.line) > 1 else division.line[0]


def why_not_applicant(
    applicant: Organisation, institution: Organisation | None, employer: Organisation | None
) -> dict[str, str]:
    """R-OPN-3, R-OPN-4: who may apply, as sentences by field of the form; empty when all is well."""
    if applicant.pk not in {organisation.pk for organisation in (institution, employer) if organisation}:
        return {"": _("开班由用工企业或其委托的培训机构申请。")}
    if employer and employer.kind != OrganisationKind.ENTERPRISE:
        return {"employer_uscc": _("用工单位须是已注册的企业。")}
    if not employer or not institution or applicant.pk == employer.pk:
        return {}
    if league_of(employer.division) != league_of(institution.division):
        return {
            "employer_uscc": _(
                "用工企业与培训机构不在同一盟市，由企业向其所在地的人社部门或行业主管部门申请（95号文 二(二)3），"
                "请由企业经办人新开班。"
            )
        }
    return {}


def create_class(*, by: Membership, **fields: Any) -> TrainingClass:
    """A new class with its draft opening; whatever is well-formed is saved. `teachers` may be among the fields."""
    _refuse_other_memberships(by)
    mine = "employer" if by.organisation.kind == OrganisationKind.ENTERPRISE else "institution"
    teachers = fields.pop("teachers", ())
    with transaction.atomic():
        division = by.organisation.division
        training_class = TrainingClass(applicant=by.organisation, division=division, created_by=by)
        _set(training_class, fields | {mine: by.organisation})
        training_class.save()
        training_class.teachers.set(_own_teachers(training_class, teachers))
        opening = Opening.objects.create(
            division=division,
            applicant=by.organisation,
            category=training_class.category,
            training_type=training_class.training_type,
            training_class=training_class,
        )
        write_cover(opening, flow_of(opening))
        record("class.created", by=by, on=training_class, name=training_class.name)
    return training_class


def update_class(training_class: TrainingClass, *, by: Membership, **fields: Any) -> TrainingClass:
    """Save changes to a draft (R-SEC-4). Only what is given changes."""
    _refuse_others(training_class, by)
    with transaction.atomic():
        opening = locked_for_editing(training_class)
        training_class = TrainingClass.objects.select_related(
            "applicant__division", "institution__division", "employer__division"
        ).get(pk=training_class.pk)
        changed = [name for name in FIELDS if name in fields and getattr(training_class, name) != fields[name]]
        teachers, former = fields.pop("teachers", None), values_of(training_class, changed)
        _set(training_class, {name: fields[name] for name in changed})
        training_class.save()
        now = values_of(training_class, changed)
        if teachers is not None:
            former["teachers"], now["teachers"] = set(training_class.teachers.all()), set(teachers)
            training_class.teachers.set(_own_teachers(training_class, teachers))
        opening.category, opening.training_type = training_class.category, training_class.training_type
        opening.save(update_fields=["category", "training_type"])
        write_cover(opening, flow_of(opening))
        record("class.edited", by=by, on=training_class, changed=changes(former, now))
    return training_class


def copy_class(source: TrainingClass, *, by: Membership) -> TrainingClass:
    """A new draft from an earlier class of the same unit: everything but days, timetable and people; the project as it
    is today.
    """
    fields = {name: getattr(source, name) for name in COPIED}
    if source.project:
        fields["project"] = project_on(source.project.code, timezone.localdate()) or source.project
    fields["teachers"] = list(source.teachers.filter(is_active=True))
    if source.venue and not source.venue.is_active:
        fields["venue"] = None
    return create_class(by=by, **fields)


def _refuse_other_memberships(by: Membership) -> None:
    if by.role != Role.OPERATOR or by.organisation.kind not in (
        OrganisationKind.INSTITUTION,
        OrganisationKind.ENTERPRISE,
    ):
        raise NotAllowed(_("只有培训机构或企业的经办人可以申请开班。"))


def _refuse_others(training_class: TrainingClass, by: Membership) -> None:
    _refuse_other_memberships(by)
    if by.organisation_id != training_class.applicant_id:
        raise NotAllowed(_("只有申请单位的经办人可以修改。"))


def _set(training_class: TrainingClass, fields: dict[str, Any]) -> None:
    """Put the fields on the instance with what follows from them: a name, the place, the body that decides."""
    for name, value in fields.items():
        setattr(training_class, name, value)
    wrong = why_not_applicant(training_class.applicant, training_class.institution, training_class.employer)
    first, last = training_class.first_day, training_class.last_day
    if first and "first_day" in fields and (why := before_the_rules(first) or too_far_ahead(first)):
        wrong["first_day"] = why
    if first and last and last < first:
        wrong["last_day"] = _("结束日期不能早于开始日期。")
    if training_class.venue and training_class.venue.unit_id not in _units(training_class):
        wrong["venue"] = _("场地不属于本班的培训机构或企业。")
    if wrong:
        raise NotValid(wrong)
    if not training_class.name:
        training_class.name = _default_name(training_class)
    training_class.division = training_class.applicant.division
    training_class.body = body_for(
        Act.FIRST_REVIEW_OPENING, training_class.division, training_class.category, training_class.training_type
    )


def before_the_rules(first: date) -> str:
    """The sentence about a first day on which no rule table is in force, or ""."""
    try:
        table_on(first)
    except NoTable:
        since = min(table.since for table in TABLES.values() if not table.draft)
        return _("%(day)s没有施行的人员类别审核条件（%(since)s起施行），不能在这一天开班。") % {
            "day": first.isoformat(),
            "since": since.isoformat(),
        }
    return ""


def too_far_ahead(first: date) -> str:
    """The sentence about a first day no rule, standard or calendar is known for, or ""."""
    latest = timezone.localdate() + MOST_AHEAD
    return (
        _("开班日期不能晚于%(day)s（两年以内），请核对年份。") % {"day": latest.isoformat()} if first > latest else ""
    )


def _default_name(training_class: TrainingClass) -> str:
    if not training_class.project:
        return _("未命名班次")
    return _("%(project)s培训班") % {"project": training_class.project.name}


def _units(training_class: TrainingClass) -> set[int]:
    organisations = [training_class.institution_id, training_class.employer_id]
    return set(Unit.objects.filter(organisation__in=[o for o in organisations if o]).values_list("pk", flat=True))


def _own_teachers(training_class: TrainingClass, teachers: Any) -> list[Teacher]:
    teachers, units = list(teachers), _units(training_class)
    if any(teacher.unit_id not in units for teacher in teachers):
        raise NotValid({"teachers": _("教师不属于本班的培训机构或企业。")})
    return teachers


def people_limits(training_class: TrainingClass) -> tuple[int, int] | None:
    """How few and how many people a class may have, of the class's place and first day; None where that is not set."""
    codes = ("class_least_people", "class_most_people")
    found = parameters(dict.fromkeys(codes, training_class.first_day), division=training_class.division)
    return (int(found[codes[0]]), int(found[codes[1]])) if len(found) == len(codes) else None


def most_people(training_class: TrainingClass) -> int:
    """How many people a class may have. Raises NotSet."""
    return int(parameter("class_most_people", division=training_class.division, day=training_class.first_day))


def find_employer(uscc: str) -> Organisation | None:
    """A registered enterprise by its credit code."""
    return (
        Organisation.objects.select_related("division")
        .filter(Q(kind=OrganisationKind.ENTERPRISE), uscc=uscc, is_active=True)
        .first()
    )
