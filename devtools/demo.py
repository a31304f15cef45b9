"""Run the demo: services, schema, demo data, simulated registries, web, workers, beat; until Ctrl-C or SIGTERM."""

import contextlib
import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2

from devtools.environment import LOCKS, say
from devtools.folders import PROJECT, Place, Trouble
from devtools.frontend import collect_static, collected, compile_translations
from devtools.packages import digest_of, fetch_packages, stamped
from devtools.ports import HOST, lasting_port
from devtools.processes import wait_until
from devtools.supervise import Child, EndedEarlyError, Supervisor, tail
from devtools.surroundings import Services, has_keys, settings_environment

STAMP_QUERY = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
FIRST_PAGE = "/account/login/"
# The address without its question: somebody’s name may be searched for.
ACCESS = "%(t)s %({x-request-id}o)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
PRACTICE_CALENDAR = str(400 * 86_400)  # the demo's day may be moved on (demo/clock.py)
# One process never takes a large check, so that somebody who waits is served while rosters of thousands are compared.
QUEUES = {
    "worker": ("interactive", 1),
    "worker-checks": ("interactive,checks", 1),
    "worker-slow": ("exports,nightly", 1),
}


def prepare(place: Place, services: Services) -> dict[str, str]:
    """Start the services and bring packages, schema and static files up to date; give the processes' environment."""
    environment = prepare_settings(place, services)
    with collecting(environment):
        services.start()
        migrate(place, environment)
    return environment


@contextlib.contextmanager
def collecting(environment: dict[str, str]) -> Iterator[None]:
    """Collect the static files beside what is done in the block; both have worked at its end."""
    with ThreadPoolExecutor(1) as beside:
        collected = beside.submit(collect_static, environment)
        yield
        collected.result()


def prepare_settings(place: Place, services: Services) -> dict[str, str]:
    """See to packages, translations and keys; give the processes' environment.

    Encrypted columns are of no use without the keys they were written with, so a database without them starts over.
    """
    fetch_packages()
    compile_translations()
    if services.postgres and services.postgres.data.exists() and not has_keys(place):
        say("· the data folder’s keys are gone, its database cannot be read any more: starting over")
        services.stop_embedded()
        place.forget()
    return settings_environment(place, services)


def manage(environment: dict[str, str], *arguments: str) -> None:
    if subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, env=environment, check=False).returncode:
        raise Trouble(f"manage.py {arguments[0]} failed (see above).")


def migrate(place: Place, environment: dict[str, str], before: Callable[[], None] = lambda: None) -> None:
    """Migrate when a migration file or the lock changed; the stamp is the database's comment, so it goes with it.

    `before` is called when there is something to migrate. A note beside the data lets the next start expect this stamp.
    """
    wanted = schema_wanted()
    with contextlib.closing(psycopg2.connect(environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(STAMP_QUERY)
            if cursor.fetchone() != (wanted,):
                before()
                if nobody_there(cursor):
                    seeding_marker(place).touch()
                say("· database schema")
                manage(environment, "migrate", "--no-input", "-v", "0")
                with contextlib.suppress(psycopg2.errors.InsufficientPrivilege):  # an outside database of another owner
                    cursor.execute("SELECT current_database()")
                    name = cursor.fetchone()[0].replace('"', '""')
                    cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [wanted])
    schema_note(place).write_text(noted(wanted, environment))


def schema_wanted() -> str:
    return f"fanbu schema {digest_of([LOCKS['portal'], *PROJECT.glob('*/migrations/*.py')])}"


def schema_note(place: Place) -> Path:
    """Give the file that says which schema the database had when it was last looked at."""
    return place.folder() / "schema-seen"


def noted(wanted: str, environment: dict[str, str]) -> str:
    return f"{wanted} {environment['DATABASE_URL']}"


def nothing_to_do(place: Place, environment: dict[str, str]) -> bool:
    """Tell whether, as far as files tell, the database is migrated and filled; the database itself is asked later."""
    return stamped(schema_note(place), noted(schema_wanted(), environment)) and not seeding_marker(place).exists()


def nobody_there(cursor: psycopg2.extensions.cursor) -> bool:
    """Tell whether the database is new: it has no users, or not even their table."""
    cursor.execute("SELECT to_regclass('accounts_user') IS NULL")
    if cursor.fetchone() == (True,):
        return True
    cursor.execute("SELECT NOT EXISTS (SELECT FROM accounts_user)")
    return bool(cursor.fetchone() == (True,))


def seeding_marker(place: Place) -> Path:
    """Give the file that says «the demo data are still to be loaded»: an interrupted load is repeated."""
    return place.folder() / "seed-wanted"


def seed(place: Place, environment: dict[str, str]) -> None:
    """Load the demo data into a new database, once."""
    if seeding_marker(place).exists():
        say("· demo data")
        manage(environment, "seed")
        seeding_marker(place).unlink()


def web_command(port: int) -> list[str]:
    """Two processes of four threads; the application is loaded once and shared."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{HOST}:{port}", "--preload"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    return [
        *command,
        "--graceful-timeout",
        "10",
        "--timeout",
        "60",
        "--access-logfile",
        "-",
        "--access-logformat",
        ACCESS,
    ]


def worker_command(name: str, queues: str, processes: int) -> list[str]:
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-Q", queues, "-c", str(processes)]
    return [*command, "-n", f"{name}@demo", "-l", "INFO", "--without-gossip", "--without-mingle"]


def beat_command(place: Place) -> list[str]:
    """Beat without a pid file: a stale one would keep it from starting after a kill -9."""
    schedule = str(place.folder("beat") / "schedule")
    return [sys.executable, "-m", "celery", "-A", "beat.app", "beat", "-l", "INFO", "--pidfile=", "-s", schedule]


def answers(port: int, path: str) -> bool:
    """Tell whether something answers HTTP on this port with anything but a server error."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Demo:
    """One run of the demo on one port."""

    def __init__(self, place: Place, port: int) -> None:
        self.place, self.port = place, port
        self.services = Services(place)
        self.supervisor = Supervisor()
        self.registries: int | None = None

    def run(self) -> int:
        """Start everything, wait for the end, stop everything; gives the exit code.

        Loading the web takes longest: where nothing has to be done before it, it loads while the servers start, and
        otherwise while the demo data are loaded. What nobody needs for the first page starts after it.
        """
        try:
            environment = prepare_settings(self.place, self.services)
            self._find_registries(environment)
            with collecting(environment):
                if nothing_to_do(self.place, environment) and collected():
                    self._start_web(environment)
                self.services.start()
                migrate(self.place, environment, before=self.supervisor.start_over)
            web = self._start_web(environment)
            if seeding_marker(self.place).exists():
                self._start_registries(environment)
                seed(self.place, environment)
            self._wait_for(web)
            print(f"\n  Fanbu 凡补  http://{HOST}:{self.port}/\n", flush=True)
            self._start_background(environment)
            self._announce(environment)
            return self.supervisor.watch(self._revive_services)
        except EndedEarlyError:
            return 0
        finally:
            self.supervisor.stop()
            self.services.stop_embedded()
            say("· stopped")

    def _find_registries(self, environment: dict[str, str]) -> None:
        """Choose the simulated registries' address unless REGISTRY_URL names outside ones."""
        if "REGISTRY_URL" not in environment:
            self.registries = lasting_port(self.place.base / "registries.port")
            environment["REGISTRY_URL"] = f"http://{HOST}:{self.registries}"

    def _start_registries(self, environment: dict[str, str]) -> None:
        port = self.registries
        if port and "registries" not in {child.name for child in self.supervisor.children}:
            say("· simulated registries")
            command = [sys.executable, "-m", "registry_simulator", "--port", str(port), "--skew", PRACTICE_CALENDAR]
            self._child("registries", [*command, "--data", str(self.place.folder("registries"))], environment)
            wait_until(lambda: answers(port, "/"), 20)

    def _start_web(self, environment: dict[str, str]) -> Child:
        counters = {"PROMETHEUS_MULTIPROC_DIR": str(self.place.folder("metrics"))}
        return self._child("web", web_command(self.port), environment | counters)

    def _wait_for(self, web: Child) -> None:
        """Wait until the web answers, and for the first page itself, so that nothing else takes the processors before
        it.
        """
        say("· web")
        ready = wait_until(lambda: answers(self.port, "/healthz") or web.ended() is not None, 90, 0.05)
        if not ready or web.ended() is not None:
            raise Trouble(f"The web did not start; {web.log} ends with:\n{tail(web.log)}")
        answers(self.port, FIRST_PAGE)

    def _start_background(self, environment: dict[str, str]) -> None:
        say("· workers, beat")
        for name, (queues, processes) in QUEUES.items():
            self._child(name, worker_command(name, queues, processes), environment)
        self._child("beat", beat_command(self.place), environment)
        self._start_registries(environment)

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> Child:
        """Give the process of this name, started when it was not yet."""
        for child in self.supervisor.children:
            if child.name == name:
                return child
        child = Child(name, command, self.place.log(name), environment)
        self.supervisor.start(child)
        return child

    def _announce(self, environment: dict[str, str]) -> None:
        manage(environment, "demo_accounts")
        if self.registries:
            print(
                f"\n  模拟外部系统 simulated registries  {environment['REGISTRY_URL']}/control  口令 token"
                f" {environment['REGISTRY_CONTROL_TOKEN']}",
                flush=True,
            )
        print(f"\n  Ctrl-C stops everything. Data and logs: {self.place.base}\n", flush=True)

    def _revive_services(self) -> None:
        """Start a killed PostgreSQL or Valkey of ours again, and say so."""
        for server in self.services.embedded():
            if server.running() is None and not self.supervisor.ending:
                say(f"✗ {type(server).__name__} is gone; its log: {self.place.log(type(server).__name__.lower())}")
                server.start()
                say(f"· {type(server).__name__} started again")


def fresh(place: Place) -> None:
    """Forget the demo's data; refuses to touch an outside database."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble("--fresh only deletes the embedded data. DATABASE_URL is set: empty that database yourself.")
    Services(place).stop_embedded()
    place.forget()
