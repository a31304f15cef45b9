"""Deadlines of 协查: who is reminded when a question's last day nears or has passed, once a stage (R-ELG-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from casework.domain.routing import parameter
from casework.domain.workdays import due_on
from casework.models import Notice
from eligibility.domain.departments import accounts_asked, alive, named
from eligibility.domain.replying import KIND
from eligibility.enums import Answer, Urgency
from eligibility.models import Assistance, Reminder

DAYS = "assistance_reminder_workdays"


def remind(today: date | None = None) -> int:
    """Remind departments and offices in charge of every question whose stage nobody was reminded of yet; gives how many
    questions.

    Whoever calls it twice, or two workers at once, tell once: the stage is written first, and only what was written is
    reminded.
    """
    day = today or timezone.localdate()
    with transaction.atomic():
        new = [(row, stage) for row, stage in due(day) if _first(row, stage)]
        _tell(new)
    return len(new)


def due(day: date) -> list[tuple[Assistance, str]]:
    """The open questions to remind of: late ones, and those whose last day lies within the working days their place has
    set.
    """
    rows = (
        alive()
        .filter(answer=Answer.OPEN, due_on__isnull=False)
        .exclude(reminders__stage=Urgency.LATE)
        .select_related("division")
    )
    reminded = set(Reminder.objects.filter(stage=Urgency.NEAR).values_list("assistance", flat=True))
    ends: dict[str, date] = {}
    found: list[tuple[Assistance, str]] = []
    for row in rows.order_by("id"):
        if row.division_id not in ends:
            ends[row.division_id] = due_on(day, int(parameter(DAYS, division=row.division)))
        if row.due_on < day:
            found.append((row, Urgency.LATE))
        elif row.due_on <= ends[row.division_id] and row.pk not in reminded:
            found.append((row, Urgency.NEAR))
    return found


def _first(asked: Assistance, stage: str) -> bool:
    """Whether this reminder is the first of its stage; the database decides between two at once."""
    return Reminder.objects.get_or_create(assistance=asked, stage=stage, defaults={"at": timezone.now()})[1]


def _tell(new: Iterable[tuple[Assistance, str]]) -> None:
    """One notice a stage to each department and each office in charge, with how many questions."""
    new = list(new)
    departments = accounts_asked(row for row, _stage in new)
    seen = named(row for row, _stage in new)
    asked: Counter[tuple[Organisation, str]] = Counter()
    asking: Counter[tuple[int, str]] = Counter()
    for row, stage in new:
        asked.update((office, stage) for office in departments[row.pk])
        found = seen.get(row.pk)
        if found and found.desk:
            asking[found.desk, stage] += 1
    first = new[0][0].pk if new else 0
    Notice.objects.bulk_create(
        [
            *(
                Notice(organisation=office, kind=KIND, object_id=first, url=reverse("asked"), text=_words(stage, n))
                for (office, stage), n in asked.items()
            ),
            *(
                Notice(
                    organisation_id=office,
                    kind=KIND,
                    object_id=first,
                    url=reverse("assistances"),
                    text=_office_words(stage, n),
                )
                for (office, stage), n in asking.items()
            ),
        ]
    )


def _words(stage: str, count: int) -> str:
    if stage == Urgency.LATE:
        return _("%(count)s项协查已超过答复期限，请尽快答复。") % {"count": count}
    return _("%(count)s项协查即将到答复期限，请按期答复。") % {"count": count}


def _office_words(stage: str, count: int) -> str:
    if stage == Urgency.LATE:
        return _("%(count)s项协查已超过答复期限，部门还没有答复，请催办。") % {"count": count}
    return _("%(count)s项协查即将到答复期限，部门还没有答复。") % {"count": count}
