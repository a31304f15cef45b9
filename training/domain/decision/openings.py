"""An opening between submission and decision: its checks, what forbids agreement, what agreement does (R-OPN-1,
R-OPN-5, R-OPN-6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.flow import flow_of, flows, leads_to
from casework.domain.inbox import write_cover
from casework.domain.moves import change_content
from casework.domain.routing import is_last_step
from casework.enums import ON_A_DESK, JobState, State
from casework.models import Application, Job
from eligibility.domain import assistance, crosscheck
from eligibility.domain.answers import Answers
from eligibility.domain.examine import Case, examine, results_of
from eligibility.engine import NOT_ASKED, registries_needed
from eligibility.engine.judgement import Result as CheckResult
from eligibility.enums import Gate, Verdict
from eligibility.models import Examination
from eligibility.rules.table import table_on
from kit.fast.bulk import update_values
from kit.fast.memory import no_collecting
from kit.fast.prepared import prepared
from training.domain.classes import tabs
from training.domain.classes.bookings import booked_once, hold_people
from training.domain.classes.numbers import next_number
from training.domain.classes.stages import set_stage
from training.domain.decision.conditions import in_the_way, is_late
from training.domain.roster.staging import TAKE_ROSTER
from training.domain.verification import certificates
from training.domain.verification.class_file import class_file_of
from training.domain.verification.facts import FILING, KIND, cases_of, living, variant_of
from training.domain.verification.findings import PersonFinding, findings_among, sentences
from training.enums import Stage
from training.models import Enrolment, Opening, TrainingClass

CHECK_TASK = "training.tasks.check_roster"
LATE = "late"
# What a judgement reads of an enrolment; the telephone and the account stay sealed.
JUDGED = (
    "training_class",
    "sequence",
    "marks",
    "verdict",
    "result",
    "certificate_kind",
    "certificate_number",
    "certificate_on",
    "certificate_verified",
    "entered_name",
    "person__name",
    "person__number",
    "person__number_hash",
)
UNFINISHED = (JobState.QUEUED, JobState.RUNNING, JobState.STUCK)


@dataclass(frozen=True)
class Recheck:
    """What a check of a whole class came to."""

    examined: int
    exceptions: int
    changed: int
    silent: tuple[str, ...]


def recheck(
    training_class: TrainingClass, gate: str, *, job: Job, day: date | None = None, only_changes: bool = False
) -> Recheck:
    """Ask the registries about everyone living in a class and judge them at a gate (R-ELG-6, R-SUB-2). Not inside a
    transaction.

    May be called again with the same job after a crash: who was answered is not asked again, who was judged is not
    judged twice.
    """
    with no_collecting():
        answers = crosscheck.ask(job, questions_at(training_class, gate))
        with transaction.atomic():
            on_desk = locked_cases(training_class)
            changed = _judge(training_class, gate, job=job, answers=answers, day=day, only_changes=only_changes)
            tell_verdicts(on_desk, changed)
    left = list(living(training_class).values_list("verdict", flat=True))
    return Recheck(
        examined=len(left),
        exceptions=sum(verdict != Verdict.ELIGIBLE for verdict in left),
        changed=changed,
        silent=tuple(crosscheck.silent(job)),
    )


def questions_at(training_class: TrainingClass, gate: str) -> crosscheck.Questions:
    """Which registries are asked about whom at a gate; certificates of those who claim one, once there are any."""
    questions, employer = crosscheck.Questions.none(), training_class.employer
    needed = registries_needed(table_on(training_class.first_day).category(training_class.category))
    people = living(training_class)
    for key, number, name in people.values_list("person__number_hash", "person__number", "person__name"):
        questions.about_somebody(key, number, name, needed.person)
    if len(questions) and employer and employer.uscc:
        questions.about_enterprise(employer.uscc, needed.employer)
    if gate not in (Gate.OPENING, Gate.PRECHECK):
        for enrolment in filter(certificates.claims_certificate, people.exclude(certificate_number="").only(*JUDGED)):
            questions.about_person(enrolment.person, [certificates.REGISTRY])
    return questions


def _judge(
    training_class: TrainingClass,
    gate: str,
    *,
    job: Job | None,
    answers: Answers | None = None,
    day: date | None = None,
    only: Collection[int] | None = None,
    opening: Opening | None = None,
    only_changes: bool = False,
) -> int:
    """Judge from stored answers (read here unless they are at hand) and write the verdicts; gives how many changed.

    The enrolments are locked, so a strike in between is seen.
    """
    locked = list(living(training_class).only(*JUDGED).select_for_update(of=("self",)))
    chosen = {e.pk: e for e in locked if only is None or e.pk in only}
    cases = cases_of(training_class, enrolments=list(chosen.values()), day=day, opening=opening)
    proved = {} if gate == Gate.OPENING else certificates.proved_since(job, chosen)

    def certificate(case: Case, kept: Answers) -> Iterable[CheckResult]:
        enrolment = chosen[case.subject_id]
        if gate == Gate.OPENING or not certificates.claims_certificate(enrolment):
            return ()
        return (certificates.compare(training_class, enrolment, proved.get(case.subject_id, kept)),)

    examinations = examine(
        cases,
        Answers(job) if answers is None else answers,
        table=table_on(training_class.first_day),
        kind=KIND,
        gate=gate,
        job=job,
        at=timezone.now(),
        extra=certificate,
        only_changes=only_changes,
    )
    changed = sum(chosen[examination.subject_id].verdict != examination.verdict for examination in examinations)
    update_values(
        Enrolment, ["verdict", "examination"], [(found.subject_id, found.verdict, found.pk) for found in examinations]
    )
    if gate != Gate.OPENING:
        claimed = [found for found in examinations if certificates.claims_certificate(chosen[found.subject_id])]
        update_values(
            Enrolment,
            ["certificate_verified"],
            [(found.subject_id, _certificate_outcome(found) == "pass") for found in claimed],
        )
    assistance.put_to_people(examinations, training_class.division)
    return changed


def _certificate_outcome(examination: Examination) -> str:
    results = examination.results["results"]
    return next((result["outcome"] for result in results if result["code"] == certificates.CODE), "")


def rejudge(ids: Collection[int]) -> int:
    """Judge these enrolments again from what their last check was answered, at its gate and for its day (R-ELG-5);
    gives how many changed.

    The cases on a desk are locked first (as every move does), and their cover sheets follow.
    """
    rows = Enrolment.objects.filter(pk__in=ids, examination__isnull=False).select_related(
        "examination__job", "training_class"
    )
    on_desk: dict[int, list[Application]] = {}
    changed: Counter[int] = Counter()
    with transaction.atomic():
        for enrolment in rows:
            training_class, last = enrolment.training_class, enrolment.examination
            if training_class.pk not in on_desk:
                on_desk[training_class.pk] = locked_cases(training_class)
            # What the judgement listed as not asked stays so: it may rest on a check of a time before that question
            # (R-ELG-4).
            unasked = {
                result.registry for result in results_of(last) if result.outcome == NOT_ASKED and result.registry
            }
            answers = Answers(last.job, left_out=unasked)
            changed[training_class.pk] += _judge(
                training_class,
                last.gate,
                job=last.job,
                answers=answers,
                day=last.as_of,
                only=[enrolment.pk],
                only_changes=True,
            )
        for pk, applications in on_desk.items():
            tell_verdicts(applications, changed[pk])
            for application in applications:
                write_cover(application, flow_of(application))
    return changed.total()


def locked_cases(training_class: TrainingClass) -> list[Application]:
    """The applications of a class that lie on a desk, of whichever room, locked."""
    found = []
    for kind, pk in tabs.cases_of(training_class):
        rows = flows()[kind].model.objects.select_for_update(of=("self",))
        found += rows.filter(pk=pk, state__in=ON_A_DESK)
    return found


def tell_verdicts(on_desk: Iterable[Application], changed: int) -> None:
    """Whose page was drawn before verdicts changed decides about others; an answer that changes nobody's verdict
    outdates no page.
    """
    for application in on_desk if changed else ():
        change_content(application, "verdicts.changed", by=None, people=changed)


def rejudge_class(opening: Opening) -> int:
    """Judge everyone again after a step of the route that counts as a filing (R-OPN-6); runs in the move's transaction."""
    training_class = opening.training_class
    last = (
        living(training_class)
        .filter(examination__isnull=False)
        .values_list("examination__job", flat=True)
        .order_by("-examination")
        .first()
    )
    job = Job.objects.filter(pk=last).first()
    return _judge(training_class, Gate.OPENING, job=job, opening=opening, only_changes=True)


# ── guards
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def guard_complete(opening: Opening, context: Any) -> list[str]:
    """Submission demands everything; the same sentences the draft page shows (R-OPN-1)."""
    taking = Job.objects.filter(
        task=TAKE_ROSTER, kind="trainingclass", object_id=opening.training_class_id, state__in=UNFINISHED
    ).exists()
    return [*([_("花名册正在导入，完成后再提交。")] if taking else []), *in_the_way(opening, context.by)]


def guard_conditions(opening: Opening, context: Any) -> list[str]:
    """What the page shows red is not agreed to: the list that submission was held against, as it is now (R-OPN-5)."""
    return in_the_way(opening, context.by)


def guard_checks_done(opening: Opening, context: Any) -> list[str]:
    """Nothing is decided while a check is running (R-ELG-1)."""
    return [_("系统比对还在进行，完成后再办理。")] if _running_checks(opening.pk) else []


@prepared
def _running_checks(opening: int) -> QuerySet[Job]:
    return Job.objects.filter(task=CHECK_TASK, kind="opening", object_id=opening, state__in=UNFINISHED).values_list(
        "pk"
    )[:1]


def guard_people(opening: Opening, context: Any) -> list[str]:
    """No approval while anyone left in the class is ineligible or unverified (R-ELG-1)."""
    return sentences(exceptions_in(opening))


def exceptions_in(opening: Opening) -> list[PersonFinding]:
    """Who stands against the approval; kept in the opening's folder, for its page and its guards."""
    folder = class_file_of(opening)
    if folder.exceptions is None:
        folder.exceptions = findings_among(folder.people, but=settled_by_approval(opening))
    return folder.exceptions


def settled_by_approval(opening: Opening) -> tuple[str, ...]:
    """What the approval itself settles: on the filing route, the filing (R-OPN-6)."""
    return (FILING,) if variant_of(opening.training_class) else ()


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
    opening.is_late = is_late(class_file_of(opening))
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


def put_on_desk(opening: Opening, context: Any) -> None:
    """The body that decides is the class's body (R-AUT-2)."""
    TrainingClass.objects.filter(pk=opening.training_class_id).update(body=opening.desk)
    opening.training_class.body = opening.desk


def note_approval(opening: Opening, context: Any) -> None:
    """Filing route: each step is a filing the rules ask for. Last step: the class holds its people, too, and may begin."""
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
