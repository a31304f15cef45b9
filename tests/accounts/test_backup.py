"""A copy is brought back into another database and compared; what would go wrong is said before anything is written
(R-SEC-1, R-SEC-2).
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from accounts.domain import backup
from accounts.domain.audit import record
from accounts.models import Event, User
from bench.database import on_server
from devtools.folders import PROJECT
from tests.factories import member, office

pytestmark = pytest.mark.django_db(transaction=True)
TARGET = "fanbu_restored"


@pytest.fixture
def media(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    default_storage.save("attachments/abc", ContentFile("营业执照".encode()))
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def copy(tmp_path, media):
    """A copy of a database in which people, their telephones and the trail are real."""
    officer = member(office(), full_name="审核甲")
    User.objects.filter(pk=officer.user_id).update(phone="13800001111")
    record("organisation.changed", by=officer, on=officer.organisation, reason="核对")
    call_command("backup", tmp_path / "copies", verbosity=0)
    (place,) = [found for found in (tmp_path / "copies").iterdir() if found.name != backup.FILES]
    return place


@pytest.fixture
def empty():
    """A new database on the same server; gives its address."""
    with on_server() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {TARGET} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {TARGET}")
    yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{TARGET}").geturl()
    with on_server() as cursor:
        cursor.execute(f"DROP DATABASE {TARGET} WITH (FORCE)")


def restored(copy: Path, address: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "DATABASE_URL": address, "FANBU_MEDIA": str(folder), **more}
    surroundings.pop("TEST_DB_NAME", None)
    return subprocess.run(
        [sys.executable, "manage.py", "restore", str(copy)],
        cwd=PROJECT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_copy_comes_back_whole(copy, empty, tmp_path):
    done = restored(copy, empty, tmp_path / "new")
    assert done.returncode == 0, done.stderr
    count = len(json.loads((copy / backup.MANIFEST).read_text())["tables"])
    assert f"{count} tables" in done.stdout
    assert "the audit trail is whole" in done.stdout
    assert "1 encrypted values opened" in done.stdout
    assert (tmp_path / "new" / "attachments" / "abc").read_text("utf-8") == "营业执照"
    again = restored(copy, empty, tmp_path / "newer")
    assert (again.returncode, "is not empty" in again.stderr) == (1, True)


def test_a_second_copy_reads_and_keeps_only_what_is_new(copy, media, monkeypatch):
    store = copy.parent / backup.FILES
    before = (store / "attachments" / "abc").stat().st_mtime_ns
    default_storage.save("attachments/def", ContentFile(b"new"))
    monkeypatch.setattr(backup.timezone, "localtime", lambda: Event.objects.latest("id").at.replace(year=2027))
    place = backup.back_up(copy.parent)
    assert set(backup.Manifest.read(place).files) == {"attachments/abc", "attachments/def"}
    assert (store / "attachments" / "abc").stat().st_mtime_ns == before
    assert Event.objects.filter(act="backup.made").count() == 2


def test_no_key_and_nothing_readable_is_in_a_copy(copy, settings):
    kept = b"".join(path.read_bytes() for path in copy.rglob("*") if path.is_file())
    assert b"13800001111" not in kept
    for key in (*settings.FANBU_FIELD_KEYS.values(), settings.FANBU_INDEX_KEY):
        assert key.hex().encode() not in kept
    assert copy.stat().st_mode & 0o077 == 0


def test_other_keys_are_told_before_anything_is_written(copy, empty, tmp_path):
    done = restored(copy, empty, tmp_path / "new", FANBU_INDEX_KEY="0f" * 32)
    assert done.returncode == 1
    assert "not the keys the copy was written with: FANBU_INDEX_KEY" in done.stderr
    assert not (tmp_path / "new").exists()
    assert restored(copy, empty, tmp_path / "new").returncode == 0


def test_a_file_that_rotted_or_is_gone_is_named(copy, empty, tmp_path):
    kept = copy.parent / backup.FILES / "attachments" / "abc"
    kept.write_bytes(b"rot")
    done = restored(copy, empty, tmp_path / "new")
    assert (done.returncode, f"{kept} is missing or was changed" in done.stderr) == (1, True)
    kept.unlink()
    assert restored(copy, empty, tmp_path / "new").returncode == 1


def test_a_dump_that_was_changed_is_refused(copy, empty, tmp_path):
    with (copy / backup.DUMP).open("ab") as dump:
        dump.write(b"\0")
    done = restored(copy, empty, tmp_path / "new")
    assert (done.returncode, "was changed since it was written" in done.stderr) == (1, True)


def test_a_copy_of_a_newer_version_is_refused(copy, empty, tmp_path):
    manifest = json.loads((copy / backup.MANIFEST).read_text())
    manifest["migrations"]["accounts"] = "9999_of_tomorrow"
    (copy / backup.MANIFEST).write_text(json.dumps(manifest))
    done = restored(copy, empty, tmp_path / "new")
    assert (done.returncode, "accounts.9999_of_tomorrow is not known here" in done.stderr) == (1, True)


def test_a_folder_that_is_no_copy_is_said_to_be_none(tmp_path, empty):
    done = restored(tmp_path, empty, tmp_path / "new")
    assert (done.returncode, "is no copy of the portal" in done.stderr) == (1, True)


def test_copies_do_not_lie_among_the_files_themselves(media):
    with pytest.raises(CommandError, match="choose one on another disk"):
        call_command("backup", media / "copies", verbosity=0)


def test_without_the_databases_tools_it_is_said_what_to_install(tmp_path, media, monkeypatch):
    monkeypatch.setenv("FANBU_PG_BIN", str(tmp_path))
    with pytest.raises(CommandError, match="pg_dump was not found"):
        call_command("backup", tmp_path / "copies", verbosity=0)
    shutil.rmtree(tmp_path / "copies")
