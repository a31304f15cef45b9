"""Start the demo's processes, watch them, say when one dies and start it again, stop all of them in order."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from devtools.environment import say
from devtools.folders import PROJECT
from devtools.processes import follow_parent

PATIENCE = 15
RESTARTS_ALLOWED = 3
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """One process of the demo in a group of its own; its output goes to its log."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=follow_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
            )

    def ended(self) -> int | None:
        """Give the exit code of a process that is no longer there; None while it runs."""
        return self.process.poll() if self.process else None

    def ask_to_end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Ask the process to end, wait, then end whatever is left of its group."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.ask_to_end()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class EndedEarlyError(Exception):
    """A signal came while the demo was still starting: not an error, but the step under way is given up."""


class Supervisor:
    """Keeps children until a signal asks for the end. Started in order, stopped in the opposite order."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.ending = self.watching = False
        for number in STOPPING:
            signal.signal(number, self._end)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        if self.ending:
            return
        self.ending = True
        say(f"\n· {signal.Signals(number).name}: stopping …")
        if not self.watching:
            raise EndedEarlyError

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def start_over(self) -> None:
        """End what was started too early."""
        for child in self.children:
            child.stop()
        self.children.clear()

    def watch(self, revive_services: Callable[[], None]) -> int:
        """Stay until asked to end (0) or until a process keeps dying (1). Every death is told, with the log's place."""
        self.watching = True
        while not self.ending:
            time.sleep(0.2)
            revive_services()
            for child in self.children:
                code = child.ended()
                if code is not None and not self.ending and not self._again(child, code):
                    return 1
        return 0

    def _again(self, child: Child, code: int) -> bool:
        """Tell of a death and start the child again, three times a minute at most."""
        now = time.monotonic()
        child.restarts = [moment for moment in child.restarts if now - moment < 60] + [now]
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        say(f"✗ {child.name} {how}; its log: {child.log}")
        if len(child.restarts) > RESTARTS_ALLOWED:
            say(f"✗ {child.name} keeps ending: giving up. The log's last lines:\n{tail(child.log)}")
            return False
        child.stop()
        child.start()
        say(f"· {child.name} started again")
        return True

    def stop(self) -> None:
        """Ask all to end, the last started first, then wait for each: nobody waits for another's last job."""
        self.ending = True
        for child in reversed(self.children):
            child.ask_to_end()
        for child in reversed(self.children):
            child.stop()


def tail(log: Path, characters: int = 2000) -> str:
    return log.read_text(errors="replace")[-characters:] if log.exists() else ""


def foreground(command: list[str], environment: dict[str, str]) -> int:
    """Run one command on this terminal (Ctrl-C reaches it there, SIGTERM is passed on); gives its exit code."""
    process: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if process and number != signal.SIGINT:
            process.send_signal(number)

    former = {number: signal.signal(number, pass_on) for number in STOPPING}
    try:
        arrange = follow_parent(signal.SIGTERM)
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, preexec_fn=arrange)  # noqa: PLW1509
        code = process.wait()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
