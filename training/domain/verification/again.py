"""Which cases a silent registry left open, and when to ask it again (R-ELG-1, R-ELG-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef

from casework.enums import JobState, State
from casework.models import Application, Job
from eligibility.domain.connections import not_online
from eligibility.domain.examine import results_of
from eligibility.engine import UNKNOWN
from eligibility.enums import Verdict
from eligibility.models import Person, RegistryAnswer
from training.domain.classes.enrolments import living
from training.models import CertificateChange, Completion, Enrolment, Opening, Registration, TrainingClass

SOON, LATEST = timedelta(minutes=2), timedelta(hours=1)
REGISTER_FIRST = "registration"
CHECK = ".tasks.check_"

_open_cases: dict[str, tuple[type[Application], tuple[str, ...]]] = {
    "opening": (Opening, (State.IN_REVIEW,)),
    "completion": (Completion, (State.IN_REVIEW,)),
    "registration": (Registration, (State.IN_REVIEW,)),
    "certificatechange": (CertificateChange, (State.IN_REVIEW,)),
}


def add_open_case(model: type[Application], *states: str) -> None:
    """An upper app names its checked kind and the states in which a silent registry is asked again.

    Its tasks are called `….tasks.check_…` and follow `training.domain.verification.checking.check_case`.
    """
    _open_cases[model._meta.model_name or ""] = (model, states)


def due_again(now: datetime, jobs: Collection[int] | None = None) -> Iterator[tuple[Application, Job]]:
    """Cases on a desk whose last check left something open that a registry may answer by now, with that check.

    The pause doubles from two minutes to an hour with every check, so that a registry that is down is not hammered. A
    registry that is not online is not waited for: its answers come by file or from departments. `jobs` names last
    checks to take up at once.
    """
    offline = not_online()
    for kind, (model, states) in _open_cases.items():
        cases = {case.pk: case for case in model._default_manager.filter(state__in=states)}
        newest = (
            Job.objects.filter(kind=kind, object_id__in=cases, task__contains=CHECK)
            .values("object_id")
            .annotate(newest=Max("pk"), checks=Count("pk"))
            .values_list("object_id", "newest", "checks")
        )
        counts = {job: checks for _pk, job, checks in newest}
        silence = RegistryAnswer.objects.filter(job=OuterRef("pk")).exclude(problem="").exclude(registry__in=offline)
        sent_away = _told_to_register(
            [case.training_class_id for case in cases.values() if hasattr(case, "training_class_id")]
        )
        for job in (
            Job.objects.filter(pk__in=counts, state=JobState.DONE).annotate(silence=Exists(silence)).order_by("pk")
        ):
            case = cases[job.object_id]
            pause = min(SOON * 2 ** min(counts[job.pk] - 1, 10), LATEST)
            if jobs is not None:
                if job.pk in jobs:
                    yield case, job
                continue
            is_open = job.silence or getattr(case, "training_class_id", None) in sent_away
            if is_open and job.ended_at and job.ended_at + pause <= now:
                yield case, job


def open_checks(classes: Collection[int]) -> Iterator[tuple[Application, Job]]:
    """The open cases of these classes, each with its last check where that has ended: to be asked again about somebody
    in them.
    """
    for kind, (model, states) in _open_cases.items():
        if not hasattr(model, "training_class"):
            continue
        for case in model._default_manager.filter(state__in=states, training_class__in=classes).order_by("pk"):
            last = Job.objects.filter(kind=kind, object_id=case.pk, task__contains=CHECK).order_by("-pk").first()
            if last is not None and last.state == JobState.DONE:
                yield case, last


def answers_about(job: Job, people: Collection[int]) -> list[tuple[str, bytes]]:
    """What a check was answered about these people: not carried over once their name or number was
    put right (R-SEC-2).
    """
    hashes = Person.objects.filter(pk__in=people).values_list("number_hash", flat=True)
    return list(
        RegistryAnswer.objects.filter(job=job, subject_hash__in=list(hashes)).values_list("registry", "subject_hash")
    )


def _told_to_register(classes: Collection[int]) -> set[int]:
    """The classes in which somebody was told to register first; one query."""
    rows = Enrolment.objects.filter(
        training_class__in=classes,
        struck_out_at__isnull=True,
        verdict=Verdict.NEEDS_VERIFICATION,
        examination__results__contains={"results": [{"needs": REGISTER_FIRST, "outcome": UNKNOWN}]},
    )
    return set(rows.values_list("training_class", flat=True))


def answers_to_ask_anew(training_class: TrainingClass) -> list[tuple[str, bytes]]:
    """Answers that may have changed because the unit was told to register first: they are not
    carried over (R-OPN-5).
    """
    return [
        (result.registry, enrolment.person.number_hash)
        for enrolment in living(training_class).filter(verdict=Verdict.NEEDS_VERIFICATION).select_related("examination")
        for result in results_of(enrolment.examination)
        if result.outcome == UNKNOWN and result.needs == REGISTER_FIRST and result.registry
    ]
