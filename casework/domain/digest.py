"""The daily digest: what there is to do and to read, by mail or SMS on the morning of a working day (R-SEC-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from casework.domain.deliveries import MORNING, contact_of, reached_by, with_link
from casework.domain.desks import FIELDS, Row, deciders
from casework.domain.workdays import calendar
from casework.enums import Pace, Standing, State, Topic
from casework.models import Delivery, Notice, WorkItem
from kit.workdays import Calendar

SOON = 2  # working days


@dataclass(frozen=True)
class News:
    """A notice since the last digest: whom it is for (None: everybody there), who has opened it."""

    topic: str
    reader: int | None
    seen_by: set[int]


@dataclass(frozen=True)
class Morning:
    """What is known of everybody on a morning: 待办 in words by (organisation, user), news and returned cases by
    organisation.
    """

    todo: dict[tuple[int, int], str]
    news: dict[int, list[News]]
    returned: dict[int, int]

    def says(self, membership: Membership) -> str:
        """What one person is told, as far as he wants it in his digest; "" for nothing."""
        contact, office, user = contact_of(membership.user), membership.organisation_id, membership.user_id
        wanted = {topic for topic in Topic.values if contact.pace(topic) == Pace.DIGEST}
        parts = [self.todo.get((office, user), "")] if Topic.WORK in wanted else []
        if membership.is_unit and Topic.CASE in wanted and (n := self.returned.get(office, 0)):
            parts.append(ngettext("退回待补正 %(n)s 件", "退回待补正 %(n)s 件", n) % {"n": n})
        unread = [
            one
            for one in self.news.get(office, ())
            if one.topic in wanted - {Topic.WORK} and one.reader in (None, user) and user not in one.seen_by
        ]
        if n := len(unread):
            parts.append(ngettext("未读消息 %(n)s 条", "未读消息 %(n)s 条", n) % {"n": n})
        return "；".join(part for part in parts if part)


def digest() -> int:
    """On a working day, to whoever has something to do or to read; nothing to say, nothing sent; once a day.

    Gives to how many. The same queries for one person and for many.
    """
    today, known = timezone.localdate(), calendar()
    if not known.is_workday(today):
        return 0
    morning = Morning(
        todo={
            (membership.organisation_id, membership.user_id): _todo_words(rows)
            for membership, rows in deciders(_todo(today, known.add(today, SOON).day))
        },
        news=_news(_working_day_before(known, today)),
        returned=dict(
            WorkItem.objects.filter(state=State.RETURNED, standing=Standing.WAITING)
            .order_by()
            .values_list("applicant")
            .annotate(n=Count("pk"))
        ),
    )
    offices = {office for office, _user in morning.todo} | {*morning.news, *morning.returned}
    seats = (
        Membership.objects.current().filter(organisation__in=offices).select_related("user__contact", "organisation")
    )
    told = {
        (membership.organisation_id, membership.user_id): (ways, said)
        for membership in seats
        if (ways := reached_by(membership.user)) and (said := morning.says(membership))
    }
    Delivery.objects.bulk_create(
        (
            Delivery(
                organisation_id=office,
                user_id=user,
                channel=channel,
                day=today,
                subject=_("凡补：每日摘要"),
                text=with_link(_("%(day)s：您有%(what)s。") % {"day": today.isoformat(), "what": said}, "/"),
            )
            for (office, user), (ways, said) in told.items()
            for channel in ways
        ),
        ignore_conflicts=True,
    )
    return len(told)


def _todo(today: date, soon: date) -> Iterable[Row]:
    return (
        WorkItem.objects.filter(standing=Standing.TODO, desk__isnull=False)
        .values(*FIELDS)
        .annotate(
            count=Count("pk"),
            soon=Count("pk", filter=Q(due_on__gte=today, due_on__lte=soon)),
            late=Count("pk", filter=Q(due_on__lt=today)),
            oldest=Min("due_on", filter=Q(due_on__lt=today)),
        )
        .order_by()
    )


def _todo_words(rows: list[Row]) -> str:
    count, soon, late = (sum(row[name] for row in rows) for name in ("count", "soon", "late"))
    words = ngettext("待办 %(n)s 件", "待办 %(n)s 件", count) % {"n": count}
    if soon:
        words += ngettext("，%(n)s 件两个工作日内到期", "，%(n)s 件两个工作日内到期", soon) % {"n": soon}
    if late:
        oldest = min(row["oldest"] for row in rows if row["oldest"])
        words += ngettext(
            "，%(n)s 件已超期（最早的期限是 %(day)s）", "，%(n)s 件已超期（最早的期限是 %(day)s）", late
        ) % {"n": late, "day": oldest.isoformat()}
    return words


def _working_day_before(known: Calendar, today: date) -> date:
    day = today - timedelta(days=1)
    while not known.is_workday(day):
        day -= timedelta(days=1)
    return day


def _news(day: date) -> dict[int, list[News]]:
    """The notices since that day's morning, by organisation. Two queries."""
    since = datetime.combine(day, MORNING, tzinfo=timezone.get_current_timezone())
    seen: dict[int, set[int]] = defaultdict(set)
    through = Notice.seen_by.through.objects.filter(notice__at__gte=since)
    for notice, user in through.values_list("notice_id", "user_id"):
        seen[notice].add(user)
    found: dict[int, list[News]] = defaultdict(list)
    rows = Notice.objects.filter(at__gte=since).values_list("pk", "organisation", "topic", "reader")
    for pk, organisation, topic, reader in rows:
        found[organisation].append(News(topic, reader, seen[pk]))
    return found
