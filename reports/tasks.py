"""Background work of the reports."""

from celery import shared_task

from casework.domain.jobs import finish, progress, running
from reports.domain.sheets import write_export as write
from reports.domain.tallies import refresh
from reports.models import Export


@shared_task
def write_export(job_id: int) -> None:
    """Write the file of one export; a second run finds it written (R-RPT-8)."""
    with running(job_id) as job:
        if job is None:
            return
        export = write(
            Export.objects.select_related("division").get(pk=job.object_id), lambda done: progress(job, done)
        )
        finish(job, rows=export.rows)


@shared_task
def refresh_tallies() -> None:
    """Every half minute: tally the classes that changed; of two at a time the second does nothing (P3)."""
    while refresh():
        pass
