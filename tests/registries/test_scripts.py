"""The gate's Lua scripts by themselves, against the real server: whom a turn lets in, why not, and what it notes."""

import pytest

from eligibility.registries import health, limits, store

LONG = 60_000


@pytest.fixture
def server():
    client = store.client()
    yield client
    client.delete(*store.keys("scripts", *limits.NAMES))


@pytest.fixture
def turn(server):
    """A turn at a registry, of its settings, of calls that ended (lease, outcome, retry_ms, reason, ms, odd, odd_last)
    and of leases wanted. Gives why no more were let in, how many were, and the wait in milliseconds.
    """
    script = store.script(server, limits.TURN)

    def take(*wanted, ended=(), urgent=False, concurrency=10, bucket=10, failures=3, window=LONG, pause=LONG):
        settings = [int(urgent), concurrency, bucket, window, LONG, failures, pause]
        args = [*settings, len(ended), *(value for call in ended for value in call), *wanted]
        return script(keys=store.keys("scripts", *limits.NAMES), args=args)

    return take


def answered(lease, ms=12):
    return lease, "answer", 0, "", ms, 0, ""


def silent(lease):
    return lease, "silence", 0, "timeout", 0, 0, ""


def test_all_are_let_in_where_there_is_room(turn, server):
    assert turn("a", "b") == ["go", 2, 0]
    assert set(server.zrange(store.key("scripts", "slots"), 0, -1)) == {"a", "b"}


def test_nobody_is_asked_for_and_nobody_comes(turn):
    assert turn() == ["go", 0, 0]


def test_no_more_calls_at_once_than_there_are_slots_and_one_that_ends_makes_room(turn):
    why, granted, wait = turn("a", "b", "c", concurrency=2)
    assert (why, granted) == ("full", 2)
    assert wait > 0
    assert turn("c", concurrency=2)[:2] == ["full", 0]
    assert turn("c", concurrency=2, ended=[answered("a")]) == ["go", 1, 0]


def test_a_rate_is_spent_for_the_whole_window_whoever_has_ended_meanwhile(turn):
    assert turn("a", "b", "c", bucket=2)[:2] == ["full", 2]
    why, granted, wait = turn("c", bucket=2, ended=[answered("a"), answered("b")])
    assert (why, granted) == ("full", 0)
    assert LONG - 5_000 < wait <= LONG


def test_later_means_later_for_everybody_and_the_longest_wait_counts(turn):
    turn("a", "b")
    turn(ended=[("a", "busy", 50_000, "", 3, 0, ""), ("b", "busy", 20_000, "", 3, 0, "")])
    why, granted, wait = turn("c")
    assert (why, granted) == ("later", 0)
    assert 45_000 < wait <= 50_000


def test_silence_often_enough_stops_all_and_an_answer_in_between_starts_the_count_anew(turn, server):
    for call, ended in enumerate((silent, silent, answered, silent, silent)):
        turn(str(call))
        turn(ended=[ended(str(call))])
    assert turn("x") == ["go", 1, 0]
    turn(ended=[silent("x")])
    why, granted, wait = turn("y")
    assert (why, granted) == ("paused", 0)
    assert LONG - 5_000 < wait <= LONG
    assert int(server.hget(store.key("scripts", "breaker"), "failures")) == 3


def test_what_the_caller_gave_up_counts_neither_as_silence_nor_as_an_answer(turn, server):
    turn("a")
    turn(ended=[("a", "given_up", 0, "", 0, 0, "")], failures=1)
    assert turn("b", failures=1) == ["go", 1, 0]
    assert not server.exists(store.key("scripts", "health"))


@pytest.mark.parametrize(
    ("ended", "then"), [(answered, ["go", 1]), (silent, ["paused", 0])], ids=["it answers", "it is silent again"]
)
def test_after_the_pause_one_tries_while_the_others_wait(turn, server, ended, then):
    turn("a")
    turn(ended=[silent("a")], failures=1)
    server.hset(store.key("scripts", "breaker"), "open_until", 1)  # the pause is over
    assert turn("b", "c", failures=1)[:2] == ["full", 1]
    assert turn("c", failures=1)[:2] == ["full", 0]
    assert turn("c", ended=[ended("b")], failures=1)[:2] == then


def test_while_somebody_waits_at_a_page_no_job_gets_in(turn):
    assert turn("a", concurrency=1) == ["go", 1, 0]
    assert turn("page", concurrency=1, urgent=True)[:2] == ["full", 0]
    assert turn("job", concurrency=1, ended=[answered("a")])[:2] == ["full", 0]
    assert turn("page", concurrency=1, urgent=True) == ["go", 1, 0]


def test_a_lease_whose_worker_died_makes_room_when_it_is_over(turn, server):
    turn("dead", concurrency=1)
    server.zadd(store.key("scripts", "slots"), {"dead": 1})
    assert turn("next", concurrency=1) == ["go", 1, 0]


def test_health_says_since_when_and_keeps_the_latest_fifty_durations(server):
    note = store.script(server, health.NOTE)
    keys = store.keys("scripts", "health", "times")
    for ms in range(60):
        note(keys=keys, args=["answer", "", ms, 0, ""])
    assert server.lrange(keys[1], 0, -1) == [str(ms) for ms in range(59, 9, -1)]
    since = server.hget(keys[0], "since")
    note(keys=keys, args=["answer", "", 7, 2, "person: name"])
    kept = server.hgetall(keys[0])
    assert (kept["answering"], kept["since"], kept["odd"], kept["odd_last"]) == ("1", since, "2", "person: name")
    note(keys=keys, args=["silence", "timeout", 0, 0, ""])
    kept = server.hgetall(keys[0])
    assert (kept["answering"], kept["reason"]) == ("0", "timeout")
    assert int(kept["since"]) >= int(since)
    assert server.lindex(keys[1], 0) == "7"
