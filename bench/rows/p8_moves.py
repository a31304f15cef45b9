"""P8: moves a second through `take()`, submit and approve, four clients at once."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.models import Division, Membership, Organisation
from bench.actors import officer, operator
from bench.measure import Bench, Line, Target
from bench.offices import memberships, organisations, profile
from bench.traces import no_traces
from casework.domain.moves import take
from casework.enums import State
from kit.ids import uscc_from
from training.models import Registration, Teacher, Unit, Venue

CODE = "P8"
SENTENCE = (
    "moves a second through take(): registrations submitted and approved by four clients at once, each in a banner of"
    " its own"
)
PLACES = ("150102", "150103", "150104", "150105")
WARM, CASES, MOVES = 1, 12, 2
serial = count(500_000)
Case = tuple[Registration, Membership, Membership]


def measure(bench: Bench) -> list[Line]:
    line = Line(CODE, "submit and approve, 4 clients", Target(share=0.5), unit="moves/s")
    line.notes.append(
        f"{len(PLACES)} × {CASES} cases a round, after {WARM} each that does not count; limit: row lock, update, step,"
        " event and commit by hand; the event's hash chain is the database's own in both"
    )
    with no_traces():
        if bench.profiler:  # in this process, where a profile sees it
            return [bench.rated(line, ours=lambda: alone(drafts()[0]))]
        return [
            bench.rated(line, ours=lambda: together(through_take, drafts()), limit=lambda: together(by_hand, drafts()))
        ]


def alone(cases: list[Case]) -> float:
    begun = time.monotonic()
    through_take(cases)
    return len(cases) * MOVES / (time.monotonic() - begun)


def drafts() -> list[list[Case]]:
    """New registrations ready to be submitted, with who submits and who approves; a list a client."""
    return [list(drafts_in(code)) for code in PLACES]


def drafts_in(code: str) -> Iterator[Case]:
    division, approver = Division.objects.get(pk=code), officer(code)
    with transaction.atomic():
        units = organisations(
            Organisation(
                kind=OrganisationKind.INSTITUTION, name=f"测量学校{n}", division=division, uscc=uscc_from(code, n)
            )
            for n in (next(serial) for _case in range(WARM + CASES))
        )
        memberships(units)
        profiles = Unit.objects.bulk_create(map(profile, units))
        Teacher.objects.bulk_create(Teacher(unit=unit, name="教师") for unit in profiles)
        Venue.objects.bulk_create(Venue(unit=unit, name="实训室", address="新华大街", capacity=60) for unit in profiles)
        found = Registration.objects.bulk_create(
            Registration(
                number=f"ZC{unit.organisation_id}-bench", division=division, applicant=unit.organisation, unit=unit
            )
            for unit in profiles
        )
    return ((registration, operator(registration.applicant), approver) for registration in found)


def through_take(cases: Sequence[Case]) -> None:
    for registration, submits, approves in cases:
        take(registration, "submit", by=submits, expected_version=0)
        take(registration, "approve", by=approves, expected_version=1)


def by_hand(cases: Sequence[Case]) -> None:
    """The limit: what a move cannot do without, in plain SQL."""
    for registration, submits, approves in cases:
        move_by_hand(registration, 0, "submit", State.DRAFT, State.IN_REVIEW, submits, approves)
        move_by_hand(registration, 1, "approve", State.IN_REVIEW, State.APPROVED, approves, approves)


def move_by_hand(
    registration: Registration, version: int, move: str, before: str, after: str, by: Membership, desk: Membership
) -> None:
    now, decided = timezone.now(), after == State.APPROVED
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT state, version FROM training_registration WHERE id = %s FOR UPDATE", [registration.pk])
        if cursor.fetchone() != (before, version):
            raise RuntimeError("somebody else was here")
        cursor.execute(
            "UPDATE training_registration SET state = %s, version = version + 1, desk_id = %s, need = %s, decided_at ="
            " %s WHERE id = %s",
            [after, desk.organisation_id, "review_registration", now if decided else None, registration.pk],
        )
        cursor.execute(
            "INSERT INTO casework_step (kind, object_id, number, round, version, move, from_state, to_state, decides,"
            " needs_reason, by_id, reviewer_id, actor, reason, data, at) VALUES ('registration', %s, %s, 1, %s, %s, %s,"
            " %s, %s, false, %s, %s, 'bench', '', '{}', %s)",
            [
                registration.pk,
                registration.number,
                version,
                move,
                before,
                after,
                decided,
                by.pk,
                by.user_id if decided else None,
                now,
            ],
        )
        cursor.execute(
            "INSERT INTO accounts_event (chain, number, user_id, membership_id, actor, act, subject_kind, subject_id,"
            " subject, reason, data, origin, previous, hash)"
            " VALUES (%s, 0, %s, %s, 'bench', %s, 'registration', %s, %s, '', %s, '', '', '')",
            [
                registration.division_id,
                by.user_id,
                by.pk,
                f"registration.{move}",
                registration.pk,
                registration.number,
                json.dumps({"before": before, "after": after}),
            ],
        )


def together(work: Callable[[Sequence[Case]], None], clients: list[list[Case]]) -> float:
    """Moves a second of several processes that begin at the same moment."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    start, answers = fork.Barrier(len(clients)), fork.SimpleQueue()
    processes = [fork.Process(target=one_client, args=(work, cases, start, answers)) for cases in clients]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("a client failed, see above")
    times = [answers.get() for _process in processes]
    seconds = max(ended for _begun, ended in times) - min(begun for begun, _ended in times)
    return len(clients) * CASES * MOVES / seconds


def one_client(work: Callable[[Sequence[Case]], None], cases: Sequence[Case], start: Any, answers: Any) -> None:
    work(cases[:WARM])  # a portal's process serves thousands of requests on its connection
    start.wait(timeout=60)
    begun = time.monotonic()
    work(cases[WARM:])
    answers.put((begun, time.monotonic()))
    connections.close_all()
