"""协查: what the registries leave to people, asked per check, answered with a letter or a note, judged again at once (R-ELG-5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import Level
from accounts.models import Division, Post
from eligibility.domain.examine import results_of, subject_kinds
from eligibility.engine import UNKNOWN
from eligibility.enums import Answer
from eligibility.models import Assistance, Examination

ASSISTED = "assisted"
REPLY = "assistance-"
MOST_SHOWN = 500
DECIDING = (Answer.CONFIRMED, Answer.REFUTED)


class AnswerRefused(Exception):
    """An answer that cannot be taken; the message says why."""


class NotYourAnswer(AnswerRefused):
    """The check is another officer's to answer."""


def open_checks(examination: Examination) -> list[str]:
    """The checks of a judgement that people may settle."""
    return [r.code for r in results_of(examination) if r.outcome == UNKNOWN and r.needs == ASSISTED]


def put_to_people(examinations: Iterable[Examination], division: Division) -> None:
    """Open an assisted check for everything people have to say; what no longer needs them and was not asked is taken off the list."""
    examinations = list(examinations)
    wanted = {(e.subject_kind, e.subject_id, code): e for e in examinations for code in open_checks(e)}
    kinds = {e.subject_kind for e in examinations}
    ids = [e.subject_id for e in examinations]
    unasked = Assistance.objects.filter(subject_kind__in=kinds, subject_id__in=ids, answer=Answer.OPEN)
    stale = [a.pk for a in unasked if (a.subject_kind, a.subject_id, a.check_code) not in wanted]
    Assistance.objects.filter(pk__in=stale).delete()
    Assistance.objects.bulk_create(
        [
            Assistance(subject_kind=kind, subject_id=pk, check_code=code, person_id=e.person_id, division=division)
            for (kind, pk, code), e in wanted.items()
        ],
        ignore_conflicts=True,
    )


def answers_for(kind: str, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """What people have answered, by subject and check; an open question or «cannot say» decides nothing."""
    found: dict[int, dict[str, str]] = {}
    for pk, code, said in Assistance.objects.filter(
        subject_kind=kind, subject_id__in=ids, answer__in=DECIDING
    ).values_list("subject_id", "check_code", "answer"):
        found.setdefault(pk, {})[code] = said
    return found


def answer(
    kind: str,
    subject_id: int,
    check_code: str,
    said: str,
    *,
    by: Post,
    department: str = "",
    letter: str = "",
    note: str = "",
) -> Assistance:
    """Take an answer to an assisted check and judge the person again at once from the stored registry answers (R-ELG-5).

    Raises NotYourAnswer for somebody who may not, AnswerRefused without evidence or for a check that is not asked.
    """
    door = subject_kinds()[kind]
    if why := door.why_not(by, subject_id):
        raise NotYourAnswer(why)
    if said not in (*DECIDING, Answer.CANNOT_SAY):
        raise AnswerRefused(_("请选择协查结果：属实、不属实或无法核实。"))
    letter, note = letter.strip(), note.strip()
    if not letter and not note:
        raise AnswerRefused(_("请填写复函文号或核实情况，作为依据。"))
    with transaction.atomic():
        asked = (
            Assistance.objects.select_for_update()
            .filter(subject_kind=kind, subject_id=subject_id, check_code=check_code)
            .first()
        )
        if asked is None:
            raise AnswerRefused(_("这一项没有列入协查。"))
        before = asked.answer
        asked.answer, asked.department, asked.letter, asked.note = said, department.strip(), letter, note
        asked.answered_at, asked.answered_by = timezone.now(), by
        asked.save()
        record(
            "assistance.answered",
            by=by,
            kind=kind,
            division=asked.division_id,
            reason=note,
            subject=subject_id,
            check=check_code,
            before=before,
            answer=said,
            department=asked.department,
            letter=letter,
        )
        door.rejudge([subject_id])
    return asked


def waiting(post: Post) -> list[Assistance]:
    """The open assisted checks of cases that go on, as far as the post may see them: by check, the oldest first, 500 at most."""
    if post.is_unit:
        return []
    rows = Assistance.objects.filter(answer__in=[Answer.OPEN, Answer.CANNOT_SAY]).select_related("person", "division")
    if post.division.level != Level.REGION:
        rows = rows.filter(division__path__startswith=post.division.path)
    rows = list(rows.order_by("check_code", "asked_at", "id")[:MOST_SHOWN])
    seen = {
        kind: door.describe(post, [row.subject_id for row in rows if row.subject_kind == kind])
        for kind, door in subject_kinds().items()
    }
    return [row for row in rows if (found := seen.get(row.subject_kind, {}).get(row.subject_id)) and found.is_open]
