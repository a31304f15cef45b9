"""预检: the applicant has a draft roster judged by the same rules before submitting; it counts nowhere else (R-ELG-1,
R-OPN-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership
from casework.domain.jobs import queue
from casework.enums import UNFINISHED
from casework.models import Job
from eligibility.domain import crosscheck
from eligibility.domain.brief import Brief
from eligibility.domain.descriptions import IDENTITY, label_of, names_agree, not_agreed
from eligibility.domain.examine import examine, latest, results_of
from eligibility.engine import AGAINST
from eligibility.engine.model import RuleTable
from eligibility.enums import Gate, Verdict
from eligibility.models import Examination
from eligibility.rules.table import NoTable, table_on
from kit.languages import language
from kit.refusals import NotNow
from training.domain.classes.enrolments import living
from training.domain.roster.enrolling import open_for
from training.domain.verification.facts import subjects_of
from training.domain.verification.findings import explain, other_categories_of
from training.domain.verification.verify import questions_at
from training.models import Enrolment, TrainingClass

TASK = "training.tasks.precheck"
# Examinations under a kind of their own, so that no gate, count or evidence of the enrolment ever finds them.
KIND = "precheck"
PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Advised:
    """One trainee with the verdict and what to do; nothing of what a registry said (R-ELG-7)."""

    enrolment: Enrolment
    verdict: str
    label: str
    advice: list[tuple[str, str]]
    instead: list[tuple[str, str]]


def jobs_of(training_class: TrainingClass) -> Job | None:
    """The newest precheck of a class."""
    return Job.objects.filter(task=TASK, kind=KIND, object_id=training_class.pk).order_by("-id").first()


def table_of(training_class: TrainingClass) -> RuleTable:
    """The table the class will be judged by; NotNow while that cannot be said."""
    if not (training_class.category and training_class.first_day and training_class.last_day):
        raise NotNow(_("请先填写人员类别、开始日期和结束日期，再预检。"))
    try:
        return table_on(training_class.first_day)
    except NoTable as none:
        raise NotNow(_("开始日期早于现行审核条件的施行日期，不能预检。")) from none


def why_not_now(training_class: TrainingClass, now: datetime) -> str:
    """The sentence that asks for patience, or ""."""
    last = jobs_of(training_class)
    if last and last.state in UNFINISHED:
        return _("上一次预检还在进行。")
    if last and last.queued_at + PAUSE > now:
        return _("每%(minutes)s分钟可以预检一次，请稍后再试。") % {"minutes": PAUSE.seconds // 60}
    return ""


def start(training_class: TrainingClass, *, by: Membership) -> Job:
    """Queue a precheck of the draft."""
    with transaction.atomic():
        opening = open_for(training_class, by)
        table_of(training_class)
        if why := why_not_now(training_class, timezone.now()):
            raise NotNow(why)
        people = living(training_class).count()
        if not people:
            raise NotNow(_("花名册还是空的，没有人可以预检。"))
        record("roster.prechecked", by=by, on=training_class, people=people)
        return queue(
            TASK,
            title=_("预检：%(name)s（%(people)s人）") % {"name": training_class.name, "people": people},
            kind=KIND,
            object_id=training_class.pk,
            owner=opening.applicant,
            division=opening.division,
            by=by,
            queue_name=crosscheck.queue_for(people),
        )


def precheck(training_class: TrainingClass, *, job: Job) -> list[Examination]:
    """Ask the registries and judge everyone as the opening would; verdicts, assisted checks and
    covers stay untouched.
    """
    table = table_of(training_class)
    cases = subjects_of(training_class)
    answers = crosscheck.ask(job, questions_at(training_class, Gate.PRECHECK))
    with transaction.atomic():
        return examine(cases, answers, table=table, kind=KIND, gate=Gate.PRECHECK, job=job, at=timezone.now())


def advised(training_class: TrainingClass) -> list[Advised]:
    """Everyone of the roster who was prechecked under the category it has now, the ones with advice
    first. Two queries.
    """
    people = list(living(training_class))
    found = latest(KIND, [person.pk for person in people])
    rows = []
    for person in people:
        examination = found.get(person.pk)
        if examination and (examination.person_id, examination.category) == (person.person_id, training_class.category):
            rows.append(_advised(person, examination))
    return sorted(rows, key=lambda row: row.verdict == Verdict.ELIGIBLE)


def _advised(person: Enrolment, examination: Examination) -> Advised:
    advice = []
    results = results_of(examination)
    if not names_agree(results):
        words = not_agreed(results).of(language())
        return Advised(
            person, Verdict.NEEDS_VERIFICATION, str(Verdict.NEEDS_VERIFICATION.label), [(label_of(IDENTITY), words)], []
        )
    for result in results:
        _sentence, label, what_to_do = explain(result)
        if result.outcome in AGAINST:
            advice.append((label, what_to_do))
    return Advised(
        person,
        examination.verdict,
        examination.get_verdict_display(),
        advice,
        other_categories_of(Brief.of(examination)),
    )
