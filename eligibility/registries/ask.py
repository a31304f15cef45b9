"""Asks several registries about many subjects, batch by batch, and hands each batch over as it comes (R-ELG-6).

Nothing here touches the database: whoever asks stores each batch as it is handed over, and asks again only for what
is not stored. So a crash costs the batches in flight, and nobody answered and stored is asked twice.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.db import connections

from eligibility.registries import health, store
from eligibility.registries.catalogue import BATCH, REGISTRIES, limits_of
from eligibility.registries.client import adapters, open_session
from eligibility.registries.limits import Gate, Lease
from eligibility.registries.protocol import (
    SPOILT_BY_ONE,
    WORTH_A_SECOND_TRY,
    Adapter,
    Answer,
    BatchOutcome,
    Busy,
    Mode,
    NoAnswer,
    Silence,
    Subject,
)

ATTEMPTS = 3
FIRST_PAUSE = 0.1
MOST_SPOILT = 16
PATIENCE = 30.0
BACKLOG = 16
PURPOSE = "training_eligibility"
OFFLINE = {Mode.FILE: Silence.FILE, Mode.ASSISTED: Silence.ASSISTED, Mode.NONE: Silence.NOT_CONNECTED}
Questions = Mapping[str, Sequence[Subject]]
OnBatch = Callable[[str, BatchOutcome], Any]


@dataclass(frozen=True)
class RegistryClient:
    """What is needed to ask one registry."""

    code: str
    adapter: Adapter
    gate: Gate
    concurrency: int
    purpose: str
    patience: float

    async def ask_batch(self, subjects: tuple[Subject, ...]) -> AsyncIterator[BatchOutcome]:
        """One batch to its end. What one subject may have spoilt is asked again in halves, so that it alone stays open.

        A registry that spoils every piece is not asked about every subject: after so many pieces in a row the rest
        stays open as it is.
        """
        deadline = time.monotonic() + self.patience
        pieces, in_a_row, answered = deque([subjects]), 0, False
        while pieces:
            outcome = await self.ask_piece(pieces.popleft(), deadline, others_answered=answered)
            answered = answered or isinstance(outcome.result, Answer)
            in_a_row = in_a_row + 1 if outcome.is_spoilt else 0
            if outcome.is_spoilt and in_a_row == MOST_SPOILT:
                yield replace(outcome, subjects=(*outcome.subjects, *chain.from_iterable(pieces)))
                return
            if outcome.is_spoilt and len(outcome.subjects) > 1:
                middle = len(outcome.subjects) // 2
                pieces += [outcome.subjects[:middle], outcome.subjects[middle:]]
                continue
            if outcome.is_spoilt and len(subjects) > 1:
                await asyncio.to_thread(health.record_apart, self.code, outcome.result)
            yield outcome

    async def ask_piece(self, subjects: tuple[Subject, ...], deadline: float, *, others_answered: bool) -> BatchOutcome:
        """These subjects in one call: quick second tries for what may pass, short waits when told to come later."""
        asked_at = datetime.now(UTC)
        calls = failures = 0
        result: Answer | NoAnswer | Busy | None = None
        ms = None
        while True:
            lease = await self.gate.enter(deadline)
            if not isinstance(lease, Lease):
                # After a failed try its own reason says more than «paused».
                return BatchOutcome(self.code, subjects, result or lease, asked_at, ms, calls)
            calls += 1
            asked_at = datetime.now(UTC)
            result, ms = await self.call(lease, subjects, others_answered=others_answered)
            if isinstance(result, Answer):
                return BatchOutcome(self.code, subjects, result, asked_at, ms, calls)
            if isinstance(result, NoAnswer):
                failures += 1
                in_halves = result.reason in SPOILT_BY_ONE and len(subjects) > 1
                if failures == ATTEMPTS or in_halves or result.reason not in WORTH_A_SECOND_TRY:
                    return BatchOutcome(self.code, subjects, result, asked_at, ms, calls)
                await asyncio.sleep(FIRST_PAUSE * 3 ** (failures - 1))
            else:
                result = None

    async def call(
        self, lease: Lease, subjects: tuple[Subject, ...], *, others_answered: bool
    ) -> tuple[Answer | NoAnswer | Busy, float]:
        """One call under a lease; the slot is given back whatever happens.

        What is spoilt when others of the batch were answered says nothing of the registry as a whole (see
        `record_apart`).
        """
        started = time.perf_counter()
        result: Answer | NoAnswer | Busy | None = None
        try:
            result = await self.adapter.ask(subjects, self.purpose)
        finally:
            ms = 1000 * (time.perf_counter() - started)
            spoilt = isinstance(result, NoAnswer) and result.reason in SPOILT_BY_ONE
            self.gate.leave(lease, None if spoilt and others_answered else result, ms)
        return result, ms


async def ask_many(
    questions: Questions,
    *,
    on_batch: OnBatch,
    modes: Mapping[str, str] | None = None,
    urgent: bool = False,
    patience: float = PATIENCE,
    purpose: str = PURPOSE,
) -> None:
    """Ask each registry about its subjects, in batches of 100, and call `on_batch(registry, outcome)` for each batch.

    Every subject is in exactly one outcome; a batch has several where one subject spoilt the answer for the others.
    `modes` says which registries are not online: their subjects come back at once as NoAnswer. `urgent` is for somebody
    who waits at a screen: such calls go before background ones. `patience` is how many seconds a batch may wait when
    the registry says Retry-After; after that it comes back Busy. `on_batch` may be a coroutine function; it must not
    use the database (see `ask_all` for that).
    """
    online = {}
    for code, subjects in questions.items():
        batches = in_batches(subjects)
        mode = Mode((modes or {}).get(code, Mode.ONLINE))
        if mode == Mode.ONLINE:
            online[code] = batches
            continue
        for batch in batches:
            reason = NoAnswer(OFFLINE[mode])
            await hand_over(on_batch, BatchOutcome(code, batch, reason, datetime.now(UTC)))
    if any(online.values()):
        await ask_online(online, on_batch, urgent=urgent, patience=patience, purpose=purpose)


async def ask_online(
    online: Mapping[str, list[tuple[Subject, ...]]], on_batch: OnBatch, *, urgent: bool, patience: float, purpose: str
) -> None:
    """All registries side by side, each with as many calls at once as it allows."""
    limits = {code: limits_of(code) for code in online}
    redis = store.open_async()
    try:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(open_session())
            gates = {
                code: await stack.enter_async_context(Gate(redis, code, of, urgent=urgent))
                for code, of in limits.items()
            }
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            for code, adapter in adapters(session, limits).items():
                gate = gates[code]
                client = RegistryClient(code, adapter, gate, limits[code].concurrency, purpose, patience)
                waiting = iter(online[code])
                for _ in range(min(client.concurrency, len(online[code]))):
                    tasks.create_task(work(client, waiting, on_batch))
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        await redis.aclose()


async def work(client: RegistryClient, waiting: Iterator[tuple[Subject, ...]], on_batch: OnBatch) -> None:
    """Take the next batch until there is none."""
    for batch in waiting:
        async for outcome in client.ask_batch(batch):
            await hand_over(on_batch, outcome)


async def hand_over(on_batch: OnBatch, outcome: BatchOutcome) -> None:
    """Give a batch to the caller, whose function may be a coroutine function."""
    wait = on_batch(outcome.registry, outcome)
    if asyncio.iscoroutine(wait):
        await wait


def in_batches(subjects: Sequence[Subject]) -> list[tuple[Subject, ...]]:
    """The subjects in tuples of at most 100, each subject once."""
    once = list(dict.fromkeys(subjects))
    return [tuple(once[start : start + BATCH]) for start in range(0, len(once), BATCH)]


def outcomes(questions: Questions, **options: Any) -> Iterator[BatchOutcome]:
    """The same for synchronous code: batches as they come, while further ones are asked in a thread of their own.

    The loop body runs in the caller's thread, so it may store each batch in a transaction of its own; leaving the loop
    early stops the asking. Options are those of `ask_many`. Raises RuntimeError inside an open transaction: a registry
    may take minutes, and a transaction must not.
    """
    with closing(gathered(questions, **options)) as groups:
        for group in groups:
            yield from group


def gathered(questions: Questions, **options: Any) -> Iterator[list[BatchOutcome]]:
    """The same by groups: whatever has come while the caller stored the last one, so that a slow storing is a rarer
    one.
    """
    unknown = questions.keys() - REGISTRIES.keys()
    if unknown:
        raise ValueError(f"unknown registries: {', '.join(sorted(unknown))}")
    refuse_inside_transaction()
    with closing(_Asking(questions, options)) as asking:
        yield from asking


def ask_all(questions: Questions, *, on_batch: OnBatch, **options: Any) -> None:
    """`ask_many` for Celery tasks: `on_batch` runs in the caller's thread and may store the batch."""
    for outcome in outcomes(questions, **options):
        on_batch(outcome.registry, outcome)


def refuse_inside_transaction() -> None:
    """A question to the outside never runs inside a database transaction (the one around a test case apart)."""
    for connection in connections.all(initialized_only=True):
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise RuntimeError("registries must not be asked inside a database transaction")


class _Asking:
    """A thread that asks, and the short queue between it and the loop that stores."""

    def __init__(self, questions: Questions, options: dict[str, Any]) -> None:
        self.queue: queue.Queue[BatchOutcome | BaseException | None] = queue.Queue(BACKLOG)
        self.stopping = False
        self.thread = threading.Thread(target=self._run, args=(questions, options), name="registries", daemon=True)
        self.thread.start()

    def __iter__(self) -> Iterator[list[BatchOutcome]]:
        end: object = self
        while end is self:
            came = [self.queue.get()]
            with suppress(queue.Empty):
                while True:
                    came.append(self.queue.get_nowait())
            if not isinstance(came[-1], BatchOutcome):
                end = came.pop()
            if came:
                yield came
        if isinstance(end, BaseException):
            raise end

    def close(self) -> None:
        """Stop asking, and wait until the slots are given back."""
        self.stopping = True
        self.thread.join()

    def _run(self, questions: Questions, options: dict[str, Any]) -> None:
        end: BaseException | None = None
        try:
            asyncio.run(self._ask(questions, options))
        except BaseException as problem:  # noqa: BLE001 (raised again in the thread that asked)
            end = problem
        while not self.stopping:
            with suppress(queue.Full):
                self.queue.put(end, timeout=0.1)
                break

    async def _ask(self, questions: Questions, options: dict[str, Any]) -> None:
        asking = asyncio.ensure_future(ask_many(questions, on_batch=self._put, **options))
        while not asking.done() and not self.stopping:
            await asyncio.wait([asking], timeout=0.1)
        if self.stopping:
            asking.cancel()
        await asking

    async def _put(self, registry: str, outcome: BatchOutcome) -> None:
        """Hold the asking back while the storing is behind, so that a crash costs few batches."""
        while not self.stopping and self.queue.full():
            await asyncio.sleep(0.005)
        if not self.stopping:
            self.queue.put_nowait(outcome)  # only this thread puts, so there is still room
