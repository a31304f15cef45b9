"""Measuring side by side: a round runs each variant once, medians count, ratios judge a row (docs/performance.md)."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.scales import Scale

ROUNDS = 5
OURS, NAIVE, LIMIT = "ours", "naive", "limit"


class NotBuiltError(Exception):
    """What a row measures is not there yet; the sentence says what."""


@dataclass(frozen=True)
class Variant:
    """One way of doing the work. `run` may give the seconds it measured itself; `times` scales what was measured on a
    part.

    What takes milliseconds is done `repeat` times a round, and one of them counts.
    """

    run: Callable[[], float | None]
    times: float = 1.0
    repeat: int = 1


@dataclass(frozen=True)
class Target:
    """What must hold: at least a share of the limit's speed, or at most a multiple of its time; and so many times the
    naive way.
    """

    share: float | None = None
    multiple: float | None = None
    naive: float | None = None

    @property
    def text(self) -> str:
        parts = [f"≥ {self.share:g} of limit"] if self.share is not None else []
        parts += [f"≤ {self.multiple:g} × limit"] if self.multiple is not None else []
        parts += [f"≥ {self.naive:g} × naive"] if self.naive is not None else []
        return ", ".join(parts)


@dataclass
class Line:
    """One line of the table. Times are seconds (or ms); of a rate, more is better. `also` are further conditions with
    their words.
    """

    row: str
    what: str
    target: Target
    unit: str = "s"
    ours: float | None = None
    naive: float | None = None
    limit: float | None = None
    also: dict[str, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: str = ""

    @property
    def is_rate(self) -> bool:
        return self.unit.endswith("/s")

    @property
    def ratio(self) -> float | None:
        """Where a share is asked: our speed over the limit's. Where a multiple is asked: our time over the limit's."""
        if not self.ours or not self.limit:
            return None
        slower = self.limit / self.ours if self.is_rate else self.ours / self.limit
        return 1 / slower if self.target.share is not None else slower

    @property
    def times_naive(self) -> float | None:
        """How many times faster than the naive way."""
        if not self.ours or not self.naive:
            return None
        return self.ours / self.naive if self.is_rate else self.naive / self.ours

    @property
    def failures(self) -> list[str]:
        """What does not hold, in words; empty when the line holds."""
        found = [words for words, holds in self.also.items() if not holds]
        ratio, faster, target = self.ratio, self.times_naive, self.target
        if target.share is not None and (ratio is None or ratio < target.share):
            found.append(f"{ratio or 0:.2f} of the limit")
        if target.multiple is not None and (ratio is None or ratio > target.multiple):
            found.append(f"{ratio or 0:.2f} × the limit")
        if target.naive is not None and (faster is None or faster < target.naive):
            found.append(f"{faster or 0:.1f} × naive")
        return found

    @property
    def holds(self) -> bool | None:
        return None if self.missing else not self.failures


@dataclass
class Bench:
    """What a row needs to know, and where it says how far it is. `timed` runs the variants; a profile puts its own in
    its place.
    """

    scale: Scale
    rounds: int = ROUNDS
    say: Callable[[str], None] = lambda line: None
    profiler: Any = None

    def timed(self, line: Line, **variants: Variant) -> Line:
        """Fill in a line with the medians of its variants."""
        if self.profiler:
            self.profiler.run(line, variants[OURS].run)
            return line
        self.say(f"  {line.row} {line.what}")
        for name, seconds in interleaved(variants, self.rounds).items():
            setattr(line, name, seconds * (1000 if line.unit == "ms" else 1))
        return line

    def rated(self, line: Line, **ways: Callable[[], float]) -> Line:
        """The same for rates: each way gives what it got done a second."""
        if self.profiler:
            self.profiler.run(line, ways[OURS])
            return line
        self.say(f"  {line.row} {line.what}")
        found: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(self.rounds + 1):
            for name, way in ways.items():
                rate = way()
                found[name] += [rate] if number else []
        for name, rates in found.items():
            setattr(line, name, statistics.median(rates))
        return line


def interleaved(variants: Mapping[str, Variant], rounds: int) -> dict[str, float]:
    """Medians in seconds; one round to warm up, then `rounds` of them, each variant once a round."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, variant in variants.items():
            seconds = once(variant)
            if number:
                times[name].append(seconds)
    return {name: statistics.median(found) for name, found in times.items()}


def once(variant: Variant) -> float:
    gc.collect()
    begun = time.perf_counter()
    own = [variant.run() for _turn in range(variant.repeat)]
    whole = time.perf_counter() - begun if own[0] is None else sum(seconds or 0 for seconds in own)
    return whole / variant.repeat * variant.times


def queries_of(work: Callable[[], Any]) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
