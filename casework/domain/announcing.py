"""通知公告: one text to many people of a region or league, looked at first, then sent to exactly those (R-SEC-1)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import OrganisationKind, Role
from accounts.models import Division, Membership
from casework.domain.deliveries import contact_of, reached_by
from casework.domain.jobs import progress, queue
from casework.enums import Channel, Pace, Topic
from casework.models import Job, Notice
from kit.crypto import digest_of
from kit.logs import NUMBERS
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written

MOST = 5000  # people
TOLD_AT_ONCE = 200
TOKEN_HOLDS = 3600  # seconds
SALT = "casework.announcement"
NAMED = 20
ANNOUNCEMENT, TASK = "announcement", "casework.tasks.announce"


@dataclass(frozen=True)
class Announcement:
    """What is to be said to whom: everybody in these roles at organisations of these kinds in a place and below it."""

    text: str
    division: Division
    kinds: Collection[str]
    roles: Collection[str]


@dataclass(frozen=True)
class Preview:
    """Who would get it now. `counts`: people, organisations, and those reached at once by each channel."""

    seats: list[tuple[int, int]]
    counts: dict[str, int]
    without_address: list[str]
    token: str


def refuse_unless_administrator(membership: Membership) -> None:
    """Only administrators of the HR departments of the region, of a league, and of the cities that report for
    themselves. Raises NotAllowed.
    """
    if not membership.administers_reporting_unit:
        raise NotAllowed(_("通知公告由自治区和盟市人社部门的超级管理员发送。"))


def preview(asked: Announcement, *, by: Membership) -> Preview:
    """Who would get it, by which ways, and who has no address; nothing is sent. Raises NotAllowed, NotValid."""
    _refuse(asked, by)
    people: dict[tuple[int, int], Membership] = {}
    rows = Membership.objects.current().filter(organisation__kind__in=asked.kinds, role__in=asked.roles)
    rows = rows.filter(organisation__division__path__startswith=asked.division.path)
    for membership in rows.select_related("user__contact", "organisation").order_by("organisation", "id")[: MOST + 1]:
        people.setdefault((membership.organisation_id, membership.user_id), membership)
    if not people:
        raise NotValid(_("没有符合条件的收件人，请改选单位种类、岗位或地区。"))
    if len(people) > MOST:
        raise NotValid(_("收件人超过%(most)s人，请缩小范围，分次发送。") % {"most": MOST})
    ways = {
        seat: reached_by(membership.user) if contact_of(membership.user).pace(Topic.ANNOUNCEMENT) == Pace.NOW else []
        for seat, membership in people.items()
    }
    counts = {
        "people": len({user for _office, user in people}),
        "organisations": len({office for office, _user in people}),
        **{channel: sum(channel in found for found in ways.values()) for channel in Channel.values},
    }
    alone = [str(membership) for seat, membership in people.items() if not ways[seat]]
    seats = sorted(people)
    token = signing.dumps({"by": by.pk, "counts": counts, "digest": _digest(asked, seats, ways)}, salt=SALT)
    return Preview(seats, counts, alone, token)


def _refuse(asked: Announcement, by: Membership) -> None:
    refuse_unless_administrator(by)
    if not asked.division.path.startswith(by.division.path):
        raise NotAllowed(_("只能发给本级管辖范围内的单位和部门。"))
    if not written(asked.text):
        raise NotValid(_("请填写内容。"), field="text")
    if NUMBERS.search(asked.text):
        raise NotValid(_("内容里有身份证号、手机号或账号一类的号码，请删去；短信和邮件不写个人信息。"), field="text")


def _digest(asked: Announcement, seats: list[tuple[int, int]], ways: Mapping[tuple[int, int], list[str]]) -> str:
    said = [
        asked.text,
        asked.division.pk,
        sorted(asked.kinds),
        sorted(asked.roles),
        [[*seat, *ways[seat]] for seat in seats],
    ]
    return digest_of(json.dumps(said, ensure_ascii=False))


def announce(asked: Announcement, token: str, *, by: Membership) -> Job:
    """Send what was previewed under this token, once. Raises NotNow with what has changed since."""
    now = preview(asked, by=by)
    try:
        seen = signing.loads(token, salt=SALT, max_age=TOKEN_HOLDS)
    except signing.BadSignature as broken:
        raise NotNow(_("预览已过期或不完整，请重新预览后发送。")) from broken
    if seen["by"] != by.pk:
        raise NotNow(_("预览不是您本人作的，请重新预览后发送。"))
    current = signing.loads(now.token, salt=SALT)
    if seen["digest"] != current["digest"]:
        raise NotNow([_("预览以后有变化，没有发送，请重新预览。"), *differences(seen["counts"], now.counts)])
    with transaction.atomic():
        Membership.objects.select_for_update().get(pk=by.pk)  # one after the other
        if Job.objects.filter(task=TASK, by=by, arguments__token=token).exists():
            raise NotNow(_("这次预览已经发送过，不再发送。"))
        record(
            "announcement.sent",
            by=by,
            division=asked.division.pk,
            text=asked.text,
            to=f"{asked.division.name}：{'、'.join([*map(_kind, asked.kinds), *map(_role, asked.roles)])}",
            people=now.counts["people"],
        )
        return queue(
            TASK,
            title=_("通知公告（%(people)s人）") % {"people": now.counts["people"]},
            kind=ANNOUNCEMENT,
            division=asked.division,
            by=by,
            queue_name="exports",
            total=len(now.seats),
            text=asked.text,
            seats=now.seats,
            token=token,
        )


def _kind(code: str) -> str:
    return str(OrganisationKind(code).label)


def _role(code: str) -> str:
    return str(Role(code).label)


LABELS = {
    "people": lambda: _("收件人"),
    "organisations": lambda: _("单位和部门"),
    Channel.MAIL: lambda: _("邮件"),
    Channel.SMS: lambda: _("短信"),
}


def differences(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """What is another number than in the preview; that the numbers are the same and the people are not."""
    found = [
        _("%(what)s由 %(before)s 变为 %(after)s。")
        % {"what": LABELS[name](), "before": before.get(name, 0), "after": after[name]}
        for name in after
        if before.get(name, 0) != after[name]
    ]
    return found or [_("人数相同，但内容、范围、收件人或其地址不是预览时的。")]


def tell_everybody(job: Job) -> int:
    """The notices of an announcement, page by page; taken up again after an interruption it tells nobody twice. Whoever
    has left since is left out.
    """
    seats, told = job.arguments["seats"], 0
    for start in range(0, len(seats), TOLD_AT_ONCE):
        page = {(office, user) for office, user in seats[start : start + TOLD_AT_ONCE]}
        here = Membership.objects.current().filter(user__in=[user for _office, user in page])
        still: Any = page & set(here.values_list("organisation", "user"))
        Notice.objects.bulk_create(
            (
                Notice(
                    organisation_id=office,
                    reader_id=user,
                    topic=Topic.ANNOUNCEMENT,
                    kind=ANNOUNCEMENT,
                    object_id=job.pk,
                    text=job.arguments["text"],
                    url="",
                )
                for office, user in sorted(still)
            ),
            ignore_conflicts=True,
        )
        told += len(still)
        progress(job, min(start + TOLD_AT_ONCE, len(seats)))
    return told
