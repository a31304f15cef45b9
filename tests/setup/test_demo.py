"""The whole demo in a copy of the checkout: it answers, it survives kill -9 of everything, it leaves no process."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from devtools.folders import PROJECT
from devtools.frontend import digest_of, stamped
from devtools.ports import lasting_port
from devtools.processes import alive, wait_until

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".dev", "node_modules", "__pycache__", "artefacts", ".*_cache")
READY = "Ctrl-C stops everything"


def packages_ready() -> bool:
    """Tell whether the front-end packages are there: without them the demo would need the network."""
    return stamped(PROJECT / "node_modules" / ".fanbu-stamp", digest_of([PROJECT / "package-lock.json"]))


pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not packages_ready(), reason="the front-end packages are not installed (npm ci)"),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="counts processes by /proc"),
    pytest.mark.skipif(not (PROJECT / ".venv/fanbu-stamp").exists(), reason="not run by ./dev"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A copy of the project that shares the installed packages; root's database folder is removed afterwards."""
    copy = tmp_path / "checkout"
    shutil.copytree(PROJECT, copy, ignore=LEFT_OUT, symlinks=True)
    for name in (".venv", "node_modules"):
        (copy / name).symlink_to(PROJECT / name)
    yield copy
    mark = subprocess.run(
        [sys.executable, "-c", "from devtools.folders import MARK; print(MARK)"],
        cwd=copy, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    shutil.rmtree(f"/var/tmp/fanbu-{mark}", ignore_errors=True)


class Run:
    """One `./dev demo` under a bare environment, as a user would start it."""

    def __init__(self, checkout: Path) -> None:
        self.port = lasting_port(checkout.parent / "port")
        bare = {"PATH": os.environ["PATH"], "HOME": str(checkout.parent)}
        command = [sys.executable, "dev", "demo", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=checkout, env=bare, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        self.told = ""
        for line in self.process.stdout:
            self.told += line
            if READY in line:
                break

    def answers(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=20) as answer:
            return int(answer.status)

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

    def end(self, how: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=90)
        return self.process.returncode, rest


def test_the_demo_answers_survives_kill_9_and_stops_cleanly(checkout: Path) -> None:
    first = Run(checkout)
    assert READY in first.told, first.told
    assert "· demo data" in first.told
    assert f"http://127.0.0.1:{first.port}/" in first.told
    assert first.answers() == 200
    family = first.family()
    assert len(family) > 8
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    first.process.communicate(timeout=30)
    assert wait_until(lambda: not any(alive(pid) for pid in family), 20)

    second = Run(checkout)
    try:
        assert READY in second.told, second.told
        assert "· demo data" not in second.told
        assert "· database schema" not in second.told
        assert second.answers() == 200
        family = second.family()
    finally:
        code, told = second.end(signal.SIGTERM)
    assert code == 0, told
    assert [pid for pid in family if alive(pid)] == []
