"""The gate: rates, slots, Retry-After and the breaker hold for all workers together (R-ELG-6)."""

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from eligibility.registries import breaker, limits, store
from eligibility.registries.ask import outcomes
from eligibility.registries.catalogue import limits_of
from eligibility.registries.limits import Gate, Lease
from eligibility.registries.protocol import Answer, Busy, NoAnswer, Silence
from tests.registries.situations import BATOR, STRANGER, crowd


def side_by_side(*calls):
    """Run each call in a thread of its own, as two workers would."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_a_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine beside whatever loop this thread already runs (a browser of another test may have left one)."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_two_askers_together_stay_within_rate_and_slots(door, ask, settings):
    settings.REGISTRY_LIMITS = {"employment": {"per_second": 10, "concurrency": 3}}
    people, got = crowd(3000), []
    started = time.monotonic()
    side_by_side(
        lambda: got.extend(ask({"employment": people[:1500]})), lambda: got.extend(ask({"employment": people[1500:]}))
    )
    assert len(got) == 30
    assert all(isinstance(outcome.result, Answer) for outcome in got)
    assert door.states()["employment"]["peak_at_once"] <= 3
    # Ten at once, and then no eleventh before a second is over: thirty calls cannot be done in less than two.
    assert time.monotonic() - started >= 2.0


def test_one_call_every_two_seconds_is_a_rate_too(door, ask, settings):
    settings.REGISTRY_LIMITS = {"employment": {"per_second": 2 / 3}}
    started = time.monotonic()
    assert len(ask({"employment": crowd(200)})) == 2
    assert time.monotonic() - started >= 1.5


def test_retry_after_is_honoured_by_everybody_and_all_are_answered_in_the_end(door, ask, settings):
    settings.REGISTRY_LIMITS = {"employment": {"concurrency": 4}}
    door.behave("employment", "rate_limited", per_second=5, retry_after=1)
    people, got = crowd(1200), []
    side_by_side(
        lambda: got.extend(ask({"employment": people[:600]})), lambda: got.extend(ask({"employment": people[600:]}))
    )
    assert [isinstance(outcome.result, Answer) for outcome in got] == [True] * 12
    state = door.states()["employment"]
    assert state["requests"] - state["limited"] == 12
    assert 1 <= state["limited"] <= 12  # at most the four in flight each time the registry says «later»


def test_a_registry_that_wants_a_long_pause_hands_the_batch_back_as_busy(door, ask):
    door.behave("employment", "rate_limited", per_second=0, retry_after=60)
    (outcome,) = ask({"employment": [BATOR]}, patience=0.5)
    assert isinstance(outcome.result, Busy)
    assert 50 < outcome.result.retry_after <= 60
    (again,) = ask({"employment": [BATOR]}, patience=0.5)
    assert isinstance(again.result, Busy)
    assert door.states()["employment"]["requests"] == 1


def test_the_breaker_opens_for_all_and_closes_when_the_registry_is_back(door, ask, settings):
    settings.REGISTRY_LIMITS = {"business": {"failures": 3, "pause": 0.6}}
    door.behave("business", "down")
    (first,) = ask({"business": [BATOR]})
    assert (first.result.reason, first.attempts) == (Silence.OUT_OF_SERVICE, 3)
    assert breaker.paused_until("business") is not None
    (second,) = ask({"business": [BATOR]})
    assert (second.result, second.attempts) == (NoAnswer(Silence.PAUSED), 0)
    assert door.states()["business"]["requests"] == 3

    time.sleep(0.7)
    (trial,) = ask({"business": [BATOR]})
    assert trial.attempts == 1
    assert door.states()["business"]["requests"] == 4
    assert breaker.paused_until("business") is not None

    door.behave("business", "normal")
    time.sleep(0.7)
    got = ask({"business": crowd(1000)})
    assert [isinstance(outcome.result, Answer) for outcome in got] == [True] * 10
    assert breaker.paused_until("business") is None


def test_with_the_breaker_half_open_only_one_call_tries(door, ask, settings):
    settings.REGISTRY_LIMITS = {"business": {"failures": 1, "pause": 0.5}}
    door.behave("business", "down")
    ask({"business": [BATOR]})
    time.sleep(0.6)
    got = ask({"business": crowd(1000)})
    assert {outcome.result.reason for outcome in got} == {Silence.OUT_OF_SERVICE, Silence.PAUSED}
    assert door.states()["business"]["requests"] == 2


def test_an_officer_may_have_a_registry_asked_again_before_the_pause_is_over(door, ask, settings):
    settings.REGISTRY_LIMITS = {"business": {"failures": 1, "pause": 600}}
    door.behave("business", "error500")
    ask({"business": [BATOR]})
    door.behave("business", "normal")
    breaker.ask_again("business")
    (outcome,) = ask({"business": [BATOR]})
    assert isinstance(outcome.result, Answer)


def test_being_busy_is_no_failure_to_the_breaker(door, ask, settings):
    settings.REGISTRY_LIMITS = {"business": {"failures": 1}}
    door.behave("business", "rate_limited", per_second=0, retry_after=60)
    ask({"business": [BATOR]}, patience=0.1)
    assert breaker.paused_until("business") is None


def test_a_roster_of_one_asked_by_an_officer_goes_before_a_roster_of_thousands(door, ask, settings):
    settings.REGISTRY_LIMITS = {"employment": {"concurrency": 1}}
    door.behave("employment", "slow", latency_ms=60)
    urgent, background = [], []
    officer = threading.Thread(target=lambda: urgent.extend(ask({"employment": [BATOR]}, urgent=True)))
    for outcome in outcomes({"employment": crowd(3000)}):
        if not background:
            officer.start()
        background.append(outcome)
    officer.join()
    later = [outcome for outcome in background if outcome.asked_at > urgent[0].asked_at]
    assert len(background) == 30
    assert len(later) >= 15


def test_slots_of_a_killed_worker_come_back(settings, monkeypatch):
    monkeypatch.setattr(limits, "SPARE_SECONDS", 0.1)
    settings.REGISTRY_LIMITS = {"employment": {"concurrency": 1, "timeout": 1.9}}

    async def take(seconds: float) -> Lease | None:
        redis = store.open_async()
        gate = Gate(redis, "employment", limits_of("employment"), urgent=False)
        try:
            return await asyncio.wait_for(gate.enter(time.monotonic()), seconds)
        except TimeoutError:
            return None
        finally:
            await gate.__aexit__(None, None, None)
            await redis.aclose()

    assert isinstance(in_a_thread(take(5)), Lease)
    assert in_a_thread(take(0.1)) is None
    assert isinstance(in_a_thread(take(5)), Lease)


def test_without_the_shared_counters_nobody_is_asked(door, ask, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    (outcome,) = ask({"employment": [BATOR, STRANGER]})
    assert outcome.result.reason == Silence.NO_COUNTER
    assert door.states()["employment"]["requests"] == 0


@pytest.mark.parametrize("failing", ["html", "half_json"])
def test_nonsense_opens_the_breaker_like_silence(door, ask, settings, failing):
    settings.REGISTRY_LIMITS = {"poverty": {"failures": 2, "pause": 60}}
    door.behave("poverty", failing)
    (outcome,) = ask({"poverty": [BATOR]})
    assert outcome.attempts == 2
    assert breaker.paused_until("poverty") is not None
