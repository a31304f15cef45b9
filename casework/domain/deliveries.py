"""The box of mail and SMS: what a notice puts into it, and how it is emptied (R-SEC-3).

A notice stands in the transaction of its act with `undelivered` set; `spread` finds for it whom it should reach. So
nothing is lost when a worker dies, and a move costs no query more. What leaves names nobody: a case's number at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from casework.channels import ChannelError, Message, adapter, open_channels
from casework.domain.flow import flows
from casework.enums import Channel, DeliveryState, Pace, Topic
from casework.models import Contact, Delivery, Notice, WorkItem

NIGHT, MORNING = time(21), time(8)
NOTICES_AT_ONCE, MESSAGES_AT_ONCE = 200, 20  # twenty messages that all time out are done before WORKER_LOST
LATER = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30)]
GIVE_UP = timedelta(days=1)
WORKER_LOST = timedelta(minutes=10)
LONGEST = 500
QUEUED, SENDING, SENT = DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT


def contact_of(user: User) -> Contact:
    """What the user chose; what holds for whoever chose nothing."""
    return getattr(user, "contact", None) or Contact(user=user)


def reached_by(user: User) -> list[str]:
    """The channels this user is reached by now: one the portal has, he wants, and has an address for."""
    contact = contact_of(user)
    ways = {Channel.MAIL: contact.by_mail and contact.mail, Channel.SMS: contact.by_sms and user.phone}
    return [channel for channel in open_channels() if ways[Channel(channel)]]


def address_of(user: User, channel: str) -> str:
    return str((contact_of(user).mail if channel == Channel.MAIL else user.phone) or "")


def when(channel: str, now: datetime) -> datetime:
    """An SMS does not come at night: in the morning then."""
    local = timezone.localtime(now)
    if channel != Channel.SMS or MORNING <= local.time() < NIGHT:
        return now
    day = local.date() + timedelta(days=1 if local.time() >= NIGHT else 0)
    return datetime.combine(day, MORNING, tzinfo=local.tzinfo)


def spread() -> int:
    """For notices nobody looked at yet: a message to each reader who wants it at once. Gives how many notices; the same
    queries for one reader and for many.
    """
    with transaction.atomic():
        notices = list(
            Notice.objects.select_for_update(skip_locked=True).filter(undelivered=True).order_by("id")[:NOTICES_AT_ONCE]
        )
        if not notices:
            return 0
        if open_channels():
            Delivery.objects.bulk_create(_deliveries(notices), ignore_conflicts=True)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(undelivered=False)
    return len(notices)


def _deliveries(notices: Sequence[Notice]) -> Iterable[Delivery]:
    seats: dict[int, dict[int, Membership]] = defaultdict(dict)
    rows = Membership.objects.current().filter(organisation__in={notice.organisation_id for notice in notices})
    for membership in rows.select_related("user__contact"):
        seats[membership.organisation_id][membership.user_id] = membership
    numbers, now = numbers_of(notices), timezone.now()
    for notice in notices:
        text = words_of(notice, numbers.get((notice.kind, notice.object_id), ""))
        for user, membership in seats[notice.organisation_id].items():
            if notice.reader_id not in (None, user) or contact_of(membership.user).pace(notice.topic) != Pace.NOW:
                continue
            for channel in reached_by(membership.user):
                yield Delivery(
                    notice=notice,
                    organisation_id=notice.organisation_id,
                    user_id=user,
                    channel=channel,
                    subject=f"{_('凡补')}：{Topic(notice.topic).label}",
                    text=text,
                    due_at=when(channel, now),
                )


def numbers_of(notices: Iterable[Notice]) -> dict[tuple[str, int], str]:
    """The numbers of the cases these notices are about, by kind and object."""
    cases = Q()
    for kind, object_id in {(notice.kind, notice.object_id) for notice in notices if notice.kind in flows()}:
        cases |= Q(kind=kind, object_id=object_id)
    rows = WorkItem.objects.filter(cases).values_list("kind", "object_id", "number") if cases else ()
    return {(kind, pk): number for kind, pk, number in rows}


def words_of(notice: Notice, number: str) -> str:
    """What is sent of a notice. Its own text may name people, and stays inside; work, deadlines and announcements
    name nobody.
    """
    if notice.topic != Topic.CASE:
        said = notice.text
    elif notice.kind in flows() and number:
        said = _("%(kind)s %(number)s 有新进展，请登录门户查看。") % {
            "kind": flows()[notice.kind].label,
            "number": number,
        }
    else:
        said = _("您有 1 条新消息，请登录门户查看。")
    return with_link(said)


def with_link(said: str, path: str = "/notices/") -> str:
    """The text with the address of the page; cut so that the address is whole."""
    link = f" {settings.PORTAL_URL}{path}" if settings.PORTAL_URL else ""
    return said[: LONGEST - len(link)] + link


# ── out
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────


_CLAIM = """
UPDATE casework_delivery SET state = 'sending', claimed_at = %(now)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM casework_delivery
    WHERE (state = 'queued' AND due_at <= %(now)s) OR (state = 'sending' AND claimed_at < %(lost)s)
    ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def send_due() -> int:
    """Send what is due, at most a handful a call; gives how many were taken up.

    Two workers never hold the same message; one whose worker died goes out again under the same key.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "lost": now - WORKER_LOST, "most": MESSAGES_AT_ONCE})
        claimed = [pk for (pk,) in cursor.fetchall()]
    rows = Delivery.objects.filter(pk__in=claimed).select_related("user__contact")
    rows = sorted(rows, key=lambda row: (row.due_at, row.pk))
    seats = set(
        Membership.objects.current()
        .filter(user__in={row.user_id for row in rows}, organisation__in={row.organisation_id for row in rows})
        .values_list("user", "organisation")
    )
    down: dict[str, str] = {}
    for row in rows:
        if row.channel in down:
            _put_back(row, down[row.channel], tried=False)
        elif (row.user_id, row.organisation_id) not in seats:
            _drop(row, _("收件人已不在岗。"))
        elif sentence := _send(row):
            down[row.channel] = sentence
    return len(rows)


def _send(row: Delivery) -> str:
    """Send one message. Gives the sentence of a channel that does not answer at all, else ""."""
    way, to = adapter(row.channel), address_of(row.user, row.channel)
    if not way or row.channel not in reached_by(row.user):
        _drop(row, _("收件人没有可用的地址，或不再接收。"))
        return ""
    try:
        way.send(Message(to=to, subject=row.subject, text=row.text, key=f"fanbu-{row.pk}-{row.at:%Y%m%d%H%M%S}"))
    except ChannelError as error:
        if error.final or timezone.now() - row.at > GIVE_UP:
            row.state, row.said = DeliveryState.FAILED, error.sentence
            row.save(update_fields=["state", "said"])
        else:
            _put_back(row, error.sentence, tried=True)
        return error.sentence if error.down else ""
    row.state, row.sent_at, row.said = SENT, timezone.now(), ""
    row.save(update_fields=["state", "sent_at", "said"])
    return ""


def _put_back(row: Delivery, sentence: str, *, tried: bool) -> None:
    """Try later; one that was not tried because its channel is down has not used up an attempt."""
    row.attempts -= not tried
    row.state, row.said = QUEUED, sentence
    row.due_at = when(row.channel, timezone.now() + LATER[min(row.attempts, len(LATER) - 1)])
    row.save(update_fields=["state", "said", "due_at", "attempts"])


def _drop(row: Delivery, sentence: str) -> None:
    row.state, row.said = DeliveryState.DROPPED, sentence
    row.save(update_fields=["state", "said"])
