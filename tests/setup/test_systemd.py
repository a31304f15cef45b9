"""The units for a server without Docker: what they start is there, as whom, with which secrets, how closed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg2
import pytest

from devtools.folders import PROJECT, Place
from devtools.postgres import Postgres

UNITS = PROJECT / "deploy/systemd"
SERVICES = sorted(UNITS.glob("*.service"))
PARTS = ("web", "worker", "worker-interactive", "beat")


def lines(path: Path) -> list[tuple[str, str]]:
    """The settings of a unit in their order; a name may stand several times."""
    found = [line.partition("=") for line in path.read_text().splitlines() if re.match(r"\w+=", line)]
    return [(name, value) for name, _sign, value in found]


def values(path: Path, name: str) -> list[str]:
    return [value for key, value in lines(path) if key == name]


@pytest.mark.parametrize("path", SERVICES, ids=[path.name for path in SERVICES])
def test_each_runs_as_its_own_user_with_secrets_from_files_and_nothing_open_but_its_folders(path: Path) -> None:
    assert values(path, "User") == ["fanbu"]
    assert values(path, "EnvironmentFile")[0] == "/etc/fanbu/fanbu.env"
    assert not any(re.search(r"SECRET|KEY|PASSWORD|DATABASE_URL", value) for value in values(path, "Environment"))
    for name, value in (("NoNewPrivileges", "yes"), ("ProtectSystem", "strict"), ("CapabilityBoundingSet", "")):
        assert values(path, name) == [value]
    assert values(path, "ReadWritePaths") == ["/srv/media /srv/beat"]
    (command,) = values(path, "ExecStart")
    program = PROJECT / command.split()[0].removeprefix("/srv/fanbu/")
    assert os.access(program, os.X_OK), command


def test_only_the_migration_knows_the_owner_of_the_tables() -> None:
    assert [p.name for p in SERVICES if "/etc/fanbu/owner.env" in values(p, "EnvironmentFile")] == [
        "fanbu-migrate.service"
    ]


def test_nothing_lasting_starts_before_the_installation_and_that_not_before_the_migration() -> None:
    assert values(UNITS / "fanbu@.service", "Requires") == ["fanbu-install.service"]
    assert values(UNITS / "fanbu-install.service", "Requires") == ["fanbu-migrate.service"]


def test_the_target_starts_every_part_the_entrypoint_knows() -> None:
    (wanted,) = values(UNITS / "fanbu.target", "Wants")
    assert wanted.split() == [f"fanbu@{part}.service" for part in PARTS]
    cases = re.findall(r"^([a-z |-]+)\)$", (PROJECT / "deploy/entrypoint.sh").read_text(), re.MULTILINE)
    known = {word.strip() for case in cases for word in case.split("|")}
    assert set(PARTS) <= known


def test_the_environment_file_names_what_production_asks_for() -> None:
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (UNITS / "fanbu.env.example").read_text(), re.MULTILINE))
    required = set(
        re.findall(r"\"((?:FANBU|REGISTRY|DATABASE)_[A-Z_]+)\"", (PROJECT / "config/starting.py").read_text())
    )
    assert required - {"FANBU_MODE"} <= set(example)
    settings = (PROJECT / "docker-compose.yml").read_text()
    in_compose = set(re.findall(r"^    ((?:FANBU|REGISTRY|DATABASE|REDIS)_[A-Z_]+):", settings, re.MULTILINE))
    assert in_compose - {"FANBU_MODE"} == set(example)  # what one way of running knows, the other knows
    assert {name for name, value in example.items() if value} == {"FANBU_TOTP_ROLES"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_finds_no_fault_and_little_exposure(tmp_path: Path) -> None:
    for path in UNITS.glob("fanbu*"):
        text = path.read_text().replace("/srv/fanbu", str(PROJECT))
        (tmp_path / path.name).write_text(text)
        if path.name == "fanbu@.service":
            for part in PARTS:
                (tmp_path / f"fanbu@{part}.service").write_text(text)
    names = ["fanbu.target", "fanbu-migrate.service", "fanbu-install.service", *(f"fanbu@{p}.service" for p in PARTS)]
    verify = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names)]
    checked = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    for name in names[1:]:
        ask = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(tmp_path / name)]
        assert subprocess.run(ask, capture_output=True, check=False).returncode == 0, name


@pytest.mark.services
def test_an_owner_who_is_no_superuser_sets_up_the_portals_role(place: Place) -> None:
    """The way of a bare server (docs/operations.md); the portal's role has another name here, the embedded server's
    superuser is called as it is.
    """
    server = Postgres(place, durable=False)
    server.start()
    superuser = psycopg2.connect(server.url)
    superuser.autocommit = True
    superuser.cursor().execute("CREATE ROLE fanbu_owner LOGIN CREATEROLE")
    superuser.cursor().execute(
        "CREATE DATABASE bare OWNER fanbu_owner TEMPLATE template0 ENCODING 'UTF8'"
        " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    )
    superuser.close()
    surroundings = {"PATH": f"{server.bin}:{os.environ['PATH']}", "PGHOST": server.url.split("host=")[1]}
    text = (PROJECT / "deploy/postgres/10-roles.sh").read_text()
    text = text.replace("ROLE fanbu", "ROLE portal").replace("TO fanbu", "TO portal")
    text = text.replace("ON DATABASE fanbu", "ON DATABASE bare")
    given = {"POSTGRES_USER": "fanbu_owner", "POSTGRES_DB": "bare", "FANBU_DB_PASSWORD": "letters"}
    ran = subprocess.run(["sh", "-c", text], env=surroundings | given, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    at_bare = server.url.replace("/fanbu?", "/bare?")
    owner = psycopg2.connect(at_bare.replace("fanbu@", "fanbu_owner@"))
    owner.autocommit = True
    owner.cursor().execute("CREATE TABLE trail (id int)")
    owner.close()
    portal = psycopg2.connect(at_bare.replace("fanbu@", "portal@"))
    portal.autocommit = True
    portal.cursor().execute("INSERT INTO trail VALUES (1)")
    for statement in ("TRUNCATE trail", "DROP TABLE trail", "CREATE TABLE mine ()"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            portal.cursor().execute(statement)
    portal.close()
