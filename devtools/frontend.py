"""Compile the translations and collect the static files: only when something changed."""

import os
import subprocess
import sys

import polib

from devtools.environment import LOCKS, say
from devtools.folders import DATA, PROJECT, Trouble
from devtools.packages import digest_of, stamped

COLLECTED = DATA / "static"
STATIC_SOURCES = ("static", "*/static")
STAMP = DATA / "static.stamp"


def compile_translations() -> None:
    """Compile each .po whose .mo is missing or older (no system gettext needed)."""
    for source in PROJECT.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            say(f"· translation {source.relative_to(PROJECT)}")
            aside = target.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(aside))
            aside.replace(target)


def collected() -> bool:
    """Tell whether no static file, package or setting changed since the files were collected."""
    return COLLECTED.exists() and stamped(STAMP, _wanted())


def _wanted() -> str:
    folders = [folder for pattern in STATIC_SOURCES for folder in PROJECT.glob(pattern) if folder != COLLECTED]
    own = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    config = [PROJECT / "config" / name for name in ("settings.py", "staticfinder.py")]
    return digest_of([*own, *config, LOCKS["portal"], PROJECT / "package-lock.json"])


def collect_static(environment: dict[str, str]) -> None:
    """Run collectstatic when something changed."""
    if collected():
        return
    say("· static files")
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "-v", "0"]
    if subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode:
        raise Trouble("collectstatic failed (see above).")
    STAMP.write_text(_wanted())
