"""Opening 开班申请: its moves and what its page shows (R-OPN-6, R-OPN-7)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_page import CasePage, Fact, Section
from casework.domain.categories import category_name
from casework.domain.flow import Cover, Flow, Move, Who, drop_move, refuse_move, return_move, withdraw_move
from casework.domain.moves import why_not_officer
from casework.enums import State
from eligibility.domain.descriptions import sentence_of
from eligibility.domain.evidence import TONES
from eligibility.enums import Answer, Verdict
from kit.addresses import addresses
from training.domain.classes.enrolments import KIND, living
from training.domain.classes.filing import variant_of
from training.domain.decision import openings
from training.domain.decision.conditions import conditions, document_slots
from training.domain.decision.guards import nobody_has_decided
from training.domain.trails import headcount_label
from training.domain.verification.class_file import AROUND_CLASS, ClassFile
from training.domain.verification.findings import briefs_of, findings_among, for_units, settled_by_approval
from training.domain.verification.overrulings import OVERRULED
from training.domain.verification.watch_stops import WATCHED_SECTION
from training.models import Enrolment, Opening, TrainingClass

CLAUSE = "N二(二)3开班申请"


def opening_cover(opening: Opening) -> Cover:
    people = list(living(opening.training_class).select_related("examination"))
    open_for = settled_by_approval(opening.training_class)
    return Cover(
        title=opening.training_class.name,
        people=len(people),
        exceptions=len(findings_among(people, briefs_of(people), but=open_for)),
        is_late=opening.is_late,
    )


FLOW = Flow(
    kind="opening",
    label=_("开班申请"),
    model=Opening,
    cover=opening_cover,
    file=ClassFile,
    title=lambda opening: opening.training_class.name,
    variant=lambda opening: variant_of(opening.training_class),
    number=openings.number_of,
    further=lambda opening: openings.LATE if opening.is_late else "",
    moves=(
        Move(
            "submit",
            _("提交"),
            (State.DRAFT, State.RETURNED),
            State.CHECKING,
            Who.APPLICANT,
            "N二(一)",
            guards=(openings.guard_complete,),
            effects=(openings.begin_checks,),
            confirm=_("提交后由系统比对，再交审核部门；确认提交？"),
        ),
        Move(
            "checked",
            _("比对完成"),
            (State.CHECKING,),
            State.IN_REVIEW,
            Who.SYSTEM,
            CLAUSE,
            effects=(openings.hand_to_office,),
        ),
        Move(
            "approve",
            _("同意"),
            (State.IN_REVIEW,),
            openings.target_of_approval,
            Who.DESK,
            CLAUSE,
            decides=True,
            tone="success",
            guards=(openings.guard_checks_done, openings.guard_conditions, openings.guard_people),
            effects=(openings.note_approval,),
            confirm=_("确认同意开班？"),
            tells=_("开班申请%(number)s已审核同意。"),
        ),
        return_move(CLAUSE, effects=(openings.give_back,), tells=_("开班申请%(number)s已退回补正：%(reason)s")),
        refuse_move(CLAUSE, effects=(openings.note_refusal,), tells=_("开班申请%(number)s未获同意：%(reason)s")),
        withdraw_move("N二(一)", guards=(nobody_has_decided,), effects=(openings.give_back,)),
        drop_move("N二(一)", effects=(openings.drop,), confirm=_("放弃以后不再办理这个班，资料仍可查看；确认放弃？")),
    ),
)


def class_facts(training_class: TrainingClass, people: int | str) -> list[Fact]:
    project = training_class.project
    occupation = project.occupation if project else None
    return [
        Fact(_("申请单位"), training_class.applicant.name),
        Fact(_("培训机构"), training_class.institution.name if training_class.institution else "—"),
        *([Fact(_("用工企业"), training_class.employer.name)] if training_class.employer else []),
        Fact(_("培训项目"), project.name if project else "—"),
        Fact(
            _("职业（工种）"),
            " ".join(filter(None, [str(occupation), project.get_level_display()])) if occupation else "—",
        ),
        Fact(_("人员类别"), category_name(training_class.category)),
        Fact(_("人数"), people),
        Fact(_("培训日期"), f"{training_class.first_day or '—'} ~ {training_class.last_day or '—'}"),
        Fact(_("资金来源"), training_class.get_fund_source_display() or "—"),
    ]


def opening_facts(file: ClassFile, membership: Membership) -> list[Fact]:
    late = [Fact(_("申报"), _("逾期申报"))] if file.application.is_late else []
    return [*class_facts(file.training_class, headcount_label(file.enrolments)), *late]


def opening_exceptions(file: ClassFile, membership: Membership) -> dict[str, Any]:
    """Who is not eligible or not verified, with the acts that settle it, for the desk while it is in review."""
    opening = file.application
    deciding = opening.state == State.IN_REVIEW and not why_not_officer(opening, membership, remits=file.remits)
    return {
        "exceptions": for_units(file.exceptions, file.people, file.briefs) if membership.is_unit else file.exceptions,
        "may_strike": deciding,
        "may_answer": deciding,
        "may_see_people": not membership.is_unit,
        "answers": [choice for choice in Answer.choices if choice[0] != Answer.OPEN],
    }


def opening_roster(file: ClassFile, membership: Membership) -> dict[str, Any]:
    """Everyone with verdict, how many checks and what was overruled; who was struck out stays readable with who and
    why.

    The checks themselves are in the evidence, asked for when a line is opened.
    """
    person, evidence, paper = addresses("person"), addresses("subject", KIND), addresses("file")
    words = {verdict: str(Verdict(verdict).label) for verdict in Verdict.values}

    def line(row: Enrolment) -> dict[str, Any]:
        brief = file.briefs[row.pk]
        verdict = row.verdict if row.is_struck_out else brief.verdict_shown(office=not membership.is_unit)
        overruled = [
            (
                sentence_of(r, office=not membership.is_unit),
                paper(r.overruling["file_id"]) if r.overruling and not membership.is_unit else "",
            )
            for r in brief.remarks()
            if r.overruled
        ]
        return {
            "sequence": row.sequence,
            "name": row.name,
            "number": row.person.masked_number,
            "person": "" if membership.is_unit else person(row.person_id),
            "tone": TONES.get(verdict, "secondary"),
            "verdict": words[verdict],
            "struck": row.is_struck_out,
            "struck_by": row.struck_out_by,
            "struck_at": row.struck_out_at,
            "struck_for": row.strike_reason,
            "overruled": overruled,
            "checks": _("%(n)s 项") % {"n": brief.checks} if brief.checks else "",
            "evidence": evidence(row.pk),
        }

    return {"roster": list(map(line, file.enrolments))}


def opening_timetable(file: ClassFile, membership: Membership) -> dict[str, Any]:
    return {"lessons": file.lessons}


def opening_units(file: ClassFile, membership: Membership) -> dict[str, Any]:
    """The conditions on file of the units of the class (R-REG-5)."""
    return {"units": file.units, "teachers": file.teachers}


def opening_paper(file: ClassFile, membership: Membership) -> dict[str, Any]:
    """The roster and the timetable; verdicts for offices only, a unit is not shown each of them."""
    return {
        "roster": [
            (one.sequence, one.name, one.person.masked_number, one.is_struck_out, one.strike_reason)
            + (() if membership.is_unit else (one.verdict,))
            for one in file.enrolments
        ],
        "lessons": [(one.day, one.starts, one.ends, one.teacher.name if one.teacher else "") for one in file.lessons],
    }


PAGE = CasePage(
    kind="opening",
    facts=opening_facts,
    conditions=conditions,
    sections=(
        Section(
            _("不符合和待核人员"),
            "training/opening/_exceptions.html",
            opening_exceptions,
            open=True,
            count=lambda file: len(file.exceptions),
        ),
        WATCHED_SECTION,
        OVERRULED,
        Section(
            _("花名册"),
            "training/opening/_roster.html",
            opening_roster,
            count=lambda file: len(file.enrolments),
        ),
        Section(
            _("课程表"),
            "training/opening/_timetable.html",
            opening_timetable,
            count=lambda file: len(file.lessons),
        ),
        Section(_("单位培训条件"), "training/opening/_units.html", opening_units),
    ),
    documents=document_slots,
    history=lambda file: [("opening", file.application.pk)],
    related=AROUND_CLASS,
    acts=("strike",),
    paper=opening_paper,
    subject=lambda file, membership: (_("打开班次"), "class", file.training_class.pk),
)
