"""Letters of 协查: one department asked about many people, numbered, dated, on record (R-ELG-5)."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Division, Membership
from casework.models import Notice
from eligibility.domain.assistance import deadline, described
from eligibility.domain.departments import accounts_asked
from eligibility.domain.examine import subjects
from eligibility.enums import Answer
from eligibility.models import Assistance, Letter, LetterRow
from eligibility.rules.departments import department_for
from kit.crypto import digest_of
from kit.refusals import NotAllowed, NotNow, NotValid

MOST_ROWS = 500
_signer = Signer(salt="eligibility.letter.row")


def department_of(asked: Assistance) -> str:
    """Who is asked, by its Chinese name; questions older than letters have it from the table."""
    return asked.asked_of or department_for(asked.check_code, asked.category).zh


def issue(rows: Sequence[Assistance], *, by: Membership) -> Letter:
    """Issue one numbered letter about these questions to the one department they are for.

    The first letter sets the last day of its questions; a second one about the same people is a reminder and does not.
    """
    departments = {department_of(row) for row in rows}
    if not rows:
        raise NotValid(_("请先选择要列入协查函的人员。"), field="row")
    if len(rows) > MOST_ROWS:
        raise NotNow(_("一份协查函最多列%(most)s项，请分次出函。") % {"most": MOST_ROWS})
    if len(departments) > 1:
        raise NotNow(
            _("一份协查函只发给一个部门，所选人员分属：%(names)s。") % {"names": "、".join(sorted(departments))}
        )
    for row in rows:
        if why := subjects().why_not(by, row.subject_id):
            raise NotAllowed(_("%(name)s：%(why)s") % {"name": row.person.name, "why": why})
        if row.answer not in (Answer.OPEN, Answer.CANNOT_SAY):
            raise NotNow(_("%(name)s已有协查答复，不需要再出函。") % {"name": row.person.name})
    headings = described(by, rows)
    with transaction.atomic():
        letter = _numbered(by, departments.pop())
        LetterRow.objects.bulk_create(
            LetterRow(
                letter=letter,
                sequence=place,
                assistance=row,
                person=row.person,
                check_code=row.check_code,
                category=row.category,
                heading=headings[row.pk].heading[:200],
            )
            for place, row in enumerate(rows, start=1)
        )
        first = Assistance.objects.filter(pk__in=[row.pk for row in rows]).exclude(letter_rows__letter__lt=letter.pk)
        Assistance.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(due_on=letter.due_on)
        _tell(letter, rows)
        record("letter.issued", by=by, on=letter, number=letter.number, department=letter.department, people=len(rows))
    return letter


def _tell(letter: Letter, rows: Sequence[Assistance]) -> None:
    """A department with accounts hears of the letter at once; the paper goes out as well."""
    offices = {office.pk for found in accounts_asked(rows).values() for office in found}
    Notice.objects.bulk_create(
        Notice(
            organisation_id=office,
            kind="letter",
            object_id=letter.pk,
            url=reverse("asked"),
            text=_("收到%(number)s，%(count)s项，请在%(day)s前答复。")
            % {
                "number": letter.number,
                "count": len(rows),
                "day": letter.due_on.isoformat(),
            },
        )
        for office in sorted(offices)
    )


def _numbered(by: Membership, department: str) -> Letter:
    """The next number of the division and year; the division's row is locked, so that two letters at once differ."""
    division = Division.objects.select_for_update(no_key=True).get(pk=by.division.pk)
    today = timezone.localdate()
    last = Letter.objects.filter(division=division, year=today.year).aggregate(last=Max("sequence"))["last"] or 0
    return Letter.objects.create(
        number=f"协查函{division.pk}〔{today.year}〕{last + 1}号",
        year=today.year,
        sequence=last + 1,
        department=department,
        division=division,
        organisation=by.organisation,
        issued_by=by,
        issued_at=timezone.now(),
        due_on=deadline(division),
    )


def rows_of(letter: Letter) -> list[LetterRow]:
    """Who is in a letter, in its order; one query."""
    return list(letter.rows.select_related("person", "assistance").order_by("sequence"))


def mark_of(letter: Letter, rows: Sequence[LetterRow]) -> str:
    """A short mark of what the paper says, to compare a print with the record."""
    parts = [
        letter.number,
        letter.department,
        letter.issued_at.isoformat(),
        *(f"{row.pk}:{row.person_id}:{row.check_code}" for row in rows),
    ]
    return digest_of("|".join(parts))[:16]


def row_token(row: LetterRow) -> str:
    """The row's id as it stands in the sheet: nobody can make one up or turn it into another row's."""
    return _signer.sign(str(row.pk))


def row_behind(token: str) -> LetterRow | None:
    """The row a token of ours names; None for anything else."""
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return LetterRow.objects.select_related("letter", "person", "assistance").filter(pk=pk).first()
