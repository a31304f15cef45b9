"""Background checks of units and classes: ten lines each, safe to run twice (R-ELG-6, R-REG-2, R-CMP-2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.jobs import finish, queue, running
from casework.enums import ENDED, UNFINISHED, State
from casework.models import Application, Job
from eligibility.domain import crosscheck
from eligibility.enums import Gate
from training.domain.classes.stages import begin_classes
from training.domain.decision import certificate_changes
from training.domain.person_corrections import classes_with
from training.domain.verification.again import due_again, open_checks
from training.domain.verification.verify import check_case, move_on
from training.models import Completion, Opening, Registration


@shared_task(name="training.tasks.check_roster")
def check_roster(job_id: int) -> None:
    """Compare everyone of an opening with the registries, then hand it to the officer (R-OPN-5)."""
    with running(job_id) as job:
        if job:
            check_case(job, Opening.objects.select_related("training_class").get(pk=job.object_id), Gate.OPENING)


@shared_task(name="training.tasks.check_completion")
def check_completion(job_id: int) -> None:
    """Compare everyone of a completion again and verify the certificates, then hand it to the officer (R-CMP-2,
    R-SUB-2).
    """
    with running(job_id) as job:
        if job:
            check_case(job, Completion.objects.select_related("training_class").get(pk=job.object_id), Gate.COMPLETION)


@shared_task(name=certificate_changes.CHECK_TASK)
def check_certificate(job_id: int) -> None:
    """Ask the certificate registry about the corrected certificate, then hand it to the officer (R-CMP-2)."""
    with running(job_id) as job:
        if job:
            certificate_changes.check(job, certificate_changes.whole().get(pk=job.object_id))


@shared_task(name="training.tasks.check_unit")
def check_unit(job_id: int) -> None:
    """Ask the business registry whether an enterprise is an independent legal person of the region (R-REG-2)."""
    with running(job_id) as job:
        if job is None:
            return
        registration = Registration.objects.select_related("applicant").get(pk=job.object_id)
        questions = crosscheck.Questions.none()
        questions.about_enterprise(registration.applicant.uscc or "", ["business"])
        if again := job.arguments.get("again"):
            crosscheck.carry_over(Job.objects.get(pk=again), job)
        crosscheck.ask(job, questions)
        if registration.state == State.CHECKING:
            move_on(registration, job)
        finish(
            job,
            (
                _("企业工商信息比对完成。")
                if not crosscheck.silent(job)
                else _("工商信息系统暂未答复，稍后自动再次比对。")
            ),
        )


@shared_task(name="training.tasks.advance_classes")
def advance_classes() -> int:
    """On its first day an approved class begins."""
    return begin_classes(timezone.localdate())


def ask_again(jobs: Collection[int] | None = None) -> int:
    """Queue a new check for every case a silent registry left open, ever more seldom the longer it lasts; gives how
    many (R-ELG-6).

    `jobs` names last checks that are taken up at once: an answer came by file, or somebody presses «ask again now».
    """
    return sum(_queue_again(application, last) for application, last in due_again(timezone.now(), jobs))


def ask_anew(person: int) -> int:
    """Queue a new check for every open case with somebody whose name or number was put right; gives
    how many (R-SEC-2).
    """
    classes = [one.pk for one in classes_with([person])]
    return sum(_queue_again(application, last, renamed=[person]) for application, last in open_checks(classes))


def _queue_again(application: Application, last: Job, **more: Any) -> bool:
    """Unless the case has ended or another check is on its way."""
    with transaction.atomic():
        locked: Any = type(application)._default_manager.select_for_update(of=("self",)).get(pk=application.pk)
        waiting = Job.objects.filter(task=last.task, kind=last.kind, object_id=last.object_id)
        if (
            locked.state in ENDED
            or waiting.filter(pk__gt=last.pk).exists()
            or waiting.filter(state__in=UNFINISHED).exists()
        ):
            return False
        queue(
            last.task,
            title=_("再次比对：%(number)s") % {"number": locked.number},
            kind=last.kind,
            object_id=locked.pk,
            owner=locked.applicant,
            division=locked.division,
            queue_name="checks",
            version=locked.version,
            again=last.pk,
            **more,
        )
        return True
