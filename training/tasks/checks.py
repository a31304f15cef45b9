"""Background checks of units and classes: ten lines each, safe to run twice (R-ELG-6, R-REG-2, R-CMP-2)."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.desk import tell, write_cover
from casework.domain.flow import flow_of
from casework.domain.jobs import finish, queue, running
from casework.domain.moves import Obstructed, take
from casework.enums import ENDED, State
from casework.models import Application, Job
from eligibility.domain import crosscheck
from eligibility.enums import Gate
from training.domain.advance import begin_classes
from training.domain.again import answers_to_ask_anew, due_again
from training.domain.openings import UNFINISHED, Recheck, recheck
from training.models import Completion, Opening, Registration


@shared_task(name="training.tasks.check_roster")
def check_roster(job_id: int) -> None:
    """Compare everyone of an opening with the registries, then hand it to the officer (R-OPN-5)."""
    with running(job_id) as job:
        if job:
            _check_class(job, Opening.objects.select_related("training_class").get(pk=job.object_id), Gate.OPENING)


@shared_task(name="training.tasks.check_completion")
def check_completion(job_id: int) -> None:
    """Compare everyone of a completion again and verify the certificates, then hand it to the officer (R-CMP-2, R-SUB-2)."""
    with running(job_id) as job:
        if job:
            _check_class(job, Completion.objects.select_related("training_class").get(pk=job.object_id), Gate.COMPLETION)


def _check_class(job: Job, application: Application, gate: str) -> None:
    again = job.arguments.get("again")
    overtaken = application.state != State.IN_REVIEW if again else application.version != job.arguments["version"]
    if overtaken:
        finish(job, _("申请已撤回、已重新提交或已作出决定，这次比对不再继续。"))
        return
    if again:
        old = Job.objects.get(pk=again)
        crosscheck.carry_over(old, job, ask_anew=answers_to_ask_anew(application.training_class))
    outcome = recheck(application.training_class, gate, job=job, only_changes=bool(again))
    if again:
        _tell_officer(application, outcome)
    else:
        _move_on(application, job)
    finish(job, in_words(outcome), examined=outcome.examined, exceptions=outcome.exceptions, silent=list(outcome.silent))


def _move_on(application: Application, job: Job) -> None:
    """To the officer; a case that was withdrawn meanwhile stays where it is."""
    try:
        take(application, "checked", by=None, expected_version=job.arguments["version"])
    except Obstructed:
        application.refresh_from_db()


def _tell_officer(application: Application, outcome: Recheck) -> None:
    """The cover sheet follows; whoever has the case on the desk hears of a change."""
    with transaction.atomic():
        locked = type(application).objects.select_for_update(of=("self",)).get(pk=application.pk)
        flow = flow_of(locked)
        write_cover(locked, flow)
        if outcome.changed and locked.desk_id:
            tell(locked, flow, _("%(number)s再次比对：%(count)s人的结果有变化。") % {
                "number": locked.number, "count": outcome.changed}, organisation=locked.desk)


def in_words(outcome: Recheck) -> str:
    words = _("已比对%(examined)s人，%(exceptions)s人不符合或待核。") % {
        "examined": outcome.examined, "exceptions": outcome.exceptions}
    if outcome.silent:
        words += _("有系统暂未答复，稍后自动再次比对。")
    return words


@shared_task(name="training.tasks.check_unit")
def check_unit(job_id: int) -> None:
    """Ask the business registry whether an enterprise is an independent legal person of the region (R-REG-2)."""
    with running(job_id) as job:
        if job is None:
            return
        registration = Registration.objects.select_related("applicant").get(pk=job.object_id)
        questions = crosscheck.Questions.none()
        questions.about_enterprise(registration.applicant.uscc or "", ["business"])
        crosscheck.ask(job, questions)
        if registration.state == State.CHECKING:
            _move_on(registration, job)
        finish(job, _("企业工商信息比对完成。") if not crosscheck.silent(job) else _("工商信息系统暂未答复，稍后自动再次比对。"))


@shared_task(name="training.tasks.advance_classes")
def advance_classes() -> int:
    """On its first day an approved class begins."""
    return begin_classes(timezone.localdate())


def ask_again() -> int:
    """Queue a new check for every case a silent registry left open, ever more seldom the longer it lasts; gives how many (R-ELG-6)."""
    queued = 0
    for application, last in due_again(timezone.now()):
        with transaction.atomic():
            locked: Any = type(application).objects.select_for_update(of=("self",)).get(pk=application.pk)
            waiting = Job.objects.filter(task=last.task, kind=last.kind, object_id=last.object_id)
            if locked.state in ENDED or waiting.filter(pk__gt=last.pk).exists() or waiting.filter(state__in=UNFINISHED).exists():
                continue
            queue(
                last.task, title=_("再次比对：%(number)s") % {"number": locked.number}, kind=last.kind, object_id=locked.pk,
                owner=locked.applicant, division=locked.division, queue_name="checks", version=locked.version, again=last.pk,
            )
            queued += 1
    return queued
