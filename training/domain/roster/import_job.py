"""Taking the good rows of a large roster as a job people can watch, in portions (R-SEC-4)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from casework.domain.jobs import progress, queue, take_up_again
from casework.enums import JobState
from casework.models import Job
from eligibility.domain.people import number_hash
from training.domain.classes.drafting import most_people
from training.domain.roster.enrolling import open_for, refuse_too_many
from training.domain.roster.staging import TAKE_ROSTER, take_good_rows
from training.models import RosterUpload

AT_ONCE, PORTION = 500, 1000


def taking_of(upload: RosterUpload) -> Job | None:
    """The last job that took, or takes, this upload's rows."""
    jobs = Job.objects.filter(
        task=TAKE_ROSTER, kind="trainingclass", object_id=upload.training_class_id, arguments__upload=upload.pk
    )
    return jobs.select_related("by__user").order_by("-id").first()


def take_rows(upload: RosterUpload, *, by: Membership) -> int | Job:
    """Take a few good rows now and give their number; of many give the job that takes them, the same one however often
    it is asked.

    Who may not, a class that is no longer a draft and more people than it may have are refused at once: NotAllowed,
    NotNow.
    """
    training_class = upload.training_class
    with transaction.atomic():
        open_for(training_class, by)
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        job = taking_of(upload)
        if job and job.state != JobState.DONE:
            if job.state == JobState.FAILED:
                take_up_again(job)
            return job
        if upload.good <= AT_ONCE:
            return take_good_rows(upload, by=by)
        _refuse_too_many(upload)
        return queue(
            TAKE_ROSTER,
            title=_("导入花名册：%(name)s") % {"name": upload.attachment.name},
            kind="trainingclass",
            object_id=training_class.pk,
            owner=training_class.applicant,
            division=training_class.division,
            by=by,
            total=upload.good,
            upload=upload.pk,
        )


def _refuse_too_many(upload: RosterUpload) -> None:
    """Before the first portion, so that no half of a list too long is taken; whoever joined since the file was read
    counts once.
    """
    training_class = upload.training_class
    here = training_class.enrolments.filter(struck_out_at__isnull=True)
    known, fresh, most = here.count(), upload.good, most_people(training_class)
    if known + fresh > most:
        hashes = [number_hash(row.cells["number"]) for row in upload.rows.filter(is_good=True)]
        fresh -= here.filter(person__number_hash__in=hashes).count()
    refuse_too_many(known, fresh, most)


def take_in_portions(job: Job) -> RosterUpload:
    """Take all good rows of the job's upload; each portion with the job's progress in one transaction, so a job taken
    up again goes on.
    """
    assert job.by is not None
    upload = RosterUpload.objects.select_related("training_class__division").get(pk=job.arguments["upload"])
    while left := upload.rows.filter(is_good=True).count():
        with transaction.atomic():
            take_good_rows(upload, by=job.by, most=PORTION)
            progress(job, job.done + min(left, PORTION))
    return RosterUpload.objects.get(pk=upload.pk)
