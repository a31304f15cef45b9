"""The production files agree with the settings: no secret has a default, nothing of the demo is in the image."""

import re
from typing import Any

import pytest
import yaml

from devtools.folders import PROJECT

COMPOSE = PROJECT / "docker-compose.yml"
PARTS = ("migrate", "install", "web", "worker", "worker-interactive", "beat")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())


def test_every_part_runs_in_production_mode(compose: dict[str, Any]) -> None:
    assert {compose["services"][part]["environment"]["FANBU_MODE"] for part in PARTS} == {"production"}


def test_no_secret_has_a_default_and_each_stands_in_the_example() -> None:
    used = dict(re.findall(r"\$\{([A-Z_]+)([^}]*)\}", COMPOSE.read_text()))
    example = re.findall(r"^([A-Z_]+)=(.*)$", (PROJECT / "deploy/fanbu.env.example").read_text(), re.MULTILINE)
    assert {name: value for name, value in example if value} == {}
    assert set(used) == {name for name, _ in example}
    may_stay_empty = {
        "FANBU_TOTP_ROLES",
        "FANBU_METRICS_TOKEN",
        "FANBU_MAIL",
        "FANBU_MAIL_FROM",
        "FANBU_SMS",
        "FANBU_SMS_SECRET",
    }
    assert [name for name, rest in used.items() if not rest.startswith(":?") and name not in may_stay_empty] == []


def test_every_required_setting_is_handed_to_every_part(compose: dict[str, Any]) -> None:
    required = set(
        re.findall(r"\"((?:FANBU|REGISTRY|DATABASE)_[A-Z_]+)\"", (PROJECT / "config/starting.py").read_text())
    )
    assert len(required) >= 4
    for part in PARTS:
        assert required - set(compose["services"][part]["environment"]) == set()


def test_only_nginx_is_reachable_and_the_stores_are_on_the_inner_network(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert {name: compose["services"][name]["networks"] for name in ("postgres", "valkey")} == {
        "postgres": ["inside"],
        "valkey": ["inside"],
    }


def test_the_portal_does_not_own_its_tables_only_the_migration_does(compose: dict[str, Any]) -> None:
    owners = {part: compose["services"][part]["environment"]["DATABASE_URL"].split(":")[1] for part in PARTS}
    assert owners == {
        "migrate": "//fanbu_owner",
        "install": "//fanbu",
        "web": "//fanbu",
        "worker": "//fanbu",
        "worker-interactive": "//fanbu",
        "beat": "//fanbu",
    }


def test_one_worker_is_kept_for_those_who_wait_at_a_screen(compose: dict[str, Any]) -> None:
    queues = {
        part: compose["services"][part]["environment"].get("WORKER_QUEUES", "all")
        for part in PARTS
        if part.startswith("worker")
    }
    assert queues == {"worker": "all", "worker-interactive": "interactive"}


def test_every_lasting_service_is_watched(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "healthcheck" not in service] == [
        "migrate",
        "install",
    ]


def test_the_same_collation_as_in_development(compose: dict[str, Any]) -> None:
    arguments = compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert "--locale-provider=builtin --locale=C.UTF-8" in arguments


def test_tests_launcher_and_simulators_stay_out_of_the_image() -> None:
    left_out = (PROJECT / ".dockerignore").read_text().split()
    wanted = ("tests", "devtools", "dev", "registry_simulator", ".dev", ".venv", ".git", "deploy/*.env")
    assert [name for name in wanted if name not in left_out] == []


def test_ordinary_pages_take_12_mb_and_roster_uploads_32() -> None:
    template = (PROJECT / "deploy/nginx/fanbu.conf.template").read_text()
    assert re.findall(r"client_max_body_size (\w+);", template) == ["12m", "32m"]
    pattern = re.search(r"location ~ (\S*roster\S*) \{", template)
    assert pattern is not None
    for path in ("/api/v1/openings/12/roster/", "/openings/12/roster/", "/training/openings/12/roster/"):
        assert re.match(pattern[1], path), path
    assert not re.match(pattern[1], "/openings/12/attachments/")


def test_the_portal_starts_on_what_was_installed_and_installing_runs_on_what_was_migrated(
    compose: dict[str, Any],
) -> None:
    after = {
        part: [name for name, how in compose["services"][part]["depends_on"].items() if "completed" in how["condition"]]
        for part in PARTS[1:]
    }
    assert after == {
        "install": ["migrate"],
        "web": ["install"],
        "worker": ["install"],
        "worker-interactive": ["install"],
        "beat": ["install"],
    }


def test_the_image_is_built_with_everything_production_asks_for() -> None:
    """Collecting the static files reads the settings: a variable that stops the start would stop the build."""
    built = re.search(r"^RUN python deploy.*?(?=^\w)", (PROJECT / "Dockerfile").read_text(), re.MULTILINE | re.DOTALL)
    assert built is not None
    required = re.findall(r"\"((?:FANBU|REGISTRY|DATABASE)_[A-Z_]+)\"", (PROJECT / "config/starting.py").read_text())
    assert set(required) - set(re.findall(r"([A-Z_]+)=", built[0])) == {"FANBU_MODE"}
