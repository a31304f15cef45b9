"""What beat does by day and night, at once, after the practice calendar was moved on."""

from typing import Any

from celery import current_app, shared_task
from celery.signals import task_prerun

from casework.domain.jobs import finish, running
from demo.clock import keep_pace

NIGHTLY = ("training.tasks.advance_classes", "subsidies.tasks.end_publicity", "eligibility.tasks.remind")


@task_prerun.connect
def on_the_practice_calendar(**_kwargs: Any) -> None:
    keep_pace()


@shared_task
def night(job_id: int) -> None:
    """Run the calendar's tasks now."""
    with running(job_id) as job:
        if job:
            for name in NIGHTLY:
                current_app.tasks[name].apply()
            finish(job)
