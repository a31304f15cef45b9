"""协查: what the registries leave to people, asked per check, answered with a letter or a note, judged again at once
(R-ELG-5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.domain.refusals import noted
from accounts.enums import Level
from accounts.models import Division, Membership
from casework.domain.routing import parameter
from casework.domain.workdays import due_on
from eligibility.domain.departments import MOST_SHOWN, addressed_to, is_department
from eligibility.domain.examine import Described, subjects, subjects_of
from eligibility.engine import AGAINST
from eligibility.engine.facts import Vouched
from eligibility.engine.model import settled_by_evidence
from eligibility.enums import Answer
from eligibility.models import Assistance, Examination
from eligibility.rules.departments import REVIEWER, check_of, department_for
from kit.refusals import NotAllowed, NotNow, NotValid, Refused
from kit.text import written

WORKDAYS = "assistance_workdays"
DECIDING = (Answer.CONFIRMED, Answer.REFUTED)
NO_ANSWER = gettext_lazy("请选择协查结果：属实、不属实或无法核实。")


def open_checks(examination: Examination) -> list[str]:
    """The checks of a judgement that people may settle with evidence; what is asked once an employer is not asked about
    its trainees.
    """
    open_now = [
        r
        for r in examination.results["results"]
        if r["outcome"] in AGAINST and r.get("needs") and not r.get("overruled")
    ]
    found = []
    for result in open_now:
        check = check_of(result["code"], examination.category, examination.table)
        registry = check.registry if check else result.get("registry")
        if settled_by_evidence(registry, result["outcome"], result["needs"]) and not (check and check.once_an_employer):
            found.append(result["code"])
    return found


def put_to_people(examinations: Iterable[Examination], division: Division) -> None:
    """Open an assisted check for everything people have to say; what no longer needs them and was not asked is taken
    off the list.
    """
    examinations = list(examinations)
    wanted = {(e.subject_kind, e.subject_id, code): e for e in examinations for code in open_checks(e)}
    kinds = {e.subject_kind for e in examinations}
    ids = [e.subject_id for e in examinations]
    unasked = Assistance.objects.filter(subject_kind__in=kinds, subject_id__in=ids, answer=Answer.OPEN)
    stale = [a.pk for a in unasked if (a.subject_kind, a.subject_id, a.check_code) not in wanted]
    Assistance.objects.filter(pk__in=stale).delete()
    if not wanted:
        return
    last_day, names = (
        deadline(division),
        {key: department_for(key[2], e.category, e.table).zh for key, e in wanted.items()},
    )
    Assistance.objects.bulk_create(
        [
            Assistance(
                subject_kind=kind,
                subject_id=pk,
                check_code=code,
                person_id=e.person_id,
                division=division,
                category=e.category,
                asked_of=names[kind, pk, code],
                due_on=last_day if names[kind, pk, code] != REVIEWER.zh else None,
            )
            for (kind, pk, code), e in wanted.items()
        ],
        ignore_conflicts=True,
    )


def deadline(division: Division) -> date:
    """The last day for an answer that is asked for today."""
    return due_on(timezone.localdate(), int(parameter(WORKDAYS, division=division)))


Answers = dict[int, dict[str, str]]
Authors = dict[int, dict[str, Vouched]]


def answers_for(kind: str, ids: Collection[int]) -> tuple[Answers, Authors]:
    """What people have answered, by subject and check, and who did on what; an open question or «cannot say» decides
    nothing. One query.
    """
    answers: Answers = {}
    authors: Authors = {}
    rows = Assistance.objects.filter(subject_kind=kind, subject_id__in=ids, answer__in=DECIDING)
    for pk, code, given, name, office, own, letter, note, at in rows.values_list(
        "subject_id",
        "check_code",
        "answer",
        "answered_by__user__full_name",
        "answered_by__organisation__name",
        "by_department",
        "letter",
        "note",
        "answered_at",
    ):
        answers.setdefault(pk, {})[code] = given
        if name:
            authors.setdefault(pk, {})[code] = Vouched(
                f"{name}（{office}）", letter or note, own, at.isoformat() if at else ""
            )
    return answers, authors


def kept_by_department(asked: Assistance, by: Membership) -> str:
    """The sentence that leaves an answer to the department whose own account gave it, or "" (R-ELG-5)."""
    if not asked.by_department or asked.answer not in DECIDING or asked.answered_by is None:
        return ""
    office = asked.answered_by.organisation
    if by.organisation_id == office.pk:
        return ""
    return _(
        "%(office)s已用本部门账户答复“%(answer)s”，只能由该部门更正；审核部门另有依据的，按“推翻比对结果”由两名审核人员办理。"
    ) % {"office": office.name, "answer": asked.get_answer_display()}


def answer(
    kind: str,
    subject_id: int,
    check_code: str,
    given: str,
    *,
    by: Membership,
    department: str = "",
    letter: str = "",
    note: str = "",
    file: bool = False,
) -> Assistance:
    """Take an answer to an assisted check and judge the person again at once from the stored registry answers
    (R-ELG-5).

    What concerns the class (a licence) is settled for all of it at once. `file`: a file comes with the answer.
    Raises NotAllowed, NotValid without evidence, NotNow for a check that is not asked.
    """
    provider = subjects()
    with transaction.atomic():
        asked, _is_new = _take(
            Reply((kind, subject_id, check_code), given, letter, note, file=file), by=by, department=department
        )
        check = check_of(check_code, asked.category)
        others = provider.classmates(subject_id) if check is not None and check.once_a_class else []
        same = Assistance.objects.filter(subject_kind=kind, subject_id__in=others, check_code=check_code).exclude(
            pk=asked.pk
        )
        alike = [row.subject_id for row in same]
        for pk in alike:
            _take(Reply((kind, pk, check_code), given, letter, note, file=file), by=by, department=department)
        provider.rejudge([subject_id, *alike])
    return asked


@dataclass(frozen=True)
class Reply:
    """One answer to one question: whose, about what (kind, subject, check), the answer and on what it stands.

    `place` says where it came from («第3行»), so that a refusal can name it.
    """

    question: tuple[str, int, str]
    answer: str
    letter: str = ""
    note: str = ""
    place: str = ""
    file: bool = False


@dataclass
class Taken:
    """What became of many replies: taken, the same as before, left empty, refused with a sentence each."""

    taken: int = 0
    same: int = 0
    empty: int = 0
    refused: list[str] = field(default_factory=list)
    cases: dict[tuple[str, int], int] = field(default_factory=dict)


def answer_many(replies: Sequence[Reply], *, by: Membership, department: str = "") -> Taken:
    """Take the good ones among many replies and judge those people again at once (R-ELG-5).

    What was answered before stays as it is: the same again is no change, another answer is refused with a sentence.
    """
    outcome, changed = Taken(), set()
    with transaction.atomic():
        for reply in replies:
            try:
                with transaction.atomic():
                    asked, is_new = _take(reply, by=by, department=department, only_open=True)
            except Refused as refused:
                outcome.refused.append(f"{reply.place}{refused}")
                continue
            if not is_new:
                outcome.same += 1
                continue
            outcome.taken += 1
            changed.add(reply.question[1])
            outcome.cases.setdefault(subjects().case_of(reply.question[1]), asked.pk)
        if changed:
            subjects().rejudge(sorted(changed))
    return outcome


def _take(reply: Reply, *, by: Membership, department: str, only_open: bool = False) -> tuple[Assistance, bool]:
    """One answer with its event, or the refused attempt on record; gives the question and whether the answer is new.
    The caller judges again.
    """
    kind, subject_id, check_code = reply.question
    with noted(
        "assistance.refused",
        by=by,
        kind=kind,
        pk=subject_id,
        division=by.organisation.division_id,
        subject=subject_id,
        check=check_code,
        answer=reply.answer,
    ):
        return _taken(reply, by=by, department=department, only_open=only_open)


def _taken(reply: Reply, *, by: Membership, department: str, only_open: bool) -> tuple[Assistance, bool]:
    """Check and write one answer with its event.

    A department answers what it is asked, under its own name; everything else is the office's that decides the case.
    """
    kind, subject_id, check_code = reply.question
    asked = (
        Assistance.objects.select_for_update()
        .filter(subject_kind=kind, subject_id=subject_id, check_code=check_code)
        .first()
    )
    own = asked is not None and is_put_to(asked, by)
    if not own and (why := subjects().why_not(by, subject_id)):
        raise NotAllowed(why)
    if reply.answer not in (*DECIDING, Answer.CANNOT_SAY):
        raise NotValid(NO_ANSWER, field="answer")
    letter, note = written(reply.letter), written(reply.note)
    if not letter and not note:
        raise NotValid(_("请填写复函文号或核实情况，作为依据。"), field="letter")
    if asked is None:
        raise NotNow(_("这一项没有列入协查。"))
    if asked.asked_of == REVIEWER.zh and not letter and not reply.file:
        raise NotValid(_("由审核人员核实的，请上传证明文件，或填写证明的文号。"), field="letter")
    if only_open and asked.answer != Answer.OPEN:
        if (asked.answer, asked.letter, asked.note) == (reply.answer, letter, note):
            return asked, False
        if asked.answer in DECIDING:
            raise NotNow(
                _("%(who)s已答复“%(answer)s”，没有改动；确需更正的，请在该人员处单独填写。")
                % {
                    "who": asked.answered_by,
                    "answer": asked.get_answer_display(),
                }
            )
    if why := kept_by_department(asked, by):
        raise NotNow(why)
    before = asked.answer
    asked.department = by.organisation.name[:60] if own else written(department)
    asked.answer, asked.letter, asked.note, asked.by_department = reply.answer, letter, note, own
    asked.answered_at, asked.answered_by = timezone.now(), by
    asked.save()
    record(
        "assistance.answered",
        by=by,
        kind=kind,
        pk=subject_id,
        division=asked.division_id,
        reason=note,
        subject=subject_id,
        check=check_code,
        before=before,
        answer=reply.answer,
        department=asked.department,
        letter=letter,
        own_account=own,
    )
    return asked, True


def answer_version(pk: int) -> str:
    """The version of what was answered to a question so far; of none that is asked."""
    asked = Assistance.objects.filter(pk=pk).first()
    return asked.version if asked else ""


def is_put_to(asked: Assistance, by: Membership) -> bool:
    """Whether the question names the membership's department, in its place."""
    return is_department(by) and addressed_to(by).filter(pk=asked.pk).exists()


def described(membership: Membership, rows: Iterable[Assistance]) -> dict[int, Described]:
    """Those of the rows whose subject the membership may see, by the row's id; one query."""
    return subjects_of(rows, lambda ids: subjects().describe(membership, ids))


def waiting(membership: Membership) -> list[Assistance]:
    """The open assisted checks of cases that go on, as far as the membership may see them: by department and day, 500
    at most.
    """
    if membership.is_unit:
        return []
    rows = Assistance.objects.filter(answer__in=[Answer.OPEN, Answer.CANNOT_SAY]).select_related("person", "division")
    if membership.division.level != Level.REGION:
        rows = rows.filter(division__path__startswith=membership.division.path)
    rows = list(rows.order_by("asked_of", "asked_at", "id")[:MOST_SHOWN])
    seen = described(membership, rows)
    return [row for row in rows if row.pk in seen and seen[row.pk].is_open]


def chosen(membership: Membership, ids: Collection[int]) -> list[Assistance] | None:
    """The questions of these ids, None when one of them lies outside the membership's scope or is none."""
    rows = list(Assistance.objects.filter(pk__in=ids).select_related("person", "division").order_by("asked_at", "id"))
    return rows if not membership.is_unit and set(ids) == set(described(membership, rows)) else None
