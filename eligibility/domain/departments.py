"""Departments with accounts of their own: which questions of 协查 name them, in their place (R-ELG-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.domain.audit import record
from accounts.enums import HANDS_ON, Department, OrganisationKind
from accounts.models import Membership, Organisation
from casework.models import Attachment
from eligibility.domain.descriptions import label_of
from eligibility.domain.examine import Described, subjects, subjects_of
from eligibility.enums import Answer
from eligibility.models import Assistance, Letter, LetterRow
from eligibility.rules.departments import asked_departments

# By what stands in the name of whoever a rule table asks; one name may stand for several departments.
MOST_SHOWN = 500
NAMED_FOR = {
    Department.VETERANS: "退役军人",
    Department.DISABLED: "残联",
    Department.CIVIL: "民政",
    Department.POVERTY: "扶贫",
    Department.MARKET: "市场监督管理",
    Department.SOCIAL: "社会保险",
    Department.POLICE: "公安",
    Department.JUSTICE: "司法行政",
    Department.EDUCATION: "教育",
}
REPLY = "assistance-"
UNSETTLED = (Answer.OPEN, Answer.CANNOT_SAY)
LAST_SHOWN = 20


def names_for(department: str) -> list[str]:
    """The names under which a department is asked; none for one that is never asked."""
    word = NAMED_FOR.get(Department(department)) if department else None
    return [one.zh for one in asked_departments() if word and word in one.zh]


def is_department(membership: Membership) -> bool:
    """Whether this is a membership of a department that may be asked."""
    return membership.organisation.kind == OrganisationKind.INDUSTRY and membership.role in HANDS_ON


def alive() -> QuerySet[Assistance]:
    """Every question about somebody whose case goes on."""
    return Assistance.objects.filter(subject_kind=subjects().kind, subject_id__in=subjects().going_on().values("pk"))


def addressed_to(membership: Membership) -> QuerySet[Assistance]:
    """The questions that name this membership's department, of its place and below, answered or not."""
    if not is_department(membership):
        return Assistance.objects.none()
    return alive().filter(
        asked_of__in=names_for(membership.organisation.department), division__path__startswith=membership.division.path
    )


def put_to(membership: Membership) -> QuerySet[Assistance]:
    """Those it has still to answer: without an answer that decides."""
    return addressed_to(membership).filter(answer__in=UNSETTLED)


def unanswered(membership: Membership) -> QuerySet[Assistance] | None:
    """What the menu counts; None for a membership that is no department's."""
    return put_to(membership).filter(answer=Answer.OPEN) if is_department(membership) else None


def at_home(membership: Membership) -> dict[str, Any] | None:
    """What the home page of a department says: how many questions wait, how many of them are late."""
    rows = unanswered(membership)
    return (
        None
        if rows is None
        else rows.aggregate(
            waiting=Count("pk"), late=Count("pk", filter=Q(due_on__lt=timezone.localdate())), next=Min("due_on")
        )
    )


def accounts_asked(rows: Iterable[Assistance]) -> dict[int, list[Organisation]]:
    """The departments with somebody in office that each of these questions is put to, by the
    question's id; one query.
    """
    offices = Organisation.objects.filter(
        kind=OrganisationKind.INDUSTRY,
        department__in=list(NAMED_FOR),
        pk__in=Membership.objects.current().filter(role__in=HANDS_ON).values("organisation"),
    ).select_related("division")
    known = [(office, names_for(office.department)) for office in offices]
    return {
        row.pk: [
            office
            for office, names in known
            if row.asked_of in names and row.division.path.startswith(office.division.path)
        ]
        for row in rows
    }


def answered_by(membership: Membership) -> list[tuple[Assistance, str, Attachment | None]]:
    """What the department has answered last, with the label of each check and the file it sent; people masked; two
    queries.
    """
    rows = Assistance.objects.filter(answered_by__organisation=membership.organisation_id).exclude(answer=Answer.OPEN)
    found = list(rows.select_related("person", "answered_by__user").order_by("-answered_at", "-id")[:LAST_SHOWN])
    slots = [f"{REPLY}{row.pk}" for row in found]
    files = (
        {
            file.slot: file
            for file in Attachment.objects.filter(slot__in=slots, by__organisation=membership.organisation_id).order_by(
                "id"
            )
        }
        if slots
        else {}
    )
    return [(row, label_of(row.check_code, row.category), files.get(f"{REPLY}{row.pk}")) for row in found]


def sent(file: Attachment, membership: Membership) -> bool:
    """Whether the membership's own department attached this file to an answer of its own (R-ELG-5)."""
    return is_department(membership) and file.by.organisation_id == membership.organisation_id


@dataclass(frozen=True)
class Question:
    """One question as the department reads it: who is asked about in full, for which class, what, until when."""

    asked: Assistance
    described: Described
    label: str
    letter: Letter | None
    late: bool


def questions_for(membership: Membership) -> list[Question]:
    """The department's questions, first those with a letter, by last day; 500 at most; three queries."""
    rows = (
        put_to(membership)
        .select_related("person", "division")
        .prefetch_related(
            Prefetch("letter_rows", LetterRow.objects.select_related("letter__organisation").order_by("letter_id"))
        )
    )
    found = list(rows.order_by(F("due_on").asc(nulls_last=True), "id")[:MOST_SHOWN])
    seen = named(found)
    return [_question(row, seen[row.pk]) for row in found if row.pk in seen]


def named(rows: Iterable[Assistance]) -> dict[int, Described]:
    """Whom the questions are about, whoever asks, by the question's id; one query."""
    return subjects_of(rows, subjects().named)


def _question(row: Assistance, described: Described) -> Question:
    letters = [one.letter for one in row.letter_rows.all()]
    return Question(
        row, described, label_of(row.check_code, row.category), letters[-1] if letters else None, is_late(row.due_on)
    )


def is_late(due_on: date | None) -> bool:
    """Past its last day."""
    return due_on is not None and due_on < timezone.localdate()


def by_letter(questions: Iterable[Question]) -> list[tuple[Letter | None, list[Question]]]:
    """The questions under the letter that asked last, the newest letter first, those without one at the end."""

    def key(one: Question) -> int:
        return -one.letter.pk if one.letter else 1

    return [
        (rows[0].letter, rows) for _key, group in groupby(sorted(questions, key=key), key=key) if (rows := list(group))
    ]


def opened(membership: Membership) -> list[Question]:
    """The questions with names and numbers in full, put on record: which people were shown to whom
    (R-SEC-1, R-SEC-2).
    """
    questions = questions_for(membership)
    if questions:
        record(
            "assistance.shown",
            by=membership,
            kind="assistance",
            people=len(questions),
            questions=[one.asked.pk for one in questions],
        )
    return questions
