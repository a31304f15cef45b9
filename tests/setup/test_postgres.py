"""The embedded PostgreSQL comes up again whatever was done to it, and says plainly where it cannot."""

import contextlib
import os
import pwd
import signal
import subprocess

import psycopg2
import pytest

from devtools import processes
from devtools.folders import Place, Trouble
from devtools.postgres import SOCKET, Postgres

pytestmark = pytest.mark.services


def ask(server: Postgres, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(psycopg2.connect(server.url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def kill(server: Postgres) -> None:
    pid = server.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not processes.alive(pid), 10)


def test_a_killed_server_starts_again_with_its_rows(place: Place) -> None:
    server = Postgres(place, durable=True)
    assert server.start() is True
    ask(server, "CREATE TABLE kept (n integer)")
    ask(server, "INSERT INTO kept VALUES (7)")
    kill(server)
    assert server.running() is None
    assert server.start() is True
    assert ask(server, "SELECT n FROM kept") == [(7,)]


def test_a_running_server_is_used_and_not_started_twice(place: Place) -> None:
    server = Postgres(place, durable=False)
    server.start()
    first = server.running()
    assert Postgres(place, durable=False).start() is False
    assert server.running() == first


def test_locks_that_name_a_living_stranger_do_not_block_the_start(place: Place) -> None:
    server = Postgres(place, durable=False)
    server.start()
    socket_lock = server.base / SOCKET if os.getuid() == 0 else place.sockets() / SOCKET
    locks = [server.data / "postmaster.pid", socket_lock.with_name(f"{SOCKET}.lock")]
    rest = [lock.read_text().split("\n", 1)[1] for lock in locks]
    kill(server)
    stranger = subprocess.Popen(["sleep", "600"], user="nobody" if os.getuid() == 0 else None)
    try:
        for lock, text in zip(locks, rest, strict=True):
            lock.write_text(f"{stranger.pid}\n{text}")
        assert server.start() is True
    finally:
        stranger.kill()
        stranger.wait()
    assert ask(server, "SELECT 1") == [(1,)]


def test_an_interrupted_first_start_does_not_block_the_next(place: Place) -> None:
    server = Postgres(place, durable=False)
    (server.base / "pgdata.new").mkdir(parents=True)
    (server.base / "pgdata.new" / "half").write_text("an initdb was cut short here")
    if os.getuid() == 0:
        os.chmod(server.base.parent, 0o755)
    assert server.start() is True


def test_sorting_and_prefix_search_follow_the_production_locale(place: Place) -> None:
    server = Postgres(place, durable=False)
    server.start()
    wanted = "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'fanbu'"
    assert ask(server, wanted) == [("b", "C.UTF-8", "UTF8")]


def test_the_server_listens_on_no_port_and_its_socket_is_ours_alone(place: Place) -> None:
    server = Postgres(place, durable=False)
    server.start()
    assert ask(server, "SHOW listen_addresses") == [("",)]
    assert ask(server, "SHOW unix_socket_permissions") == [("0700",)]


def test_test_data_give_up_safety_for_speed_and_demo_data_do_not(place: Place) -> None:
    server = Postgres(place, durable=False)
    server.start()
    assert ask(server, "SHOW fsync") == [("off",)]
    server.stop()
    safe = Postgres(place, durable=True)
    safe.start()
    assert ask(safe, "SHOW fsync") == [("on",)]


def test_a_user_without_an_account_is_told_to_set_database_url(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(Trouble, match=r"no account on this machine.*DATABASE_URL"):
        Postgres(place, durable=False).start()


def test_without_the_wheel_database_url_is_asked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devtools.postgres.PACKAGE", "no_such_package")
    with pytest.raises(Trouble, match="DATABASE_URL"):
        Postgres(place, durable=False).start()
