"""The supervisor tells of every death, gives up on what keeps dying, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.processes import alive, wait_until

pytestmark = pytest.mark.services

KEEPS_DYING = """
from devtools.supervise import Child, Supervisor
import os, pathlib, sys
supervisor = Supervisor()
dying = [sys.executable, "-c", "raise SystemExit('out of luck')"]
supervisor.start(Child("patient", dying, pathlib.Path(sys.argv[1]), dict(os.environ)))
code = supervisor.watch(lambda: None)
supervisor.stop()
raise SystemExit(code)
"""
TWO_GENERATIONS = """
from devtools.supervise import Child, Supervisor
import os, pathlib, sys
log = pathlib.Path(sys.argv[1])
parent = "import subprocess, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
supervisor = Supervisor()
supervisor.start(Child("family", [sys.executable, "-c", parent], log, dict(os.environ)))
print(supervisor.children[0].process.pid, flush=True)
code = supervisor.watch(lambda: None)
supervisor.stop()
raise SystemExit(code)
"""


def supervise(program: str, log: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(log)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def family(process: subprocess.Popen[str], log: Path) -> list[int]:
    """Read the child's pid from the supervisor and the grandchild's from the child's log."""
    assert process.stdout is not None
    child = int(process.stdout.readline())
    assert wait_until(lambda: log.exists() and log.read_text().strip() != "", 10)
    return [child, int(log.read_text())]


def test_a_process_that_keeps_dying_is_reported_and_given_up(tmp_path: Path) -> None:
    process = supervise(KEEPS_DYING, tmp_path / "log")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told.count("✗ patient ended with code 1") == 4
    assert told.count("· patient started again") == 3
    assert "out of luck" in told


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_it_ends_well_and_takes_grandchildren_along(tmp_path: Path, how: signal.Signals) -> None:
    process = supervise(TWO_GENERATIONS, tmp_path / "log")
    pids = family(process, tmp_path / "log")
    process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert [pid for pid in pids if alive(pid)] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parent's death is signalled on Linux only")
def test_killed_itself_it_leaves_no_orphan(tmp_path: Path) -> None:
    process = supervise(TWO_GENERATIONS, tmp_path / "log")
    child, grandchild = family(process, tmp_path / "log")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    try:
        assert wait_until(lambda: not alive(child), 10)
    finally:
        os.kill(grandchild, signal.SIGKILL)
