"""The whole demo in a copy of the checkout under a bare environment, for tests of the launcher and for the journeys."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from devtools.environment import stamp_of
from devtools.folders import PROJECT
from devtools.packages import digest_of, stamped
from devtools.ports import lasting_port
from devtools.processes import alive, command_of, first_number, follow_parent, wait_until

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".dev", "node_modules", "__pycache__", "artefacts", "media", ".*_cache"
)
READY = "Ctrl-C stops everything"
PATIENCE = 90


def packages_ready() -> bool:
    """Tell whether the front-end packages are there: without them the demo would need the network."""
    return stamped(PROJECT / "node_modules" / ".fanbu-stamp", digest_of([PROJECT / "package-lock.json"]))


NEEDS_A_STACK = [
    pytest.mark.services,
    pytest.mark.skipif(not packages_ready(), reason="the front-end packages are not installed (npm ci)"),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="counts processes by /proc"),
    pytest.mark.skipif(not stamp_of("tools").exists(), reason="not run by ./dev"),
]


@contextmanager
def copied_checkout(folder: Path) -> Iterator[Path]:
    """A copy of the project that shares the installed packages; root's database folder is removed afterwards."""
    copy = folder / "checkout"
    shutil.copytree(PROJECT, copy, ignore=LEFT_OUT, symlinks=True)
    for name in (".venv", "node_modules"):
        (copy / name).symlink_to(PROJECT / name)
    try:
        yield copy
    finally:
        shutil.rmtree(roots_folder(copy), ignore_errors=True)


def roots_folder(checkout: Path) -> Path:
    """Where root's PostgreSQL of this checkout lies."""
    ask = [sys.executable, "-c", "from devtools.folders import MARK; print(MARK)"]
    mark = subprocess.run(ask, cwd=checkout, capture_output=True, text=True, check=True).stdout.strip()
    return Path(f"/var/tmp/fanbu-{mark}")


class Demo:
    """One `./dev demo`, started as a user would start it; it ends with the process that started it."""

    def __init__(self, checkout: Path) -> None:
        self.checkout, self.ahead = checkout, 0
        self.port = lasting_port(checkout.parent / "port")
        self.bare = {"PATH": os.environ["PATH"], "HOME": str(checkout.parent)}
        command = [sys.executable, "dev", "demo", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command,
            cwd=checkout,
            env=self.bare,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=follow_parent(signal.SIGTERM),
        )
        assert self.process.stdout is not None
        self.told = ""
        for line in self.process.stdout:
            self.told += line
            if READY in line:
                break

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.checkout / ".dev" / "demo"

    @property
    def control(self) -> tuple[str, str]:
        """Address and token of the simulated registries' control door."""
        token = json.loads((self.data / "keys.json").read_text())["REGISTRY_CONTROL_TOKEN"]
        return f"http://127.0.0.1:{(self.data / 'registries.port').read_text().strip()}", token

    def today(self) -> date:
        """The demo's day: the real one with what its practice calendar was moved on."""
        return datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=self.ahead)

    def answers(self) -> int:
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=20) as answer:
            return int(answer.status)

    def log(self, name: str) -> str:
        path = self.data / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def family(self) -> list[int]:
        """List ./dev and everything below it."""
        found = {self.process.pid}
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                name, _, rest = stat.read_text().rpartition(")")
                parents[int(name.split(" ", 1)[0])] = int(rest.split()[1])
        for _ in range(5):
            found |= {pid for pid, parent in parents.items() if parent in found}
        return sorted(found)

    def group(self, words: str) -> list[int]:
        """The processes of the family whose command line holds these words, the first started first."""
        return [pid for pid in self.family() if words in command_of(pid)]

    def postmaster(self) -> int | None:
        """The database server's first process."""
        near = (roots_folder(self.checkout) / "demo" if os.getuid() == 0 else self.data / "postgres") / "pgdata"
        return first_number(near / "postmaster.pid")

    def send(self, task: str) -> None:
        """Queue a task that beat would queue, now."""
        command = [
            sys.executable,
            "dev",
            "manage",
            "shell",
            "-v",
            "0",
            "-c",
            f"from celery import current_app; current_app.send_task('{task}')",
        ]
        done = subprocess.run(
            command, cwd=self.checkout, env=self.bare, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def end(self, how: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, rest

    def end_for_sure(self) -> None:
        """In order where possible; whatever is left of the family is killed."""
        family = self.family()
        with suppress(subprocess.TimeoutExpired):
            if self.process.poll() is None:
                self.end(signal.SIGTERM)
        for pid in family:
            if alive(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(alive(pid) for pid in family), 20)
