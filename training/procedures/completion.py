"""Completion 结业申请: its moves and what its page shows (R-CMP-1)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_page import CasePage, Condition, Fact, Section
from casework.domain.flow import Cover, Flow, Move, Who, drop_move, refuse_move, return_move, withdraw_move
from casework.enums import State
from eligibility.enums import Verdict
from training.domain.classes.enrolments import living
from training.domain.decision import completions, openings
from training.domain.decision.guards import nobody_has_decided
from training.domain.roster.attendance import attendance_percent
from training.domain.trails import headcount_label
from training.domain.verification.certificates import CODE, claims_certificate
from training.domain.verification.class_file import AROUND_CLASS, ClassFile
from training.domain.verification.findings import explain
from training.domain.verification.overrulings import OVERRULED
from training.domain.verification.watch_stops import WATCHED_SECTION
from training.enums import Result
from training.models import Completion
from training.procedures.opening import class_facts

CLAUSE = "N二(一)"


def completion_cover(completion: Completion) -> Cover:
    people = living(completion.training_class)
    return Cover(
        title=completion.training_class.name,
        people=people.count(),
        exceptions=people.exclude(verdict=Verdict.ELIGIBLE).count(),
    )


FLOW = Flow(
    kind="completion",
    label=_("结业申请"),
    model=Completion,
    cover=completion_cover,
    file=ClassFile,
    title=lambda completion: completion.training_class.name,
    moves=(
        Move(
            "submit",
            _("提交"),
            (State.DRAFT, State.RETURNED),
            State.CHECKING,
            Who.APPLICANT,
            CLAUSE,
            guards=(completions.guard_complete,),
            effects=(completions.begin_checks,),
        ),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, "M二(二)"),
        Move(
            "approve",
            _("同意"),
            (State.IN_REVIEW,),
            openings.target_of_approval,
            Who.DESK,
            CLAUSE,
            decides=True,
            tone="success",
            guards=(completions.guard_checks_done, completions.guard_complete, completions.guard_certificates),
            effects=(completions.complete,),
            confirm=_("确认同意结业？"),
            tells=_("结业申请%(number)s已审核同意，可以申请补贴。"),
        ),
        return_move(CLAUSE, effects=(completions.give_back,), tells=_("结业申请%(number)s已退回补正：%(reason)s")),
        refuse_move(CLAUSE, effects=(completions.stop,), tells=_("结业申请%(number)s未获同意：%(reason)s")),
        withdraw_move(CLAUSE, guards=(nobody_has_decided,), effects=(completions.give_back,)),
        drop_move(CLAUSE, confirm=_("放弃这次结业申请，已录入的成绩保留，以后可以重新办理；确认放弃？")),
        Move("resume", _("重新办理"), (State.WITHDRAWN,), State.DRAFT, Who.APPLICANT, CLAUSE),
    ),
)


def completion_facts(file: ClassFile, membership: Membership) -> list[Fact]:
    passed = sum(person.result == Result.PASS for person in file.people)
    return [
        *class_facts(file.training_class, headcount_label(file.enrolments)),
        Fact(_("合格人数"), passed),
    ]


def completion_conditions(file: ClassFile, membership: Membership | None) -> list[Condition]:
    """What submission demanded, then the certificates: a contradiction blocks, silence does not (R-CMP-1, R-CMP-2)."""
    found = [Condition(False, sentence) for sentence in completions.what_is_missing(file)]
    if not found:
        found.append(Condition(True, _("全部课程已结束并登记考勤，每名学员都有结果。")))
    found += [Condition(False, sentence) for sentence in completions.certificate_problems(file)]
    waiting = [e for e in file.people if claims_certificate(e) and not e.certificate_verified]
    if file.application.round and waiting:
        found.append(Condition(False, _("有证书还没有核验一致。"), blocks=False))
    elif file.application.round:
        found.append(Condition(True, _("证书已核验一致，或本项目不需要核验。")))
    return found


def completion_changes(file: ClassFile, membership: Membership) -> dict[str, Any]:
    """Only what changed since the opening was approved: the verdict then, the verdict now, and why."""
    told = [one for one in changes_since(file) if not file.briefs[one["enrolment"].pk].is_hidden_from(membership)]
    return {"changes": told, "may_see_people": not membership.is_unit}


def changes_since(file: ClassFile) -> list[dict[str, Any]]:
    """Whose verdict is another than at the opening: the verdict then, the verdict now, and why."""
    changed = []
    for person in file.people:
        now, then = person.examination, file.judged_at_opening.get(person.pk)
        if now and then and now.verdict != then.verdict:
            reasons = [explain(result)[0] for result in file.briefs[person.pk].remarks() if result.code != CODE]
            changed.append(
                {
                    "enrolment": person,
                    "then": then.get_verdict_display(),
                    "now": now.get_verdict_display(),
                    "reasons": reasons,
                }
            )
    return changed


def completion_results(file: ClassFile, membership: Membership) -> dict[str, Any]:
    planned = file.planned_hours
    return {
        "planned": planned,
        "results": [
            (
                person,
                attendance_percent(person, planned),
                (
                    []
                    if file.briefs[person.pk].is_hidden_from(membership)
                    else [explain(r)[0] for r in file.briefs[person.pk].result(CODE)]
                ),
            )
            for person in file.people
        ],
    }


def completion_paper(file: ClassFile, membership: Membership) -> list[tuple[Any, ...]]:
    """Attendance, results and certificates, person by person."""
    return [
        (
            one.sequence,
            one.name,
            one.attended_hours,
            one.result,
            one.certificate_kind,
            one.certificate_number,
            one.certificate_on,
        )
        for one in file.people
    ]


PAGE = CasePage(
    kind="completion",
    facts=completion_facts,
    conditions=completion_conditions,
    sections=(
        Section(
            _("与开班审批时相比有变化的人员"),
            "training/completion/_changes.html",
            completion_changes,
            open=True,
            count=lambda file: len(changes_since(file)),
        ),
        WATCHED_SECTION,
        OVERRULED,
        Section(
            _("出勤、成绩和证书"),
            "training/completion/_results.html",
            completion_results,
            count=lambda file: len(file.people),
        ),
    ),
    documents=lambda file: [
        ("score_sheet", _("考核成绩单"), False),
        ("certificate_list", _("证书发放名册"), False),
        ("other", _("其他材料"), False),
    ],
    history=lambda file: [("opening", file.training_class.opening.pk), ("completion", file.application.pk)],
    related=(*AROUND_CLASS, "training_class__opening"),
    paper=completion_paper,
    subject=lambda file, membership: (_("打开班次"), "class", file.training_class.pk),
)
