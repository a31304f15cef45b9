"""The precheck of a draft class as a job people can watch."""

from celery import shared_task
from django.utils.translation import gettext as _

from casework.domain.jobs import finish, running
from eligibility.enums import Verdict
from kit.refusals import NotNow
from training.domain.classes.drafting import is_editable
from training.domain.verification.precheck import TASK, precheck
from training.models import TrainingClass


@shared_task(name=TASK)
def run_precheck(job_id: int) -> None:
    """Judge everyone of a draft for its applicant; one that was submitted meanwhile is left to its real check."""
    with running(job_id) as job:
        if job is None:
            return
        training_class = TrainingClass.objects.get(pk=job.object_id)
        if not is_editable(training_class):
            finish(job, _("申请已提交，以正式比对结果为准。"))
            return
        try:
            found = precheck(training_class, job=job)
        except NotNow as refused:
            finish(job, str(refused))
            return
        doubtful = sum(one.verdict != Verdict.ELIGIBLE for one in found)
        finish(
            job,
            _("已预检%(people)s人，%(doubtful)s人可能不符合或待核。") % {"people": len(found), "doubtful": doubtful},
        )
