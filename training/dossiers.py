"""What the case page shows of an opening and a completion (R-OPN-5)."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from casework.domain.dossier import Condition, Dossier, Fact, Section
from casework.domain.words import category_name
from casework.enums import State
from eligibility.domain.examine import is_hidden_from, kept_of, remarks_of, result_of, verdict_told
from eligibility.domain.spoken import sentence_of
from eligibility.domain.strip import TONES
from eligibility.enums import Answer, Gate, Verdict
from eligibility.models import Examination
from kit.addresses import addresses
from training.domain import completions, openings
from training.domain.attendance import attendance_percent
from training.domain.cases import KIND
from training.domain.certificates import CODE, claims_certificate
from training.domain.conditions import conditions, document_slots
from training.domain.exceptions import for_units, spoken
from training.domain.folder import AROUND, folder_of
from training.domain.overruled import OVERRULED
from training.domain.stopping import WATCHED_SECTION
from training.domain.strikes import why_not_officer
from training.domain.trails import headcount_words
from training.enums import Result
from training.models import Completion, Enrolment, Opening, TrainingClass

# The class and what stands around it, read with its opening or completion.
AROUND_CLASS = tuple(f"training_class__{name}" for name in AROUND)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def class_facts(training_class: TrainingClass, people: int | str) -> list[Fact]:
    project = training_class.project
    occupation = project.occupation if project else None
    return [
        Fact(_("申请单位"), training_class.applicant.name),
        Fact(_("培训机构"), training_class.institution.name if training_class.institution else "—"),
        *([Fact(_("用工企业"), training_class.employer.name)] if training_class.employer else []),
        Fact(_("培训项目"), project.name if project else "—"),
        Fact(_("职业（工种）"), f"{occupation} {project.get_level_display() or ''}".strip() if occupation else "—"),
        Fact(_("人员类别"), category_name(training_class.category)),
        Fact(_("人数"), people),
        Fact(_("培训日期"), f"{training_class.first_day or '—'} ~ {training_class.last_day or '—'}"),
        Fact(_("资金来源"), training_class.get_fund_source_display() or "—"),
    ]


def opening_facts(opening: Opening, post: Post) -> list[Fact]:
    late = [Fact(_("申报"), _("逾期申报"))] if opening.is_late else []
    return [*class_facts(opening.training_class, headcount_words(folder_of(opening).enrolments)), *late]


def opening_exceptions(opening: Opening, post: Post) -> dict[str, Any]:
    """Who is not eligible or not verified, with the acts that settle it, for the desk while it is in review."""
    deciding = opening.state == State.IN_REVIEW and not why_not_officer(opening, post)
    return {
        "exceptions": for_units(openings.exceptions_in(opening), folder_of(opening).people) if post.is_unit else openings.exceptions_in(opening),
        "may_strike": deciding,
        "may_answer": deciding,
        "may_see_people": not post.is_unit,
        "answers": [choice for choice in Answer.choices if choice[0] != Answer.OPEN],
    }


def opening_roster(opening: Opening, post: Post) -> dict[str, Any]:
    """Everyone with verdict, how many checks and what was overruled; who was struck out stays readable with who and why.

    The checks themselves are in the evidence strip, asked for when a line is opened.
    """
    person, strip, file = addresses("person"), addresses("subject", KIND), addresses("file")
    words = {verdict: str(Verdict(verdict).label) for verdict in Verdict.values}

    def line(row: Enrolment) -> dict[str, Any]:
        verdict = row.verdict if row.is_struck_out else verdict_told(row.examination, office=not post.is_unit)
        checks = kept_of(row.examination)["checks"] if row.examination else 0
        said = {"struck_by": str(row.struck_out_by), "struck_at": date_format(localtime(row.struck_out_at), "Y-m-d H:i"),
                "struck_for": row.strike_reason} if row.is_struck_out else {}
        overruled = [(sentence_of(r, office=not post.is_unit), file(r.overruling["file_id"]) if r.overruling and not post.is_unit else "")
                     for r in remarks_of(row.examination) if r.overruled]
        return {
            "sequence": str(row.sequence), "name": row.name, "number": row.person.masked_number,
            "person": "" if post.is_unit else person(row.person_id), "tone": TONES.get(verdict, "secondary"), "verdict": words[verdict],
            "struck": row.is_struck_out, **said, **({"overruled": overruled} if overruled else {}),
            "checks": _("%(n)s 项") % {"n": checks} if checks else "", "strip": strip(row.pk),
        }

    return {"roster": list(map(line, folder_of(opening).enrolments))}


def opening_timetable(opening: Opening, post: Post) -> dict[str, Any]:
    return {"lessons": folder_of(opening).lessons}


def opening_units(opening: Opening, post: Post) -> dict[str, Any]:
    """The conditions on file of the units of the class (R-REG-5)."""
    folder = folder_of(opening)
    for unit in folder.units:
        unit.staff_said = "、".join(teacher["name"] for teacher in unit.staff)
        unit.rooms_said = "、".join(f"{room['name']}（{room['capacity']}）" for room in unit.rooms)
    return {"units": folder.units, "teachers": folder.teachers}


OPENING = Dossier(
    kind="opening",
    facts=opening_facts,
    conditions=conditions,
    sections=(
        Section(_("不符合和待核人员"), "training/opening/_exceptions.html", opening_exceptions, open=True,
                count=lambda opening: len(openings.exceptions_in(opening))),
        WATCHED_SECTION,
        OVERRULED,
        Section(_("花名册"), "training/opening/_roster.html", opening_roster, count=lambda opening: len(folder_of(opening).enrolments)),
        Section(_("课程表"), "training/opening/_timetable.html", opening_timetable,
                count=lambda opening: len(folder_of(opening).lessons)),
        Section(_("单位培训条件"), "training/opening/_units.html", opening_units),
    ),
    documents=document_slots,
    history=lambda opening: [("opening", opening.pk)],
    related=AROUND_CLASS,
    acts=("strike",),
    subject=lambda opening, post: (_("打开班次"), "class", opening.training_class_id),
)

# ── completion ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def completion_facts(completion: Completion, post: Post) -> list[Fact]:
    people = folder_of(completion).people
    passed = sum(person.result == Result.PASS for person in people)
    return [*class_facts(completion.training_class, headcount_words(folder_of(completion).enrolments)), Fact(_("合格人数"), passed)]


def completion_conditions(completion: Completion, post: Post | None) -> list[Condition]:
    """What submission demanded, then the certificates: a contradiction blocks, silence does not (R-CMP-1, R-CMP-2)."""
    found = [Condition(False, sentence) for sentence in completions.what_is_missing(completion)]
    if not found:
        found.append(Condition(True, _("全部课程已结束并登记考勤，每名学员都有结果。")))
    found += [Condition(False, sentence) for sentence in completions.certificate_problems(completion)]
    waiting = [e for e in folder_of(completion).people if claims_certificate(e) and not e.certificate_verified]
    if completion.round and waiting:
        found.append(Condition(False, _("有证书还没有核验一致。"), blocks=False))
    elif completion.round:
        found.append(Condition(True, _("证书已核验一致，或本项目不需要核验。")))
    return found


def completion_changes(completion: Completion, post: Post) -> dict[str, Any]:
    """Only what changed since the opening was approved: the verdict then, the verdict now, and why."""
    told = [one for one in changes_since(completion) if not is_hidden_from(post, one["enrolment"].examination)]
    return {"changes": told, "may_see_people": not post.is_unit}


def changes_since(completion: Completion) -> list[dict[str, Any]]:
    """Whose verdict is another than at the opening; kept in the folder, for the section and its count."""
    folder = folder_of(completion)
    if folder.changes is None:
        folder.changes = _changes(folder.people)
    return folder.changes


def _changes(people: list[Enrolment]) -> list[dict[str, Any]]:
    before = {
        e.subject_id: e for e in Examination.objects.filter(
            subject_kind=KIND, subject_id__in=[p.pk for p in people], gate=Gate.OPENING).defer("results").order_by("id")
    }
    changed = []
    for person in people:
        now, then = person.examination, before.get(person.pk)
        if now and then and now.verdict != then.verdict:
            reasons = [spoken(result)[0] for result in remarks_of(now) if result.code != CODE]
            changed.append({"enrolment": person, "then": then.get_verdict_display(), "now": now.get_verdict_display(), "reasons": reasons})
    return changed


def completion_results(completion: Completion, post: Post) -> dict[str, Any]:
    folder = folder_of(completion)
    planned = folder.planned_hours
    return {
        "planned": planned,
        "results": [
            (person, attendance_percent(person, planned),
             [] if is_hidden_from(post, person.examination) else [spoken(r)[0] for r in result_of(person.examination, CODE)])
            for person in folder.people
        ],
    }


COMPLETION = Dossier(
    kind="completion",
    facts=completion_facts,
    conditions=completion_conditions,
    sections=(
        Section(_("与开班审批时相比有变化的人员"), "training/completion/_changes.html", completion_changes, open=True,
                count=lambda completion: len(changes_since(completion))),
        WATCHED_SECTION,
        OVERRULED,
        Section(_("出勤、成绩和证书"), "training/completion/_results.html", completion_results,
                count=lambda completion: len(folder_of(completion).people)),
    ),
    documents=lambda completion: [
        ("score_sheet", _("考核成绩单"), False),
        ("certificate_list", _("证书发放名册"), False),
        ("other", _("其他材料"), False),
    ],
    history=lambda completion: [("opening", completion.training_class.opening.pk), ("completion", completion.pk)],
    related=(*AROUND_CLASS, "training_class__opening"),
    subject=lambda completion, post: (_("打开班次"), "class", completion.training_class_id),
)
