"""Everyone of a class compared with the registries and judged, the same for every gate (R-ELG-1, R-ELG-6, R-OPN-5,
R-CMP-2, R-SUB-2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.flow import flow_of, flows
from casework.domain.inbox import tell, write_cover
from casework.domain.jobs import finish
from casework.domain.moves import change_content, moved_since, take
from casework.enums import ON_A_DESK, State
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
from kit.refusals import NotNow
from training.domain.classes import tabs
from training.domain.classes.enrolments import KIND, living
from training.domain.verification import certificates
from training.domain.verification.again import answers_about, answers_to_ask_anew
from training.domain.verification.facts import subjects_of
from training.models import Enrolment, Opening, TrainingClass

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
    answers = crosscheck.ask(job, questions_at(training_class, gate))
    with transaction.atomic():
        on_desk = locked_cases(training_class)
        changed = _judge(training_class, gate, job=job, answers=answers, day=day, only_changes=only_changes)
        tell_verdicts(on_desk, changed)
    left = living(training_class).aggregate(
        examined=Count("pk"), exceptions=Count("pk", filter=~Q(verdict=Verdict.ELIGIBLE))
    )
    return Recheck(
        examined=left["examined"],
        exceptions=left["exceptions"],
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
    cases = subjects_of(training_class, enrolments=list(chosen.values()), day=day, opening=opening)
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
    for kind, pk in tabs.applications_of(training_class):
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
    """Judge everyone again after a step of the route that counts as a filing (R-OPN-6); runs in the
    move's transaction.
    """
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


def check_case(
    job: Job, application: Any, gate: str, *, while_in: str = State.IN_REVIEW, then: str = "checked"
) -> None:
    """Compare everyone of the class with the registries, then take the move `then`; without one, tell the desk.

    A job of an earlier move than the case's last comes too late. One that asks again (`again` names the job before)
    keeps what was answered, but for people `renamed` since, and only goes on while the case is still `while_in`. Not
    inside a transaction; may be called again after a crash.
    """
    again, renamed = job.arguments.get("again"), job.arguments.get("renamed", [])
    overtaken = application.state != while_in if again else moved_since(application, job.arguments["version"])
    if overtaken:
        finish(job, _("申请已撤回、已重新提交或已作出决定，这次比对不再继续。"))
        return
    if again:
        old = Job.objects.get(pk=again)
        crosscheck.carry_over(
            old, job, ask_anew=[*answers_to_ask_anew(application.training_class), *answers_about(old, renamed)]
        )
    outcome = recheck(application.training_class, gate, job=job, only_changes=bool(again) and not renamed)
    if again or not then:
        tell_officer(application, outcome)
    else:
        move_on(application, job, then)
    finish(
        job, in_words(outcome), examined=outcome.examined, exceptions=outcome.exceptions, silent=list(outcome.silent)
    )


def move_on(application: Any, job: Job, name: str = "checked") -> None:
    """To the officer; a case that was withdrawn meanwhile stays where it is."""
    try:
        take(application, name, by=None, expected_version=job.arguments["version"])
    except NotNow:
        application.refresh_from_db()


def tell_officer(application: Any, outcome: Recheck) -> None:
    """The cover sheet follows; whoever has the case on the desk hears of a change."""
    with transaction.atomic():
        locked = type(application).objects.select_for_update(of=("self",)).get(pk=application.pk)
        flow = flow_of(locked)
        write_cover(locked, flow)
        if outcome.changed and locked.desk_id:
            tell(
                locked,
                _("%(number)s再次比对：%(count)s人的结果有变化。")
                % {
                    "number": locked.number,
                    "count": outcome.changed,
                },
                organisation=locked.desk,
            )


def in_words(outcome: Recheck) -> str:
    words = _("已比对%(examined)s人，%(exceptions)s人不符合或待核。") % {
        "examined": outcome.examined,
        "exceptions": outcome.exceptions,
    }
    if outcome.silent:
        words += _("有系统暂未答复或答复无法识别，稍后自动再次比对。")
    return words
