"""Completion 结业: results per trainee as a draft at any time, what submission demands, what approval does (R-CMP-1,
R-CMP-2, R-CMP-4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes, values_of
from accounts.enums import Role
from accounts.models import Membership
from casework.domain.flow import flow_of
from casework.domain.inbox import write_cover
from casework.domain.routing import not_set
from casework.enums import UNFINISHED, WITH_APPLICANT, State
from casework.models import Job
from eligibility.domain.crosscheck import queue_for
from eligibility.engine import FAIL
from kit.refusals import NotAllowed, NotNow, NotValid
from training.domain.classes.enrolments import living
from training.domain.classes.stages import set_stage
from training.domain.decision.issuing import is_issued_here, issue_certificates
from training.domain.roster.attendance import attendance_percent, why_not_recorder
from training.domain.verification import certificates
from training.domain.verification.class_file import ClassFile
from training.domain.verification.findings import explain
from training.enums import CertificateKind, Result, Stage
from training.models import Completion, Enrolment, Lesson, TrainingClass

CHECK_TASK = "training.tasks.check_completion"
BEGUN = (Stage.IN_TRAINING, Stage.COMPLETION)
HIGHEST_SCORE = 100
FIELDS = ("theory_score", "practice_score", "result", "certificate_kind", "certificate_number", "certificate_on")


@dataclass(frozen=True)
class Row:
    """What is entered for one trainee; everything may still be empty in a draft."""

    theory_score: Decimal | None = None
    practice_score: Decimal | None = None
    result: str = Result.NONE
    certificate_kind: str = ""
    certificate_number: str = ""
    certificate_on: date | None = None


def why_not_results(training_class: TrainingClass, by: Membership) -> str:
    """The teaching unit enters the results, or the unit that applies."""
    if by.role == Role.OPERATOR and by.organisation_id == training_class.applicant_id:
        return ""
    return why_not_recorder(training_class, by)


def open_completion(training_class: TrainingClass, *, by: Membership) -> Completion:
    """The draft completion of a class in training, or the one there is."""
    if why := why_not_results(training_class, by):
        raise NotAllowed(why)
    with transaction.atomic():
        locked = TrainingClass.objects.select_for_update(of=("self",)).get(pk=training_class.pk)
        if found := Completion.objects.filter(training_class=locked).first():
            return found
        if locked.stage != Stage.IN_TRAINING:
            raise NotNow(_("班次现在是“%(stage)s”，开班以后才能办理结业。") % {"stage": locked.get_stage_display()})
        completion = Completion.objects.create(
            number=f"{locked.number}-J",
            division=locked.division,
            applicant=locked.applicant,
            category=locked.category,
            training_type=locked.training_type,
            training_class=locked,
        )
        write_cover(completion, flow_of(completion))
        record("completion.drafted", by=by, on=completion)
    return completion


def save_results(completion: Completion, rows: Mapping[int, Row], *, by: Membership) -> int:
    """Save what has been entered so far, by enrolment (R-SEC-4); gives how many changed. All or nothing, with a
    sentence a row.
    """
    if why := why_not_results(completion.training_class, by):
        raise NotAllowed(why)
    try:
        with transaction.atomic():
            locked = Completion.objects.select_for_update(of=("self",)).get(pk=completion.pk)
            if locked.state not in WITH_APPLICANT:
                raise NotNow(
                    _("结业申请%(state)s，成绩不能直接修改；需要改动的，请先撤回或等待退回补正。")
                    % {"state": locked.get_state_display()}
                )
            people = {e.pk: e for e in living(completion.training_class).select_for_update(of=("self",))}
            if wrong := what_is_wrong(completion.training_class, people, rows):
                raise NotValid(wrong)
            former = {pk: values_of(person, FIELDS) for pk, person in people.items()}
            changed = [person for pk, person in people.items() if pk in rows and _set(person, rows[pk])]
            Enrolment.objects.bulk_update(changed, [*FIELDS, "certificate_verified"])
            if changed:
                record(
                    "results.saved",
                    by=by,
                    on=locked,
                    people=sorted(person.sequence for person in changed),
                    changed={
                        f"{person.sequence}.{name}": value
                        for person in changed
                        for name, value in changes(
                            former[person.pk], values_of(person, FIELDS), sealed={"certificate_number"}
                        ).items()
                    },
                )
    except IntegrityError as error:
        raise NotNow(_("有证书编号已用于其他学员或其他班次，请核对后再保存。")) from error
    return len(changed)


def _set(person: Enrolment, row: Row) -> bool:
    before = tuple(getattr(person, name) for name in FIELDS)
    for name in FIELDS:
        setattr(person, name, getattr(row, name))
    is_changed = before != tuple(getattr(person, name) for name in FIELDS)
    person.certificate_verified = person.certificate_verified and not is_changed
    return is_changed


def what_is_wrong(
    training_class: TrainingClass, people: Mapping[int, Enrolment], rows: Mapping[int, Row]
) -> dict[int, str]:
    """What cannot be saved even as a draft, a sentence a person: scores, words, a certificate used twice, a number the
    portal gives.
    """
    numbered_here = is_issued_here(training_class)
    numbers = Counter((row.certificate_kind, row.certificate_number) for row in rows.values() if row.certificate_number)
    wrong: dict[int, str] = {}
    for pk, row in rows.items():
        if pk not in people:
            wrong[pk] = _("花名册中没有这个人，请刷新页面。")
        elif any(
            score is not None and not 0 <= score <= HIGHEST_SCORE for score in (row.theory_score, row.practice_score)
        ):
            wrong[pk] = _("%(name)s：成绩应在0到100分之间。") % {"name": people[pk].name}
        elif row.result not in Result.values or row.certificate_kind not in ("", *CertificateKind.values):
            wrong[pk] = _("%(name)s：请从列表中选择结果和证书种类。") % {"name": people[pk].name}
        elif numbered_here and (row.certificate_number or row.certificate_on):
            wrong[pk] = _("%(name)s：培训合格证书在结业同意时由系统编号，不用填写证书编号和发证日期。") % {
                "name": people[pk].name
            }
        elif row.certificate_number and not row.certificate_kind:
            wrong[pk] = _("%(name)s：填写了证书编号，还须选择证书种类。") % {"name": people[pk].name}
        elif numbers[row.certificate_kind, row.certificate_number] > 1:
            wrong[pk] = _("%(name)s：证书编号%(number)s在本班重复。") % {
                "name": people[pk].name,
                "number": row.certificate_number,
            }
    return wrong


def what_is_missing(file: ClassFile) -> list[str]:
    """Everything submission still demands, as sentences; the same list for the page and the guard (R-CMP-1)."""
    training_class = file.training_class
    missing = _timetable(file.lessons)
    if training_class.stage not in BEGUN:
        missing.append(_("班次现在是“%(stage)s”，不能申请结业。") % {"stage": training_class.get_stage_display()})
    least = file.numbers.get("attendance_percent")
    if least is None:
        return [*missing, not_set("attendance_percent", training_class.first_day)]
    for enrolment in file.people:
        missing += [named(enrolment, why) for why in _about(training_class, enrolment, file.planned_hours, least)]
    return missing


def named(enrolment: Enrolment, why: str) -> str:
    """A sentence about one trainee."""
    return _("%(sequence)s号 %(name)s：%(why)s") % {"sequence": enrolment.sequence, "name": enrolment.name, "why": why}


def _timetable(lessons: list[Lesson]) -> list[str]:
    """Not before the last lesson has ended, and with the attendance of every lesson."""
    missing = []
    now = timezone.localtime()
    if last := max(lessons, key=lambda lesson: (lesson.day, lesson.ends), default=None):
        ends = datetime.combine(last.day, last.ends, tzinfo=now.tzinfo)
        if now < ends:
            missing.append(_("最后一课%(when)s结束，结束后才能申请结业。") % {"when": ends.strftime("%Y-%m-%d %H:%M")})
    without = [lesson for lesson in lessons if not hasattr(lesson, "sheet")]
    if without:
        missing.append(
            _("还有%(count)s节课没有登记考勤（最早一节%(day)s）。")
            % {
                "count": len(without),
                "day": without[0].day.isoformat(),
            }
        )
    return missing


def _about(training_class: TrainingClass, enrolment: Enrolment, planned: Decimal, least: Decimal) -> list[str]:
    """What is missing or contradictory for one trainee."""
    if not enrolment.result:
        return [_("还没有登记结果")]
    if enrolment.result != Result.PASS:
        return [_("不合格学员不能填写证书")] if enrolment.certificate_number else []
    found = []
    percent = attendance_percent(enrolment, planned)
    if percent < least:
        found.append(
            _("出勤率%(percent)s%%，低于%(least)s%%，不能登记为合格")
            % {
                "percent": f"{percent.normalize():f}",
                "least": f"{least.normalize():f}",
            }
        )
    if not is_issued_here(training_class) and (
        training_class.project.certificate_required or enrolment.certificate_number
    ):
        found += certificate_faults(
            training_class, enrolment.certificate_kind, enrolment.certificate_number, enrolment.certificate_on
        ).values()
    return found


def certificate_faults(training_class: TrainingClass, kind: str, number: str, day: date | None) -> dict[str, str]:
    """What does not fit the project in a certificate, by field of the results; the same on page, sheet and API."""
    demanded = training_class.project.certificate_kind
    if not number:
        return {
            "certificate_number": (
                _("项目要求取得%(kind)s，还没有填写证书编号") % {"kind": CertificateKind(demanded).label}
            )
        }
    found = {}
    if kind != demanded:
        found["certificate_kind"] = _("项目的证书种类是%(kind)s") % {"kind": CertificateKind(demanded).label}
    if day is None:
        found["certificate_on"] = _("还没有填写发证日期")
    elif day < training_class.first_day or day > timezone.localdate():
        found["certificate_on"] = _("发证日期%(day)s不在开班日到今天之间") % {"day": day.isoformat()}
    return found


def certificate_problems(file: ClassFile) -> list[str]:
    """Certificates the registry contradicts, a sentence a person; a silent registry contradicts nothing."""
    return [
        named(enrolment, explain(result)[0])
        for enrolment in file.people
        for result in file.briefs[enrolment.pk].result(certificates.CODE)
        if result.outcome == FAIL
    ]


# ── guards and effects
# ──────────────────────────────────────────────────────────────────────────────────────────────────


def guard_complete(file: ClassFile, context: Any) -> list[str]:
    return what_is_missing(file)


def guard_checks_done(file: ClassFile, context: Any) -> list[str]:
    running = Job.objects.filter(
        task=CHECK_TASK, kind="completion", object_id=file.application.pk, state__in=UNFINISHED
    ).exists()
    return [_("系统比对还在进行，完成后再办理。")] if running else []


def guard_certificates(file: ClassFile, context: Any) -> list[str]:
    """No completion is approved on a certificate the registry contradicts (R-CMP-2)."""
    return certificate_problems(file)


def begin_checks(completion: Completion, context: Any) -> None:
    set_stage(completion.training_class, Stage.COMPLETION)
    context.notes["passed"] = living(completion.training_class).filter(result=Result.PASS).count()
    context.jobs.append(
        (
            CHECK_TASK,
            {
                "title": _("结业复核和证书核验：%(name)s") % {"name": completion.training_class.name},
                "queue_name": queue_for(living(completion.training_class).count()),
                "version": completion.version,
            },
        )
    )


def give_back(completion: Completion, context: Any) -> None:
    """The class is in training again, so that attendance and results can be mended."""
    set_stage(completion.training_class, Stage.IN_TRAINING)


def complete(completion: Completion, context: Any) -> None:
    """培训合格人数 is counted from here on, and the portal's own certificates are numbered (R-CMP-4, R-CMP-5)."""
    context.notes["passed"] = living(completion.training_class).filter(result=Result.PASS).count()
    if completion.state == State.APPROVED:
        context.notes["certificates"] = issue_certificates(completion.training_class, on=timezone.localdate(context.at))
        set_stage(completion.training_class, Stage.COMPLETED)


def stop(completion: Completion, context: Any) -> None:
    set_stage(completion.training_class, Stage.STOPPED)
