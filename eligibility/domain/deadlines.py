"""Last days for answers worked out again when a year's arrangement is entered (R-SEC-3, R-ELG-5)."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import Division
from casework.domain.routing import parameter
from casework.domain.workdays import calendar
from eligibility.domain.assistance import WORKDAYS
from eligibility.enums import Answer
from eligibility.models import Assistance, Letter, LetterRow


def recount_answers(since: date) -> int:
    """Letters from the day they were issued, open questions from their first letter's or the day they were asked; gives
    how many moved.
    """
    known, moved = calendar(), 0
    days = cache(lambda division, day: int(parameter(WORKDAYS, division=division, day=day)))

    def counted(asked: datetime, division: Division) -> date:
        day = timezone.localdate(asked)
        return known.add(day, days(division, day)).day

    for letter in Letter.objects.filter(due_on__gte=since).select_related("division"):
        day = counted(letter.issued_at, letter.division)
        moved += Letter.objects.filter(pk=letter.pk).exclude(due_on=day).update(due_on=day)
    first = LetterRow.objects.filter(assistance=OuterRef("pk")).order_by("letter").values("letter__issued_at")[:1]
    for row in (
        Assistance.objects.filter(answer=Answer.OPEN, due_on__gte=since)
        .annotate(sent=Subquery(first))
        .select_related("division")
    ):
        day = counted(row.sent or row.asked_at, row.division)
        moved += Assistance.objects.filter(pk=row.pk).exclude(due_on=day).update(due_on=day)
    return moved
