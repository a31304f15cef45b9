"""P2: 10,000 people asked about at 4 registries (50 ms an answer, 20 calls at a time each, batches of 100), judged and
stored.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction
from django.utils import timezone

from bench.crowd import crowd
from bench.measure import Bench, Line, Target, Variant
from bench.simulator import registries
from bench.traces import no_traces
from casework.enums import JobState
from casework.models import Job
from eligibility.domain.answers import Answers
from eligibility.domain.crosscheck import keep
from eligibility.domain.examine import examine
from eligibility.engine import registries_needed
from eligibility.enums import Gate
from eligibility.models import Examination, RegistryAnswer
from eligibility.registries.ask import outcomes
from eligibility.registries.catalogue import BATCH, Limits, limits_of
from eligibility.registries.client import adapters, open_session
from eligibility.registries.protocol import BatchOutcome, Subject
from eligibility.rules.table import table_on
from registry_simulator.client import Control
from training.domain.classes.enrolments import KIND
from training.domain.verification.facts import subjects_of
from training.domain.verification.verify import recheck
from training.models import Enrolment, TrainingClass

CODE = "P2"
SENTENCE = (
    "10,000 people cross-checked at 4 registries in batches of 100 (50 ms an answer, 20 calls at a time each), judged"
    " and stored"
)
CATEGORY, PEOPLE, PART, LATENCY = "laid_off_unemployed", 10_000, 200, 0.05
WORKERS = 4
COPIED = ("eligibility_registryanswer", "eligibility_examination")


def measure(bench: Bench) -> list[Line]:
    with no_traces(), registries(int(LATENCY * 1000)) as control:
        training_class = crowd(CATEGORY, PEOPLE)
        asked = load(control, training_class)
        ideal = (
            sum(len(of) for of in asked.values()) / BATCH / sum(limits_of(code).concurrency for code in asked) * LATENCY
        )
        check = CrossCheck(training_class, control)
        check.whole()
        prepared = {table: copied(table, check.job) for table in COPIED}
        alone = Line("P2.asking", "asking alone, 400 batches", Target(multiple=2.5))
        alone = bench.timed(alone, ours=Variant(lambda: ask_only(asked)), limit=Variant(lambda: ideal))
        line = Line(CODE, "10,000 × 4, judged and stored", Target(share=0.4, naive=50))
        line = bench.timed(
            line,
            ours=Variant(check.whole),
            limit=Variant(lambda: ideal + copy_in(prepared)),
            naive=Variant(lambda: a_task_each(training_class, asked), times=PEOPLE / PART),
        )
        line.also = check.limits_kept
        line.notes.append(
            f"limit: {ideal:.2f} s of waiting worked out, COPY of the results measured; naive: a task a person on"
            f" {WORKERS} workers, measured on {PART} people"
        )
        return [line, alone]


def load(control: Control, training_class: TrainingClass) -> dict[str, list[Subject]]:
    """Tell the registries of everybody, nine in ten as job seekers in good order; gives who is asked about where."""
    since, people = "2026-01-05", [enrolment.person for enrolment in training_class.enrolments.select_related("person")]
    for place, person in enumerate(people):
        records = {
            "employment": [
                {"type": "person", "name": person.name, "household": "urban"},
                {"type": "job_seeking", "registered_on": since},
                {"type": "unemployment", "registered_on": since, "division": "150102"},
            ]
        }
        if place % 10 == 0:
            records["social_security"] = [{"type": "employee_insurance", "uscc": "91150102MA0N0J0A1F", "from": since}]
        person.entry = {"id_number": person.number, "name": person.name, "records": records}
    control.load(person.entry for person in people)
    needed = registries_needed(table_on(training_class.first_day).category(CATEGORY)).person
    return {code: [Subject("person", person.number, person.name) for person in people] for code in needed}


class CrossCheck:
    """The portal's own cross-check of the class, from nothing each time."""

    def __init__(self, training_class: TrainingClass, control: Control) -> None:
        self.training_class, self.control = training_class, control
        self.job = Job()
        self.limits_kept: dict[str, bool] = {}

    def whole(self) -> float:
        """Everything `training.tasks.check_roster` does between its begin and its end; gives the seconds."""
        forget(self.training_class)
        self.control.reset()
        self.job = Job.objects.create(task="bench", title="bench", state=JobState.RUNNING)
        begun = time.perf_counter()
        outcome = recheck(self.training_class, Gate.OPENING, job=self.job)
        seconds = time.perf_counter() - begun
        if outcome.examined != PEOPLE or outcome.silent:
            raise RuntimeError(f"the cross-check is not whole: {outcome}")
        self.note_limits(self.control.states())
        return seconds

    def note_limits(self, states: dict[str, dict[str, int]]) -> None:
        usual = Limits()
        for code in states:
            kept = (
                states[code]["peak_per_second"] <= usual.per_second
                and states[code]["peak_at_once"] <= usual.concurrency
            )
            self.limits_kept[f"limits of {code} kept"] = self.limits_kept.get(f"limits of {code} kept", True) and kept


def forget(training_class: TrainingClass) -> None:
    """As if nobody had been asked: answers, judgements and verdicts gone; the trigger that keeps judgements rests
    meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eligibility_examination DISABLE TRIGGER refuse_delete")
        Enrolment.objects.filter(training_class=training_class).update(verdict="none", examination=None)
        ids = training_class.enrolments.values("pk")
        Examination.objects.filter(subject_kind=KIND, subject_id__in=ids).delete()
        Job.objects.filter(task="bench").delete()
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE eligibility_examination ENABLE TRIGGER refuse_delete"
        )


def copied(table: str, job: Job) -> str:
    """The rows of a job in COPY's own form."""
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY (SELECT * FROM {table} WHERE job_id = {job.pk}) TO STDOUT", text)
    return text.getvalue()


def copy_in(prepared: dict[str, str]) -> float:
    """The seconds it takes to put the prepared results into tables of the same form and indexes; they are dropped
    again.
    """
    with connection.cursor() as cursor:
        for table in prepared:
            cursor.execute(
                f"DROP TABLE IF EXISTS bench_{table}; CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)"
            )
        begun = time.perf_counter()
        for table, text in prepared.items():
            cursor.copy_expert(f"COPY bench_{table} FROM STDIN", io.StringIO(text))
        seconds = time.perf_counter() - begun
        cursor.execute(f"DROP TABLE {', '.join(f'bench_{table}' for table in prepared)}")
    return seconds


def ask_only(asked: dict[str, list[Subject]]) -> None:
    if sum(len(outcome.subjects) for outcome in outcomes(asked)) != sum(map(len, asked.values())):
        raise RuntimeError("somebody was not asked about")


def a_task_each(training_class: TrainingClass, asked: dict[str, list[Subject]]) -> None:
    """The naive way: a task a person, its registries one after another, each row saved on its own;
    no limits, no queue.
    """
    forget(training_class)
    job = Job.objects.create(task="bench", title="bench", state=JobState.RUNNING)
    enrolments = list(training_class.enrolments.select_related("person").order_by("sequence")[:PART])
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda enrolment: one_task(training_class, enrolment, list(asked), job), enrolments))


def one_task(training_class: TrainingClass, enrolment: Enrolment, codes: Sequence[str], job: Job) -> None:
    try:
        person = enrolment.person
        subject = Subject("person", person.number, person.name)
        for outcome in asyncio.run(one_by_one(subject, codes)):
            keep(job, [outcome], {subject: person.number_hash})
        cases = subjects_of(training_class, enrolments=[enrolment])
        table = table_on(training_class.first_day)
        found = examine(
            cases,
            Answers_of(job, person.number_hash),
            table=table,
            kind=KIND,
            gate=Gate.OPENING,
            job=job,
            at=timezone.now(),
        )
        enrolment.verdict, enrolment.examination = found[0].verdict, found[0]
        enrolment.save()
    finally:
        connection.close()


class Answers_of(Answers):  # noqa: N801 - reads as a sentence
    """One person's answers only."""

    def __init__(self, job: Job, subject_hash: bytes) -> None:
        rows = RegistryAnswer.objects.filter(job=job, subject_hash=subject_hash)
        self.kept = {(row.registry, row.subject_hash): row.facts for row in rows}
        self.by_people, self.not_connected = set(), set()


async def one_by_one(subject: Subject, codes: Sequence[str]) -> list[BatchOutcome]:
    async with open_session() as session:
        found = adapters(session, {code: limits_of(code) for code in codes})
        return [
            BatchOutcome(code, (subject,), await adapter.ask((subject,), "training_eligibility"), timezone.now())
            for code, adapter in found.items()
        ]
