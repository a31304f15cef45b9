"""How the portal runs, in business words and as numbers: one list for the operations page and for /metrics (R-SEC-3).

Each room hands down a reader in `ready()`; a line says what is, since when, and where it is mended.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Min, Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import Level, Role
from accounts.models import DailyDigest, Event, Finding, Membership
from casework.enums import TO_TAKE_UP, JobState, Standing
from casework.models import Job, WorkItem
from kit.moments import minute

PULSE = "operations:pulse"
PULSE_KEPT = 7 * 86_400  # seconds
PULSE_LATE = timedelta(minutes=2)  # the beat asks every half minute
QUEUE_LATE = {"interactive": timedelta(minutes=2), "checks": timedelta(minutes=10)}
OTHERS_LATE = timedelta(hours=1)
COPY_LATE = timedelta(hours=26)
LEAST_ROOM = 0.1  # of the disk


class Health(StrEnum):
    GOOD = "success"
    LATE = "warning"
    BAD = "danger"


@dataclass(frozen=True)
class Line:
    """One line of the page and one number: `name` (and `of` what) for the machine, the rest for people."""

    name: str
    title: str | Promise
    value: float
    sentence: str
    health: Health = Health.GOOD
    url: str = ""
    of: str = ""


Reader = Callable[[], Iterable[Line]]
_readers: list[Reader] = []


def register_operations(reader: Reader) -> None:
    """Called from `ready()`. The reader knows no membership: its numbers are those of the whole region."""
    _readers.append(reader)


def lines() -> list[Line]:
    """Everything there is to say, as the rooms say it."""
    return [line for read in _readers for line in read()]


def may_see_operations(membership: Membership) -> bool:
    """Whoever runs the portal: administrators of the region, and its auditors."""
    audits = membership.role == Role.AUDITOR and membership.division.level == Level.REGION
    return membership.administers_region or audits


def beat_heard() -> None:
    """Note that the beat rang and a worker heard it: both are alive."""
    cache.set(PULSE, timezone.now(), PULSE_KEPT)


def running() -> Iterable[Line]:
    """The work behind the pages, the queues, and the room left for files."""
    now = timezone.now()
    yield _pulse(now)
    yield from _queues(now)
    yield _to_take_up()
    yield _room()
    yield _database()


def nightly() -> Iterable[Line]:
    """What the nights leave behind: the copy, the digest of the trail, the searches' findings."""
    yield _copy()
    last, title = DailyDigest.objects.first(), gettext_lazy("每日摘要")
    age = (timezone.localdate() - last.day).days if last else -1
    if last is None:
        yield Line("digest_age_days", title, age, _("还没有生成过。"), Health.LATE, reverse("digests"))
    else:
        health = Health.GOOD if age <= 1 else Health.LATE
        words = _("最近一份是 %(day)s 的。") % {"day": last.day.isoformat()}
        yield Line("digest_age_days", title, age, words, health, reverse("digests"))
    count = Finding.objects.filter(gone_at__isnull=True).count()
    words = ngettext("%(count)d 个问题没有处理。", "%(count)d 个问题没有处理。", count) % {"count": count}
    title = gettext_lazy("夜间核对")
    if count:
        yield Line("findings", title, count, words, Health.LATE, reverse("findings"))
    else:
        yield Line("findings", title, 0, _("没有问题。"), url=reverse("findings"))
    late = WorkItem.objects.filter(standing=Standing.TODO, due_on__lt=timezone.localdate()).count()
    words = ngettext("%(count)d 件超过办理时限。", "%(count)d 件超过办理时限。", late) % {"count": late}
    yield Line(
        "overdue_cases",
        gettext_lazy("超期"),
        late,
        words if late else _("没有超期的件。"),
        Health.LATE if late else Health.GOOD,
        reverse("overdue"),
    )


def _copy() -> Line:
    """When everything was last copied (`manage.py backup`)."""
    title, last = gettext_lazy("备份"), Event.objects.filter(act="backup.made").order_by("-id").first()
    if last is None:
        return Line("backup_age_seconds", title, float("nan"), _("还没有做过备份（manage.py backup）。"), Health.BAD)
    age = timezone.now() - last.at
    words = _("最近一次是 %(when)s。") % {"when": minute(last.at)}
    return Line(
        "backup_age_seconds", title, age.total_seconds(), words, Health.GOOD if age < COPY_LATE else Health.LATE
    )


def _pulse(now: datetime) -> Line:
    heard: datetime | None = cache.get(PULSE)
    title = gettext_lazy("后台任务")
    if heard is None:
        words = _("还没有应答过：比对、导入、导出和夜间任务都在等。请检查 worker 和 beat 是否启动。")
        return Line("pulse_age_seconds", title, float("nan"), words, Health.BAD)
    age = (now - heard).total_seconds()
    if now - heard > PULSE_LATE:
        words = _("自 %(when)s 起没有应答：比对、导入、导出和夜间任务都在等。请检查 worker 和 beat。") % {
            "when": minute(heard)
        }
        return Line("pulse_age_seconds", title, age, words, Health.BAD)
    words = _("正常，%(when)s 有应答。") % {"when": minute(heard)}
    return Line("pulse_age_seconds", title, age, words)


def _queues(now: datetime) -> Iterable[Line]:
    """A line a queue: how many wait, and since when the oldest does."""
    waiting = {
        row["queue"]: row
        for row in Job.objects.filter(state=JobState.QUEUED)
        .values("queue")
        .annotate(count=Count("id"), oldest=Min("queued_at"))
    }
    for name in settings.CELERY_TASK_QUEUES_ORDER:
        row = waiting.get(name)
        title = _("队列：%(queue)s") % {"queue": QUEUES.get(name, name)}
        if row is None:
            yield Line("jobs_waiting", title, 0, _("没有等待的任务。"), of=name)
            continue
        late = now - row["oldest"] > QUEUE_LATE.get(name, OTHERS_LATE)
        words = ngettext(
            "%(count)d 项任务等待，最早的自 %(when)s 起。", "%(count)d 项任务等待，最早的自 %(when)s 起。", row["count"]
        ) % {"count": row["count"], "when": minute(row["oldest"])}
        health = Health.LATE if late else Health.GOOD
        yield Line("jobs_waiting", title, row["count"], words, health, reverse("jobs") + "?state=open", of=name)


QUEUES = {
    "interactive": gettext_lazy("随办随做"),
    "checks": gettext_lazy("比对"),
    "exports": gettext_lazy("导出"),
    "nightly": gettext_lazy("夜间"),
}


def _to_take_up() -> Line:
    """Jobs that stand still or failed within a week."""
    week = timezone.now() - timedelta(days=7)
    found = Job.objects.filter(state__in=TO_TAKE_UP, queued_at__gte=week).aggregate(
        all=Count("id"), failed=Count("id", filter=Q(state=JobState.FAILED))
    )
    title, url = gettext_lazy("停滞或失败的任务"), reverse("jobs") + "?state=bad"
    if not found["all"]:
        return Line("jobs_to_take_up", title, 0, _("一周内没有。"))
    words = _("一周内停滞 %(stuck)d 项、失败 %(failed)d 项，可以重新开始。") % {
        "stuck": found["all"] - found["failed"],
        "failed": found["failed"],
    }
    return Line("jobs_to_take_up", title, found["all"], words, Health.LATE, url)


def _room() -> Line:
    title = gettext_lazy("文件存储")
    try:
        usage = shutil.disk_usage(settings.MEDIA_ROOT)
    except FileNotFoundError:
        return Line("storage_free_bytes", title, 0, _("存放文件的目录不存在，附件不能保存。"), Health.BAD)
    share = usage.free / usage.total
    words = _("还有 %(free)s（%(percent)d %%）。") % {"free": filesizeformat(usage.free), "percent": share * 100}
    if share < LEAST_ROOM:
        return Line("storage_free_bytes", title, usage.free, words + _("请尽快清理或扩容。"), Health.BAD)
    return Line("storage_free_bytes", title, usage.free, words)


def _database() -> Line:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), count(*), current_setting('max_connections')::int"
            " FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
        size, used, most = cursor.fetchone()
    words = _("%(size)s，连接 %(used)d 个，上限 %(most)d 个。") % {
        "size": filesizeformat(size),
        "used": used,
        "most": most,
    }
    health = Health.LATE if used > 0.8 * most else Health.GOOD
    return Line("database_bytes", gettext_lazy("数据库"), size, words, health)
