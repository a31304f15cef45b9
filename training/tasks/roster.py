"""Reading an uploaded roster as a job people can watch."""

from functools import partial

from celery import shared_task
from django.utils.translation import gettext as _

from casework.domain.jobs import finish, progress, running
from training.domain.uploads import READ_ROSTER, read_upload
from training.models import RosterUpload


@shared_task(name=READ_ROSTER)
def read_roster(job_id: int) -> None:
    """Stage the rows of the upload this job was queued for; safe to run twice."""
    with running(job_id) as job:
        if job is None:
            return
        upload = RosterUpload.objects.select_related("training_class__division", "attachment").get(pk=job.arguments["upload"])
        read_upload(upload, partial(progress, job))
        said = upload.refusal or _("可导入 %(good)s 行，需修改 %(bad)s 行。") % {"good": upload.good, "bad": upload.bad}
        finish(job, said, upload=upload.pk, good=upload.good, bad=upload.bad, refused=bool(upload.refusal))
