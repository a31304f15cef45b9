"""Long work people can watch: queue, report progress, end, find the stuck, take up again; and who may do what with it
(R-ELG-6).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import HANDS_ON, OrganisationKind
from accounts.models import Division, Membership, Organisation
from casework.enums import TO_TAKE_UP, JobState
from casework.models import Job, WorkItem
from kit.storage import is_disk_full

SILENCE = timedelta(seconds=60)
MOST_ATTEMPTS = 5


def queue(
    task: str,
    *,
    title: str,
    kind: str = "",
    object_id: int | None = None,
    owner: Organisation | None = None,
    division: Division | None = None,
    by: Membership | None = None,
    queue_name: str = "interactive",
    total: int = 0,
    **arguments: Any,
) -> Job:
    """A job row now, its task after commit. The task gets the job's id and nothing else."""
    job = Job.objects.create(
        task=task,
        title=title,
        kind=kind,
        object_id=object_id,
        owner=owner,
        division=division,
        by=by,
        queue=queue_name,
        total=total,
        arguments=arguments,
    )
    transaction.on_commit(lambda: send(job))
    return job


def send(job: Job) -> None:
    current_app.send_task(job.task, args=[job.pk], queue=job.queue)


def begin(job_id: int) -> Job | None:
    """Take up a job for this worker; None when another worker is at it or it has ended."""
    now = timezone.now()
    taken = (
        Job.objects.filter(pk=job_id)
        .filter(Q(state__in=[JobState.QUEUED, JobState.STUCK]) | Q(state=JobState.RUNNING, heartbeat__lt=now - SILENCE))
        .update(state=JobState.RUNNING, started_at=now, heartbeat=now, attempts=F("attempts") + 1)
    )
    return Job.objects.select_related("by", "owner", "division").get(pk=job_id) if taken else None


def progress(job: Job, done: int, total: int | None = None) -> None:
    """How far; doubles as the heartbeat."""
    job.done, job.heartbeat = done, timezone.now()
    if total is not None:
        job.total = total
    job.save(update_fields=["done", "total", "heartbeat"])


def finish(job: Job, message: str = "", **result: Any) -> None:
    job.state, job.ended_at, job.message, job.result = JobState.DONE, timezone.now(), message, result
    job.done = max(job.done, job.total)
    job.save(update_fields=["state", "ended_at", "message", "result", "done", "file", "file_name"])


def no_room_sentence() -> str:
    return _("服务器存储空间已满，这次操作没有保存，已保存的资料没有丢失。请联系运维人员清理空间后重新办理。")


@contextmanager
def running(job_id: int) -> Iterator[Job | None]:
    """`with running(job_id) as job:` — None when there is nothing to do; an exception leaves the job failed with a
    sentence.
    """
    job = begin(job_id)
    try:
        yield job
    except Exception as problem:
        if job:
            Job.objects.filter(pk=job.pk).update(
                state=JobState.FAILED,
                ended_at=timezone.now(),
                message=(
                    no_room_sentence()
                    if is_disk_full(problem)
                    else _("处理中断（%(kind)s）。资料没有丢失，可以重新开始。") % {"kind": type(problem).__name__}
                ),
            )
        raise


def stuck() -> list[Job]:
    """Jobs whose worker fell silent, and queued ones nobody took; marked so that people see it."""
    silent = timezone.now() - SILENCE
    open_jobs = Job.objects.filter(
        Q(state=JobState.RUNNING, heartbeat__lt=silent)
        | Q(state__in=[JobState.QUEUED, JobState.STUCK], queued_at__lt=silent)
    )
    jobs = list(open_jobs)
    for job in jobs:
        if job.state == JobState.RUNNING:
            Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(state=JobState.STUCK)
    return jobs


def take_up_again(job: Job) -> None:
    """Put a stuck or failed job back into its queue; its task finds what is already done."""
    Job.objects.filter(pk=job.pk).exclude(state=JobState.DONE).update(
        state=JobState.QUEUED, queued_at=timezone.now(), message="", ended_at=None
    )
    transaction.on_commit(lambda: send(job))


def jobs_of(membership: Membership) -> QuerySet[Job]:
    """Those of the membership's scope, and those its user started; an industry department sees its own and those of
    cases on its desk (R-SEC-1).
    """
    scope = Job.objects.visible_to(membership)
    if membership.organisation.kind == OrganisationKind.INDUSTRY:
        own_cases = WorkItem.objects.visible_to(membership).filter(
            kind=OuterRef("kind"), object_id=OuterRef("object_id")
        )
        scope = scope.filter(Q(Exists(own_cases)) | Q(by__organisation=membership.organisation_id))
    rows = scope | Job.objects.filter(by__user=membership.user_id)
    return rows.select_related("by__user", "by__organisation", "owner")


def may_fetch(job: Job, membership: Membership) -> bool:
    """A result goes to the person who asked for it, and to colleagues of the unit that owns it; to nobody else
    (R-SEC-1).
    """
    asked = job.by is not None and job.by.user_id == membership.user_id
    return asked or (membership.is_unit and job.owner_id == membership.organisation_id)


def may_restart(job: Job, membership: Membership) -> bool:
    mine = job.by is not None and job.by.organisation_id == membership.organisation_id
    return mine or job.owner_id == membership.organisation_id or membership.role in HANDS_ON


def shown(job: Job, membership: Membership) -> Job:
    """The job with what this membership may do with it."""
    job.can_fetch = bool(job.file) and job.state == JobState.DONE and may_fetch(job, membership)
    job.can_restart = job.state in TO_TAKE_UP and may_restart(job, membership)
    return job
