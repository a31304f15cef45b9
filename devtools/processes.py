"""Look at processes by their id: alive, zombie, whose; stop one and wait for it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1


def command_of(pid: int) -> str:
    """Give the command line of a living process; empty for one that is gone or a zombie."""
    if PROC.joinpath("self").exists():
        try:
            return PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def first_number(path: Path) -> int | None:
    """Read the pid in the first line of a lock or pid file."""
    try:
        return int(path.read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def working_in(folder: Path) -> list[int]:
    """List processes whose working folder this is (a killed server's children, for a moment). Linux only."""
    found = []
    for entry in PROC.glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if entry.readlink() == folder:
                found.append(int(entry.parent.name))
    return found


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Ask again and again until the answer is yes; False when the time is over."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def stop(pid: int, how: signal.Signals, seconds: float) -> None:
    """Ask a process to end, wait, and kill it when it does not."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
        if not wait_until(lambda: not alive(pid), seconds):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not alive(pid), 5)


def alive(pid: int) -> bool:
    """Tell whether the process still runs; a child of ours that has ended is collected here."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    if PROC.joinpath("self").exists():
        try:  # the state follows the name, which stands in brackets and may hold anything
            return PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except (OSError, IndexError):
            return False
    return bool(command_of(pid))


def follow_parent(how: signal.Signals) -> Callable[[], None] | None:
    """Give a preexec function: on Linux the child is sent `how` when ./dev itself is killed, so nothing is orphaned."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)

    def arrange() -> None:
        library.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)

    return arrange
