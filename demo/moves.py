"""A move, and the work it queues done at once: while the demo's data are made there is no worker yet."""

from __future__ import annotations

from typing import Any

from celery import current_app

from accounts.models import Membership
from casework.domain.moves import take
from casework.enums import JobState
from casework.models import Job


def move(application: Any, name: str, *, by: Membership | None, reason: str = "") -> None:
    """Take the move, then do whatever is queued."""
    take(application, name, by=by, reason=reason)
    work_off()


def work_off() -> None:
    """Do every queued job here and now, each by its own task; a worker that hears of them later finds them done."""
    while job := Job.objects.filter(state=JobState.QUEUED).order_by("pk").first():
        current_app.tasks[job.task](job.pk)
