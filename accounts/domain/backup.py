"""A copy of everything outside the portal, and the way back (R-SEC-1, R-SEC-2): database, files, and what proves that
both came back whole. Keys are kept apart: a copy says which are needed, never what they are.

In the folder of copies each stands under its moment (`database.dump`, `manifest.json`); files never change once they
are written, so all copies share one store of them (`files/`) and a new one adds only what is new.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.domain.audit import record, verify
from kit.crypto import DecryptionError
from kit.fields import EncryptedTextField
from kit.postgres.schema import migrations_of_this_version, migrations_run

DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
SAMPLE = 200  # rows of each encrypted column that are opened after a restore
PORTAL = "fanbu"  # the role the portal reads and writes as
PART = ".part"


class BackupError(Exception):
    """Why there is no copy, or no way back: a sentence for whoever typed the command."""


@dataclass(frozen=True)
class Manifest:
    """What a copy holds: when it was made, by which schema, with which keys; tables as [rows, digest], files as
    [bytes, SHA-256].
    """

    made_at: str
    migrations: dict[str, str]
    keys: dict[str, str]
    dump: str
    tables: dict[str, list[Any]]
    files: dict[str, list[Any]]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        try:
            return cls(**json.loads((folder / MANIFEST).read_text("utf-8")))
        except (OSError, ValueError, TypeError) as unreadable:
            raise BackupError(f"{folder} is no copy of the portal: {unreadable}") from unreadable

    def write(self, folder: Path) -> None:
        (folder / MANIFEST).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")


def back_up(folder: Path) -> Path:
    """Write a copy into `folder` and give its place. What is dumped and what is counted is one moment of the database;
    files are copied after it, so every file a row names is there.
    """
    media = Path(settings.MEDIA_ROOT)
    if folder.resolve().is_relative_to(media.resolve()):
        raise BackupError(f"{folder} lies in the folder of the portal's files: choose one on another disk")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = timezone.localtime()
    place = folder / now.strftime("%Y%m%d-%H%M%S")
    part = place.with_name(place.name + PART)
    part.mkdir(mode=0o700)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        dump = _started("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={part / DUMP}")
        tables = table_digests()
        _ended("pg_dump", dump)
    manifest = Manifest(
        made_at=now.isoformat(),
        migrations=_schema(),
        keys=key_checks(),
        dump=_sha256(part / DUMP),
        tables=tables,
        files=_copy_new(media, folder / FILES, _known(folder)),
    )
    manifest.write(part)
    part.rename(place)
    record("backup.made", by=None, kind="backup", dump=manifest.dump, files=len(manifest.files))
    return place


def restore(place: Path) -> list[str]:
    """Bring a copy back into an empty database and an empty folder of files. All that can be asked is asked before
    anything is written. Gives what was compared, as sentences; raises BackupError.
    """
    manifest, store, media = Manifest.read(place), place.parent / FILES, Path(settings.MEDIA_ROOT)
    _refuse_what_is_not_empty(media)
    _refuse_another_version(manifest)
    _refuse_other_keys(manifest)
    if _sha256(place / DUMP) != manifest.dump:
        raise BackupError(f"{place / DUMP} was changed since it was written")
    for path, (_size, digest) in manifest.files.items():
        if not (store / path).is_file() or _sha256(store / path) != digest:
            raise BackupError(f"{store / path} is missing or was changed since it was written")
    options = ["--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={connection.settings_dict['NAME']}"]
    if not _role_exists(PORTAL):
        options.append("--no-privileges")
    _ended("pg_restore", _started("pg_restore", *options, str(place / DUMP)))
    for path in manifest.files:
        _copy(store / path, media / path)
    return list(_compared(manifest))


def _compared(manifest: Manifest) -> Iterator[str]:
    """Everything that came back, held against what the copy says of it."""
    found = table_digests()
    if wrong := [name for name, digest in manifest.tables.items() if found.get(name) != digest]:
        raise BackupError(f"these tables came back otherwise than they were: {', '.join(wrong)}")
    yield f"{len(found)} tables, {sum(rows for rows, _digest in found.values())} rows: as they were"
    yield f"{len(manifest.files)} files: as they were"
    if flaws := list(verify()):
        raise BackupError(f"{len(flaws)} flaws in the audit trail (`manage.py verify_audit` names them)")
    yield "the audit trail is whole"
    yield f"{_open_a_sample()} encrypted values opened"


def table_digests() -> dict[str, list[Any]]:
    """Of every table the number of its rows and a digest that does not depend on their order."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (name,) in cursor.fetchall():
            quoted = connection.ops.quote_name(name)
            cursor.execute(
                f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {quoted} t"  # noqa: S608
            )
            count, digest = cursor.fetchone()
            found[name] = [count, str(digest)]
    return found


def key_checks() -> dict[str, str]:
    """The keys of this installation by name, each as a value by which another installation knows its own again."""
    keys = {f"FANBU_FIELD_KEYS {number}": key for number, key in settings.FANBU_FIELD_KEYS.items()}
    keys["FANBU_INDEX_KEY"] = settings.FANBU_INDEX_KEY
    return {name: hmac.new(key, b"fanbu backup", hashlib.sha256).hexdigest()[:16] for name, key in keys.items()}


def _schema() -> dict[str, str]:
    """The newest migration of every app that was run."""
    return dict(sorted(migrations_run() & migrations_of_this_version()))


def _refuse_what_is_not_empty(media: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        (tables,) = cursor.fetchone()
    if tables:
        raise BackupError(f"the database {connection.settings_dict['NAME']} is not empty: restore into a new one")
    if media.exists() and any(path.is_file() for path in media.rglob("*")):
        raise BackupError(f"the folder of files {media} is not empty: restore into a new one")


def _refuse_another_version(manifest: Manifest) -> None:
    known = migrations_of_this_version()
    if missing := [f"{app}.{name}" for app, name in manifest.migrations.items() if (app, name) not in known]:
        raise BackupError(f"the copy was made by a newer version of the portal: {', '.join(missing)} is not known here")


def _refuse_other_keys(manifest: Manifest) -> None:
    here = key_checks()
    if other := [name for name, check in manifest.keys.items() if here.get(name) != check]:
        raise BackupError(f"not the keys the copy was written with: {', '.join(other)}")


def _open_a_sample() -> int:
    """Open the first rows of every encrypted column; gives how many. The field decrypts what it reads."""
    opened = 0
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                try:
                    rows = model._default_manager.filter(**{f"{field.name}__isnull": False})
                    opened += len(rows.order_by("pk").values_list(field.name)[:SAMPLE])
                except DecryptionError as closed:
                    raise BackupError(f"encrypted values do not open: {closed}") from closed
    return opened


def _role_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [name])
        return bool(cursor.fetchone()[0])


# ── files
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _known(folder: Path) -> dict[str, list[Any]]:
    """What the newest copy says of the files in the store: they are not read again."""
    copies = sorted(one.parent for one in folder.glob(f"*/{MANIFEST}") if one.parent.suffix != PART)
    return Manifest.read(copies[-1]).files if copies else {}


def _copy_new(media: Path, store: Path, known: dict[str, list[Any]]) -> dict[str, list[Any]]:
    files = {}
    for source in sorted(path for path in media.rglob("*") if path.is_file()):
        path, size = str(source.relative_to(media)), source.stat().st_size
        target = store / path
        if path not in known or known[path][0] != size or not target.is_file():
            _copy(source, target)
            files[path] = [size, _sha256(target)]
        else:
            files[path] = known[path]
    return files


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(target.name + PART)
    shutil.copyfile(source, part)
    part.chmod(0o600)
    part.rename(target)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as unreadable:
        raise BackupError(f"{path} cannot be read: {unreadable.strerror}") from unreadable


# ── PostgreSQL's own tools
# ─────────────────────────────────────────────────────────────────────────────────────────


def _started(tool: str, *options: str) -> subprocess.Popen[bytes]:
    """One of PostgreSQL's tools at work on our database; the password goes by its environment."""
    found = shutil.which(tool, path=os.environ.get("FANBU_PG_BIN") or None)
    if found is None:
        raise BackupError(f"{tool} was not found: install PostgreSQL's client of the server's version (FANBU_PG_BIN)")
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    own = {names[name]: str(value) for name, value in given.items() if name in names and value}
    return subprocess.Popen([found, *options], env={**os.environ, **own}, stderr=subprocess.PIPE)


def _ended(tool: str, process: subprocess.Popen[bytes]) -> None:
    _out, errors = process.communicate()
    if process.returncode:
        raise BackupError(f"{tool}: {' '.join(errors.decode(errors='replace').split())}")
