"""The nightly watch: one job a class, behind all other work (R-ELG-8)."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.jobs import finish, queue, running
from casework.enums import UNFINISHED
from casework.models import Job
from training.domain.verification.watch import KIND, TASK, WATCHED, watch, watched
from training.models import TrainingClass


@shared_task(name="training.tasks.watch_classes")
def watch_classes() -> int:
    """Queue a watch for every running or unpaid class that has none on its way; gives how many."""
    busy = set(Job.objects.filter(task=TASK, state__in=UNFINISHED).values_list("object_id", flat=True))
    queued = 0
    for training_class in watched().exclude(pk__in=busy):
        with transaction.atomic():
            queue(
                TASK,
                title=_("夜间复查：%(name)s") % {"name": training_class.name},
                kind=KIND,
                object_id=training_class.pk,
                division=training_class.division,
                queue_name="nightly",
                night=timezone.localdate().isoformat(),
            )
        queued += 1
    return queued


@shared_task(name=TASK)
def watch_class(job_id: int) -> None:
    """Look what became of one class's trainees; one that was paid meanwhile is left alone."""
    with running(job_id) as job:
        if job is None:
            return
        training_class = TrainingClass.objects.select_related("body", "employer", "opening__desk").get(pk=job.object_id)
        if training_class.stage not in WATCHED:
            finish(job, _("班次已拨付或已终止，不再复查。"))
            return
        found = watch(training_class, job=job)
        finish(job, _("发现%(count)s项变化。") % {"count": len(found)}, changes=len(found))
