"""Reading an uploaded roster, and taking a large one, as jobs people can watch."""

from functools import partial

from celery import shared_task
from django.utils.translation import gettext as _

from casework.domain.jobs import finish, progress, running
from kit.refusals import Refused
from training.domain.roster.import_job import take_in_portions
from training.domain.roster.staging import READ_ROSTER, TAKE_ROSTER, read_upload
from training.models import RosterUpload


@shared_task(name=READ_ROSTER)
def read_roster(job_id: int) -> None:
    """Stage the rows of the upload this job was queued for; safe to run twice."""
    with running(job_id) as job:
        if job is None:
            return
        upload = RosterUpload.objects.select_related("training_class__division", "attachment").get(
            pk=job.arguments["upload"]
        )
        read_upload(upload, partial(progress, job))
        said = upload.refusal or _("可导入 %(good)s 行，需修改 %(bad)s 行。") % {"good": upload.good, "bad": upload.bad}
        finish(job, said, upload=upload.pk, good=upload.good, bad=upload.bad, refused=bool(upload.refusal))


@shared_task(name=TAKE_ROSTER)
def take_roster(job_id: int) -> None:
    """Take the good rows of the upload this job was queued for; taken up again it goes on with what is left."""
    with running(job_id) as job:
        if job is None:
            return
        try:
            upload = take_in_portions(job)
        except Refused as refused:
            before = _("此前已导入 %(rows)s 行。") % {"rows": job.done} if job.done else ""
            finish(job, f"{refused}{before}", refused=True)
            return
        count = upload.training_class.enrolments.filter(struck_out_at__isnull=True).count()
        finish(
            job,
            _("已导入 %(rows)s 行，花名册现有 %(count)s 人。") % {"rows": job.done, "count": count},
            upload=upload.pk,
            refused=False,
        )
