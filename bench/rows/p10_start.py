"""P10: `./dev demo` on its second start, to the first page, beside its servers started by hand."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.measure import Bench, Line, NotBuiltError, Target, Variant
from devtools.demo import answers, seeding_marker, web_command
from devtools.environment import locked
from devtools.folders import DATA, PROJECT, Place
from devtools.ports import HOST, free
from devtools.surroundings import Services, settings_environment

CODE = "P10"
SENTENCE = "./dev demo on its second start, to the first page"
PAGE = "/account/login/"
PATIENCE = 120
OURS_ALONE = ("DATABASE_URL", "REDIS_URL", "REGISTRY_URL", "DJANGO_SETTINGS_MODULE", "TEST_DB_NAME")


def measure(bench: Bench) -> list[Line]:
    place = Place("demo")
    refuse_unprepared(place)
    line = Line(CODE, "second start to the first page", Target(multiple=1.5))
    line.notes.append(
        "limit: PostgreSQL, Valkey and gunicorn started by hand, one after another, in the demo's own folder; stopping"
        " is not counted"
    )
    environment = {
        name: value for name, value in os.environ.items() if name not in OURS_ALONE and not name.startswith("FANBU_")
    }
    port = next(port for port in range(8_400, 8_500) if free(port))
    return [
        bench.timed(
            line,
            ours=Variant(lambda: demo(port, environment)),
            limit=Variant(lambda: by_hand(place, port, environment)),
        )
    ]


def refuse_unprepared(place: Place) -> None:
    if not (place.base / "keys.json").exists() or seeding_marker(place).exists():
        raise NotBuiltError(
            "the demo was not started in this checkout yet: run ./dev demo once, stop it, and measure again"
        )
    with locked(DATA / "demo.lock", None) as alone:
        if not alone:
            raise NotBuiltError("the demo of this checkout is running: stop it and measure again")


def demo(port: int, environment: dict[str, str]) -> float:
    """Seconds from the command to the first page; then it is stopped in order."""
    command = [sys.executable, str(PROJECT / "dev"), "demo", "--port", str(port)]
    return until_first_page(command, environment, port)


def by_hand(place: Place, port: int, environment: dict[str, str]) -> float:
    """The limit: the two servers, then the web, nothing checked and nothing prepared."""
    services = Services(place)
    usual = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        begun = time.perf_counter()
        services = Services(place)
        services.start()
        spent = time.perf_counter() - begun
        return spent + until_first_page(web_command(port), settings_environment(place, services), port)
    finally:
        services.stop()
        os.environ.clear()
        os.environ.update(usual)


def until_first_page(command: list[str], environment: dict[str, str], port: int) -> float:
    begun = time.perf_counter()
    log = Path(os.devnull).open("wb")  # noqa: SIM115 - closed with the process
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        wait(lambda: answers(port, "/healthz"), process)
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        connection.request("GET", PAGE)
        connection.getresponse().read()
        return time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)
        log.close()


def wait(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r} did not come up")
        time.sleep(0.02)
