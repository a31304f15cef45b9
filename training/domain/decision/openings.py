"""An opening between submission and decision: what forbids agreement, what agreement does (R-OPN-1,
R-OPN-5, R-OPN-6).
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.domain.flow import flow_of, leads_to
from casework.domain.routing import is_last_step
from casework.enums import UNFINISHED, State
from casework.models import Job
from eligibility.domain import crosscheck
from kit.fast.prepared import prepared
from training.domain.classes.bookings import booked_once, hold_people
from training.domain.classes.enrolments import living
from training.domain.classes.filing import variant_of
from training.domain.classes.numbers import next_number
from training.domain.classes.stages import set_stage
from training.domain.decision.conditions import in_the_way, is_late
from training.domain.roster.staging import TAKE_ROSTER
from training.domain.verification.class_file import ClassFile
from training.domain.verification.findings import sentences
from training.domain.verification.verify import rejudge_class
from training.enums import Stage
from training.models import Opening, TrainingClass

CHECK_TASK = "training.tasks.check_roster"
LATE = "late"


# ── guards
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def guard_complete(file: ClassFile, context: Any) -> list[str]:
    """Submission demands everything; the same sentences the draft page shows (R-OPN-1)."""
    taking = Job.objects.filter(
        task=TAKE_ROSTER, kind="trainingclass", object_id=file.training_class.pk, state__in=UNFINISHED
    ).exists()
    return [*([_("花名册正在导入，完成后再提交。")] if taking else []), *in_the_way(file, context.by)]


def guard_conditions(file: ClassFile, context: Any) -> list[str]:
    """What the page shows red is not agreed to: the list that submission was held against, as it is now (R-OPN-5)."""
    return in_the_way(file, context.by)


def guard_checks_done(file: ClassFile, context: Any) -> list[str]:
    """Nothing is decided while a check is running (R-ELG-1)."""
    return [_("系统比对还在进行，完成后再办理。")] if _running_checks(file.application.pk) else []


@prepared
def _running_checks(opening: int) -> QuerySet[Job]:
    return Job.objects.filter(task=CHECK_TASK, kind="opening", object_id=opening, state__in=UNFINISHED).values_list(
        "pk"
    )[:1]


def guard_people(file: ClassFile, context: Any) -> list[str]:
    """No approval while anyone left in the class is ineligible or unverified (R-ELG-1)."""
    return sentences(file.exceptions)


# ── effects
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@leads_to(State.IN_REVIEW, State.APPROVED)
def target_of_approval(opening: Opening, context: Any) -> str:
    """The next desk while the route has further steps, else approved."""
    return State.APPROVED if is_last_step(opening, flow_of(opening)) else State.IN_REVIEW


def begin_checks(opening: Opening, context: Any) -> None:
    """The class is with the office from now on and holds its teachers and rooms; its people are checked first
    (R-OPN-5).
    """
    opening.is_late = is_late(context.file)
    with booked_once(opening.training_class, by=context.by):
        set_stage(opening.training_class, Stage.OPENING)
    people = living(opening.training_class).count()
    context.notes["people"] = people
    context.jobs.append(
        (
            CHECK_TASK,
            {
                "title": (
                    _("学员比对：%(name)s（%(people)s人）") % {"name": opening.training_class.name, "people": people}
                ),
                "queue_name": crosscheck.queue_for(people),
                "version": opening.version,
            },
        )
    )


def number_of(opening: Opening) -> str:
    """The class has its number from its first submission on, and its opening one after it; a draft takes none."""
    training_class = opening.training_class
    if not training_class.number:
        training_class.number = next_number(training_class.division)
        TrainingClass.objects.filter(pk=training_class.pk).update(number=training_class.number)
    return f"{training_class.number}-K"


def drop(opening: Opening, context: Any) -> None:
    """The applicant gives the class up: it stays readable and binds nobody."""
    set_stage(opening.training_class, Stage.DROPPED)


def hand_to_office(opening: Opening, context: Any) -> None:
    """The body that decides is the class's body (R-AUT-2)."""
    TrainingClass.objects.filter(pk=opening.training_class_id).update(body=opening.desk)
    opening.training_class.body = opening.desk


def note_approval(opening: Opening, context: Any) -> None:
    """Filing route: each step is a filing the rules ask for. Last step: the class holds its people,
    too, and may begin.
    """
    if variant_of(opening.training_class):
        rejudge_class(opening)
    context.notes["people"] = living(opening.training_class).count()
    if opening.state == State.APPROVED:
        hold_people(opening.training_class, by=context.by)
        with booked_once(opening.training_class, by=context.by):
            set_stage(opening.training_class, Stage.APPROVED)


def give_back(opening: Opening, context: Any) -> None:
    """The class is its applicant's draft again."""
    set_stage(opening.training_class, Stage.DRAFT)


def note_refusal(opening: Opening, context: Any) -> None:
    set_stage(opening.training_class, Stage.REFUSED)
