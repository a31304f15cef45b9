"""Asking the registries for a job: each subject once, every batch stored as it arrives, never inside a transaction
(R-ELG-6).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from casework.domain.jobs import progress
from casework.models import Job
from eligibility.domain.answers import Answers
from eligibility.domain.connections import modes
from eligibility.domain.enterprises import uscc_hash
from eligibility.models import Person, RegistryAnswer
from eligibility.registries.ask import gathered
from eligibility.registries.catalogue import BATCH
from eligibility.registries.protocol import BatchOutcome, Busy, NoAnswer, Silence, Subject
from kit.fast.bulk import insert_new

HEARTBEAT_SECONDS = 15
SMALL = BATCH
INTERACTIVE, BEHIND = "interactive", "checks"
BUSY, ODD = "busy", "odd"
KEPT = ("registry", "subject_hash", "facts", "problem", "asked_at")
Kept = tuple[str, bytes, Any, str, datetime]


def queue_for(people: int) -> str:
    """Where a check that somebody waits for is queued: a small one with what people wait for, a large one behind
    (R-ELG-6).

    Small is what one call a registry answers, so that a roster of 10,000 does not hold up a roster of 20.
    """
    return INTERACTIVE if people <= SMALL else BEHIND


@dataclass
class Questions:
    """Who is to be asked about, by registry, with the hash under which each answer is kept."""

    by_registry: dict[str, dict[bytes, Subject]]

    @classmethod
    def none(cls) -> Questions:
        return cls({})

    def about_person(self, person: Person, registries: Iterable[str]) -> None:
        self.about_somebody(person.number_hash, person.number, person.name, registries)

    def about_somebody(self, key: bytes, number: str, name: str, registries: Iterable[str]) -> None:
        subject = Subject("person", number, name)
        for registry in registries:
            self.by_registry.setdefault(registry, {})[key] = subject

    def about_enterprise(self, uscc: str, registries: Iterable[str]) -> None:
        for registry in registries:
            self.by_registry.setdefault(registry, {})[uscc_hash(uscc)] = Subject("enterprise", uscc)

    def __len__(self) -> int:
        return sum(len(subjects) for subjects in self.by_registry.values())

    def without(self, known: Iterable[tuple[str, bytes]]) -> Questions:
        """The questions that are still open."""
        known = set(known)
        return Questions(
            {
                registry: {key: subject for key, subject in subjects.items() if (registry, key) not in known}
                for registry, subjects in self.by_registry.items()
            }
        )


def ask(job: Job, questions: Questions) -> Answers:
    """Ask what this job has not asked yet, and keep what comes at once: a job taken up again goes on where it was.

    Gives all the job was answered, now or before.

    What is queued with what people wait for is asked before what is queued behind.
    A registry that is silent is kept as silent (facts null), so that the job ends and everyone sees what is open.
    """
    answers = Answers(job)
    left = questions.without(answers.kept)
    done = len(questions) - len(left)
    progress(job, done, len(questions))
    if not len(left):
        return answers
    hashes = {subject: key for subjects in left.by_registry.values() for key, subject in subjects.items()}
    asked = {registry: list(subjects.values()) for registry, subjects in left.by_registry.items() if subjects}
    with heartbeat(job):
        for came in gathered(asked, modes=modes(), urgent=job.queue == INTERACTIVE):
            done += sum(len(outcome.subjects) for outcome in came)
            answers.note(keep(job, came, hashes))
            with without_waiting_for_disk():
                progress(job, done)
    return answers


@contextmanager
def without_waiting_for_disk() -> Iterator[None]:
    """One transaction that does not wait for the disk: should the database's machine fail within the second, these
    subjects are asked again.

    What is decided on the answers is written in a transaction that waits, and so do they by then.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        yield


def keep(job: Job, came: Sequence[BatchOutcome], hashes: Mapping[Subject, bytes]) -> Sequence[Kept]:
    """Store the batches that came, the facts of each subject or why there are none; gives what is stored now.

    Should another worker have stored one of them first, its answer stands and is given back.
    """
    rows: list[Kept] = [
        (
            outcome.registry,
            hashes[subject],
            None if isinstance(found, NoAnswer | Busy) else found,
            problem_of(found),
            outcome.asked_at,
        )
        for outcome in came
        for subject, found in outcome.each()
    ]
    with without_waiting_for_disk():
        stored = insert_new(
            RegistryAnswer,
            ("registry", "subject_hash", "facts", "problem", "asked_at", "job"),
            [(*row, job.pk) for row in rows],
        )
    return rows if stored == len(rows) else list(RegistryAnswer.objects.filter(job=job).values_list(*KEPT))


def problem_of(found: Any) -> str:
    """Why nothing can be concluded: the code of a silence, or `odd` where some of the records cannot be read; "" when
    answered.
    """
    if isinstance(found, NoAnswer):
        return str(found.reason.value)
    if isinstance(found, Busy):
        return BUSY
    return ODD if any("malformed" in record for record in found) else ""


@contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Keep the job's heart beating while a slow registry is waited for; the beat dies with the worker."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(HEARTBEAT_SECONDS):
                Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now())
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def silent(job: Job) -> list[str]:
    """The registries that left a question of this job without an answer anybody can read; one that is not connected
    leaves none.
    """
    rows = RegistryAnswer.objects.filter(job=job).exclude(problem__in=["", Silence.NOT_CONNECTED])
    return sorted(rows.values_list("registry", flat=True).distinct())


def carry_over(old: Job, new: Job, *, ask_anew: Iterable[tuple[str, bytes]] = ()) -> None:
    """Take what was answered in an earlier job into a new one, so that only those without a readable answer are asked
    again (R-ELG-6).

    `ask_anew` names answers that may have changed since and are asked for again: (registry, subject).
    """
    anew = set(ask_anew)
    rows = RegistryAnswer.objects.filter(job=old, problem="")
    RegistryAnswer.objects.bulk_create(
        [
            RegistryAnswer(
                job=new, registry=row.registry, subject_hash=row.subject_hash, facts=row.facts, asked_at=row.asked_at
            )
            for row in rows
            if (row.registry, row.subject_hash) not in anew
        ],
        ignore_conflicts=True,
    )
