"""The embedded Valkey keeps queued jobs through a kill -9 and is not fooled by stale pid files."""

import os
import signal

import pytest
import redis

from devtools import processes
from devtools.folders import Place, Trouble
from devtools.valkey import Valkey

pytestmark = pytest.mark.services


def kill(server: Valkey) -> None:
    pid = server.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not processes.alive(pid), 10)


def test_a_queued_job_survives_kill_9(place: Place) -> None:
    server = Valkey(place, durable=True)
    assert server.start() is True
    redis.Redis.from_url(server.url).rpush("interactive", "job 1")
    kill(server)
    assert server.start() is True
    assert redis.Redis.from_url(server.url).lrange("interactive", 0, -1) == [b"job 1"]


def test_a_pid_file_that_names_a_living_stranger_does_not_block_the_start(place: Place) -> None:
    server = Valkey(place, durable=False)
    server.pid_file.write_text(f"{os.getpid()}\n")
    assert server.running() is None
    assert server.start() is True


def test_a_running_server_is_used_and_not_started_twice(place: Place) -> None:
    server = Valkey(place, durable=False)
    server.start()
    first = server.running()
    assert Valkey(place, durable=False).start() is False
    assert server.running() == first


def test_a_checkout_in_a_deep_folder_still_gets_a_socket(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = place.base.parent.joinpath(*["a-folder-with-a-long-name"] * 5)
    monkeypatch.setattr("devtools.folders.DATA", deep)
    server = Valkey(place, durable=False)
    assert len(str(server.socket).encode()) < 104
    assert server.start() is True
    assert server.socket.parent.stat().st_mode & 0o077 == 0
    server.stop()


def test_a_platform_without_the_wheel_is_told_to_set_redis_url(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Trouble, match="REDIS_URL"):
        Valkey(place, durable=False).start()
