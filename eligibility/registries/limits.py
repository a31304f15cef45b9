"""The gate before each registry: rate, concurrency, Retry-After, breaker, shared by all workers (R-ELG-6).

One Lua script (`lua/turn.lua`), on Redis's own clock, notes the calls that ended and lets the next ones in: one round
trip for all calls of this process that end and begin at the same time.

The rate is a bucket whose tokens each come back one second after they were taken (and a margin for the way to the
registry), so no second ever sees more than `per_second` calls; a bucket that refills evenly would allow nearly twice
that in the second after a rest. Calls in flight hold a lease that expires if the worker dies. Interactive askers go
first: while one waits, background askers get neither a slot nor a token.
"""

import asyncio
import time
import uuid
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

from redis.exceptions import RedisError

from eligibility.registries import health, store
from eligibility.registries.catalogue import Limits
from eligibility.registries.protocol import Busy, NoAnswer, Result, Silence

MARGIN = 1.05
SPARE_SECONDS = 5  # by which a lease outlives the longest call
NAMES = ("breaker", "trial", "not_before", "slots", "tokens", "urgent", "health", "times")

TURN = store.lua("breaker", "health", "clock", "turn")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to make one call now."""

    id: str


Verdict = Lease | NoAnswer | Busy
Place = tuple["asyncio.Future[Verdict]", float]


class Gate:
    """Lets the calls of this process to one registry through; use it with `async with`, then every end is noted."""

    def __init__(self, redis: Any, code: str, limits: Limits, *, urgent: bool) -> None:
        self.turn = store.script(redis, TURN)
        self.keys = store.keys(code, *NAMES)
        bucket = max(1, int(limits.per_second))
        window_ms = ceil(1000 * MARGIN * bucket / limits.per_second)
        lease_ms, pause_ms = ceil(1000 * (limits.timeout + SPARE_SECONDS)), ceil(1000 * limits.pause)
        self.settings = [int(urgent), limits.concurrency, bucket, window_ms, lease_ms, limits.failures, pause_ms]
        self.line: deque[Place] = deque()
        self.ended: list[tuple[Any, ...]] = []
        self.news = asyncio.Event()
        self.clerk: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        if self.clerk:
            await self.clerk

    async def enter(self, deadline: float) -> Verdict:
        """Wait for a free slot and a token, however long; for a Retry-After only until `deadline` (monotonic)."""
        place: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self.line.append((place, deadline))
        self._call_clerk()
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and isinstance(lease := place.result(), Lease):
                self.leave(lease, None, 0)
            self.news.set()
            raise

    def leave(self, lease: Lease, result: Result | None, ms: float) -> None:
        """Give the slot back and note how it went; None when the call was given up by the caller."""
        outcome, reason, odd, example = health.noted(result) if result else ("given_up", "", 0, "")
        retry_ms = ceil(1000 * result.retry_after) if isinstance(result, Busy) else 0
        self.ended.append((lease.id, outcome, retry_ms, reason, round(ms), odd, example))
        self._call_clerk()

    def _call_clerk(self) -> None:
        self.news.set()
        if self.clerk is None or self.clerk.done():
            self.clerk = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        """Take turns with Redis as long as somebody waits or has ended."""
        while self._tidy_line() or self.ended:
            self.news.clear()
            ended, self.ended = self.ended, []
            leases = [uuid.uuid4().hex for _ in self.line]
            args = [*self.settings, len(ended), *(value for call in ended for value in call), *leases]
            try:
                why, granted, wait_ms = await self.turn(keys=self.keys, args=args)
            except RedisError as problem:  # leases expire by themselves
                self._send_away(NoAnswer(Silence.NO_COUNTER, type(problem).__name__))
                return
            for lease in leases[:granted]:
                self._admit(Lease(lease))
            await self._wait_turn(why, wait_ms / 1000)

    async def _wait_turn(self, why: bytes, seconds: float) -> None:
        if why == b"paused":
            self._send_away(NoAnswer(Silence.PAUSED))
        if why == b"later":
            self._send_away(Busy(seconds), before=time.monotonic() + seconds)
        if seconds and self._tidy_line():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), seconds)

    def _tidy_line(self) -> bool:
        """Forget those who left the line; is anybody still in it?"""
        self.line = deque(place for place in self.line if not place[0].done())
        return bool(self.line)

    def _admit(self, lease: Lease) -> None:
        """Let the first in line in; when all have left meanwhile, the lease goes back."""
        while self.line:
            place, _deadline = self.line.popleft()
            if not place.done():
                place.set_result(lease)
                return
        self.leave(lease, None, 0)

    def _send_away(self, verdict: NoAnswer | Busy, before: float = float("inf")) -> None:
        """Tell those who would not wait until `before` that they do not get in."""
        for place, deadline in self.line:
            if deadline < before and not place.done():
                place.set_result(verdict)
