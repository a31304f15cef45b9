"""Officers are told of new work, offices and units are reminded of last days (R-SEC-3).

Both may be run at any time and by two workers at once: what was told is a row that is unique.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from casework.domain.desks import FIELDS, Row, deciders
from casework.domain.flow import flows
from casework.domain.routing import everywhere
from casework.domain.workdays import calendar
from casework.enums import Standing, State, Topic
from casework.models import Notice, WorkItem

WORK, DEADLINE = "work", "deadline"


def tell_of_work() -> int:
    """Tell the people of each desk what came today: one notice a person and day, which is new again when more comes.
    Gives how many were told.
    """
    today = timezone.localdate()
    morning = datetime.combine(today, time(), tzinfo=timezone.get_current_timezone())
    came = (
        WorkItem.objects.filter(standing=Standing.TODO, since__gte=morning, desk__isnull=False)
        .values(*FIELDS)
        .annotate(count=Count("pk"), newest=Max("since"), first=Min("due_on"))
        .order_by()
    )
    number, told = today.toordinal(), list(deciders(came))
    if not told:
        return 0
    with transaction.atomic():
        readers = {membership.user_id for membership, _rows in told}
        known = {
            (notice.organisation_id, notice.reader_id): notice
            for notice in Notice.objects.select_for_update().filter(reader__in=readers, kind=WORK, object_id=number)
        }
        new, changed = [], []
        for membership, rows in told:
            newest = max(row["newest"] for row in rows)
            notice = known.get((membership.organisation_id, membership.user_id))
            if notice is None:
                new.append(_to(membership, WORK, number, topic=Topic.WORK, text=_work_words(rows), at=newest))
            elif newest > notice.at:
                notice.text, notice.at = _work_words(rows), newest
                changed.append(notice)
        Notice.objects.bulk_create(new, ignore_conflicts=True)
        if changed:
            Notice.objects.bulk_update(changed, ["text", "at"])
            Notice.seen_by.through.objects.filter(notice__in=changed).delete()
    return len(new) + len(changed)


def _to(membership: Membership, kind: str, number: int, **fields: Any) -> Notice:
    """A notice to one person, which opens his 待办."""
    return Notice(
        organisation_id=membership.organisation_id,
        reader_id=membership.user_id,
        kind=kind,
        object_id=number,
        url=reverse("inbox", args=["todo"]),
        **fields,
    )


def _work_words(rows: list[Row]) -> str:
    count = sum(row["count"] for row in rows)
    words = ngettext("今天新到待办 %(n)s 件。", "今天新到待办 %(n)s 件。", count) % {"n": count}
    first = min((row["first"] for row in rows if row["first"]), default=None)
    return words + (_("最早的办理期限是 %(day)s。") % {"day": first.isoformat()} if first else "")


# ── last days
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def remind() -> int:
    """On a working day: who may decide a case that is due in so many working days, and units whose returned case lies
    still. Gives how many cases.
    """
    if not calendar().is_workday(timezone.localdate()):
        return 0
    with transaction.atomic():
        return _remind_offices() + _remind_units()


_REMINDED = """
INSERT INTO casework_reminded (kind, object_id, day, state, at)
SELECT kind, object_id, day, state, now()
FROM unnest(%(kinds)s::text[], %(numbers)s::bigint[], %(days)s::date[], %(states)s::text[])
     AS asked (kind, object_id, day, state)
ON CONFLICT DO NOTHING RETURNING kind, object_id
"""


def _not_yet(found: list[tuple[Row, date]]) -> list[Row]:
    """Those of the work items that nobody was reminded of for this day, now on record as reminded of."""
    values = {
        "kinds": [row["kind"] for row, _day in found],
        "numbers": [row["object_id"] for row, _day in found],
        "days": [day for _row, day in found],
        "states": [row["state"] for row, _day in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(_REMINDED, values)
        new = set(cursor.fetchall())
    return [row for row, _day in found if (row["kind"], row["object_id"]) in new]


def _cases(**wanted: Any) -> Iterable[Row]:
    fields = (
        "kind",
        "object_id",
        "number",
        "state",
        "need",
        "category",
        "training_type",
        "barred",
        "due_on",
        "since",
        "url",
    )
    rows = WorkItem.objects.filter(**wanted).select_related("division").order_by("due_on", "id")
    for item in rows:
        yield {name: getattr(item, name) for name in fields} | {
            "desk": item.desk_id,
            "division": item.division,
            "applicant": item.applicant_id,
        }


def _remind_offices() -> int:
    today, known, days = timezone.localdate(), calendar(), everywhere("chase_workdays")
    due = []
    for row in _cases(
        standing=Standing.TODO, desk__isnull=False, due_on__gte=today, due_on__lte=known.add(today, days.most).day
    ):
        before = days.at(row["division"])
        if before is not None and row["due_on"] <= known.add(today, int(before)).day:
            due.append((row, row["due_on"]))
    new = _not_yet(due)
    notices = []
    for membership, rows in deciders(new):
        count, first = len(rows), min(row["due_on"] for row in rows)
        words = ngettext(
            "%(n)s 件待办将到办理期限，最早的是 %(number)s（%(day)s）。",
            "%(n)s 件待办将到办理期限，最早的是 %(number)s（%(day)s）。",
            count,
        ) % {"n": count, "number": rows[0]["number"], "day": first.isoformat()}
        notices.append(_to(membership, DEADLINE, today.toordinal(), topic=Topic.DEADLINE, text=words))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(new)


def _remind_units() -> int:
    today, known, days = timezone.localdate(), calendar(), everywhere("returned_reminder_workdays")
    late = []
    for row in _cases(state=State.RETURNED, standing=Standing.WAITING):
        after, since = days.at(row["division"]), timezone.localdate(row["since"])
        if after is not None and known.add(since, int(after)).day <= today:
            late.append((row, since))
    new = _not_yet(late)
    Notice.objects.bulk_create(
        Notice(
            organisation_id=row["applicant"],
            topic=Topic.DEADLINE,
            kind=row["kind"],
            object_id=row["object_id"],
            url=row["url"],
            text=_("%(kind)s %(number)s 自 %(day)s 退回补正后还没有重新提交，请补正后提交。")
            % {
                "kind": flows()[row["kind"]].label,
                "number": row["number"],
                "day": timezone.localdate(row["since"]).isoformat(),
            },
        )
        for row in new
    )
    return len(new)
