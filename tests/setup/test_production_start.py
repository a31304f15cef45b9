"""The portal starts in production mode with complete secrets only, and its database role can not
undo the audit trail.
"""

import contextlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.starting import Surroundings
from devtools.folders import PROJECT, Place
from devtools.postgres import Postgres

SECRETS = {
    "FANBU_SECRET_KEY": secrets.token_urlsafe(60),
    "FANBU_FIELD_KEYS": f"1:{secrets.token_hex(32)}",
    "FANBU_INDEX_KEY": secrets.token_hex(32),
    "REGISTRY_SECRET": secrets.token_hex(24),
    "REGISTRY_URL": "https://gateway.example",
    "DATABASE_URL": "postgresql://fanbu@nowhere/fanbu",
}


def check(tmp_path: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Django's deployment check as the image does: production mode, static files collected."""
    (tmp_path / "staticfiles.json").write_text("{}")
    surroundings = {"PATH": os.environ["PATH"], "FANBU_MODE": "production", "FANBU_STATIC_ROOT": str(tmp_path)}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command, cwd=PROJECT, env={**surroundings, **given}, capture_output=True, text=True, check=False
    )


def test_the_deployment_check_is_clean(tmp_path: Path) -> None:
    result = check(tmp_path, SECRETS)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_production_does_not_start_without_a_secret(tmp_path: Path, name: str) -> None:
    result = check(tmp_path, {**SECRETS, name: ""})
    assert result.returncode != 0
    assert f"{name} is not set" in result.stderr


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    result = check(tmp_path, {**SECRETS, "FANBU_SECRET_KEY": "", "FANBU_INDEX_KEY": "secret", "DATABASE_URL": ""})
    assert result.returncode != 0
    for said in ("FANBU_SECRET_KEY is not set", "FANBU_INDEX_KEY: a key is 64 hex digits", "DATABASE_URL is not set"):
        assert said in result.stderr


def with_mode(tmp_path: Path, mode: str | None) -> str:
    given = SECRETS | ({"FANBU_MODE": mode} if mode is not None else {})
    (tmp_path / "staticfiles.json").write_text("{}")
    surroundings = {
        "PATH": os.environ["PATH"],
        "FANBU_STATIC_ROOT": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    started = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=PROJECT,
        env=surroundings | given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode != 0
    return started.stderr


@pytest.mark.parametrize("mode", [None, "", "prodution", "Production", "PRODUCTION ", "tests"])
def test_without_a_mode_or_with_a_misspelt_one_nothing_starts(tmp_path: Path, mode: str | None) -> None:
    said = with_mode(tmp_path, mode)
    assert "FANBU_MODE is" in said
    assert "production, demo, test" in said


WEAK = [
    ("FANBU_SECRET_KEY", "tests-only-" + "k" * 50, "key of the tests"),
    ("FANBU_SECRET_KEY", "short", "too weak"),
    ("FANBU_SECRET_KEY", "a" * 80, "too weak"),
    ("FANBU_SECRET_KEY", "django-insecure-" + secrets.token_urlsafe(60), "too weak"),
    ("FANBU_FIELD_KEYS", "1:" + "5a" * 32, "key of the tests"),
    ("FANBU_FIELD_KEYS", "1:" + "00" * 32, "too weak"),
    ("FANBU_FIELD_KEYS", "1:" + "0123456789abcdef" * 4, "too weak"),
    ("FANBU_FIELD_KEYS", "1:" + secrets.token_hex(31), "64 hex digits"),
    ("FANBU_FIELD_KEYS", "1:" + "zz" * 32, "64 hex digits"),
    ("FANBU_FIELD_KEYS", secrets.token_hex(32), "<number from 1 to 255>"),
    ("FANBU_FIELD_KEYS", f"0:{secrets.token_hex(32)}", "<number from 1 to 255>"),
    ("FANBU_FIELD_KEYS", f"1:{secrets.token_hex(32)},1:{secrets.token_hex(32)}", "each number once"),
    ("FANBU_FIELD_KEYS", f"1:{SECRETS['FANBU_INDEX_KEY']}", "different keys"),
    ("FANBU_INDEX_KEY", "a5" * 32, "key of the tests"),
    ("FANBU_INDEX_KEY", "11" * 32, "too weak"),
    ("FANBU_INDEX_KEY", "secret", "64 hex digits"),
    ("REGISTRY_SECRET", "simulated-registries", "key of the tests"),
    ("REGISTRY_SECRET", "12345678", "too weak"),
]


@pytest.mark.parametrize(("name", "value", "why"), WEAK, ids=range(len(WEAK)))  # drawn keys: the processes differ
def test_production_refuses_a_weak_or_a_known_key_and_says_which(name: str, value: str, why: str) -> None:
    starting = Surroundings({**SECRETS, "FANBU_MODE": "production", name: value})
    with pytest.raises(ImproperlyConfigured, match=why) as refused:
        asked(starting)
    assert name in str(refused.value)
    assert value not in str(refused.value)


def asked(starting: Surroundings) -> None:
    """Everything the settings ask for."""
    starting.secret_key()
    starting.field_keys()
    starting.index_key()
    starting.registry_secret()
    starting.database()


def test_a_weak_key_stops_the_start_itself(tmp_path: Path) -> None:
    result = check(tmp_path, {**SECRETS, "FANBU_INDEX_KEY": "a5" * 32})
    assert result.returncode != 0
    assert "FANBU_INDEX_KEY is the key of the tests" in result.stderr


def test_keys_drawn_as_the_guide_says_are_taken() -> None:
    for _draw in range(200):
        drawn = {
            "FANBU_MODE": "production",
            "DATABASE_URL": "postgresql://fanbu@postgres/fanbu",
            "FANBU_SECRET_KEY": secrets.token_urlsafe(60),
            "FANBU_FIELD_KEYS": f"1:{secrets.token_hex(32)},2:{secrets.token_hex(32)}",
            "FANBU_INDEX_KEY": secrets.token_hex(32),
            "REGISTRY_SECRET": secrets.token_hex(24),
        }
        asked(Surroundings(drawn))


@pytest.fixture
def portal(place: Place, tmp_path: Path) -> str:
    """A database prepared by deploy/postgres/10-roles.sh with one audit-like table of the owner; gives the portal's
    URL.

    The embedded server's own superuser is called fanbu already, so the portal's role has another name here.
    """
    server = Postgres(place, durable=False)
    server.start()
    script = tmp_path / "roles.sh"
    text = (PROJECT / "deploy/postgres/10-roles.sh").read_text()
    script.write_text(text.replace("ROLE fanbu", "ROLE portal").replace("TO fanbu", "TO portal"))
    surroundings = {
        "PATH": f"{server.bin}:{os.environ['PATH']}",
        "PGHOST": server.url.split("host=")[1],
        "POSTGRES_USER": "fanbu",
        "POSTGRES_DB": "fanbu",
        "FANBU_DB_PASSWORD": "letters",
    }
    subprocess.run(["sh", script], env=surroundings, check=True, capture_output=True)
    with contextlib.closing(psycopg2.connect(server.url)) as owner:
        owner.autocommit = True
        owner.cursor().execute(
            "CREATE TABLE trail (id bigint GENERATED BY DEFAULT AS IDENTITY, act text);"
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'sealed'; END$$;"
            "CREATE TRIGGER seal BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    return server.url.replace("fanbu@", "portal@")


@pytest.mark.services
def test_the_portals_role_writes_rows_but_cannot_undo_the_seal(portal: str) -> None:
    refused = [
        "DROP TRIGGER seal ON trail",
        "ALTER TABLE trail DISABLE TRIGGER ALL",
        "TRUNCATE trail",
        "CREATE TABLE mine ()",
    ]
    with contextlib.closing(psycopg2.connect(portal)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO trail (act) VALUES ('opened') RETURNING act")
            assert cursor.fetchall() == [("opened",)]
            for statement in refused:
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(statement)
            with pytest.raises(psycopg2.errors.RaiseException, match="sealed"):
                cursor.execute("DELETE FROM trail")
