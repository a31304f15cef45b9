"""P7: the decision page of an opening of 50 people with verdicts, conditions and history; server time and requests a
second.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, override_settings
from django.urls import reverse

from bench.actors import browser, officer
from bench.database import address
from bench.measure import Bench, Line, Target, Variant, queries_of
from bench.minimal import ADDRESS, MIDDLEWARE
from casework.enums import State
from devtools.ports import HOST, lasting_port
from kit.fast.prepared import Prepared
from training.models import Opening

CODE = "P7"
SENTENCE = (
    "the decision page of an opening of 50 people in review: server time beside a minimal page; requests a second under"
    " gunicorn, 2 workers × 4 threads"
)
MOST_QUERIES = 20
CLIENTS, SECONDS = 8, 1.5
PROJECT = Path(__file__).resolve().parents[2]


def measure(bench: Bench) -> list[Line]:
    membership = officer("150102")
    opening = (
        Opening.objects.filter(state=State.IN_REVIEW, desk=membership.organisation)
        .select_related("training_class")
        .order_by("-id")[0]
    )
    client, page = browser(membership), reverse("case", args=["opening", opening.pk])
    line = Line(CODE, f"decision page, {opening.training_class.planned_people} people", Target(multiple=3), unit="ms")
    asked = queries_of(lambda: get(client, page))
    line.also[f"{asked} queries, at most {MOST_QUERIES}"] = asked <= MOST_QUERIES
    line.notes.append(
        f"{asked} queries; limit: session, 10 queries, 25 rows; naive: the same page with select_related and"
        " prefetch_related switched off"
    )
    small = minimal_client()
    bench.timed(
        line,
        ours=Variant(lambda: get(client, page), repeat=10),
        limit=Variant(lambda: get(small, ADDRESS), repeat=10),
        naive=Variant(lambda: without_prefetching(client, page)),
    )
    return [line] if bench.profiler else [line, requests_a_second(bench, client, page)]


def get(client: Client, page: str) -> None:
    answer = client.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page} answers {answer.status_code}")


def minimal_client() -> Client:
    """A client of the minimal page with its own middlewares."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        small = Client()
        session = small.session
        session["seen"] = "yes"
        session.save()
        get(small, ADDRESS)
    return small


def without_prefetching(client: Client, page: str) -> None:
    """The naive page: every queryset built anew, every related row asked for when the template comes to it."""
    with (
        patch.object(QuerySet, "select_related", same),
        patch.object(QuerySet, "prefetch_related", same),
        patch.object(Prepared, "__call__", lambda asked, *given, **shape: list(asked.build(*given, **shape))),
    ):
        get(client, page)


def same(rows: QuerySet, *_related: object) -> QuerySet:
    return rows.all()


def requests_a_second(bench: Bench, client: Client, page: str) -> Line:
    """The same two pages through gunicorn, eight clients at a time."""
    line = Line("P7.gunicorn", "requests a second, 2 × 4 threads", Target(multiple=3), unit="req/s")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    with gunicorn() as port:
        bench.rated(line, ours=lambda: load(port, page, cookie), limit=lambda: load(port, ADDRESS, cookie))
    line.notes.append(f"{CLIENTS} clients, {SECONDS} s a round; limit: the minimal page within the whole application")
    return line


@contextmanager
def gunicorn() -> Iterator[int]:
    folder = Path(settings.MEDIA_ROOT) / "bench"
    folder.mkdir(parents=True, exist_ok=True)  # not there yet where nothing was measured before
    port = lasting_port(folder / "gunicorn.port")
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "bench.wsgi:application",
        "--bind",
        f"{HOST}:{port}",
        "--preload",
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "warning",
    ]
    with subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | {"DATABASE_URL": address(connection.settings_dict["NAME"])}
    ) as process:
        try:
            wait_until_there(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_there(port: int, process: subprocess.Popen[bytes]) -> None:
    for _turn in range(600):
        if process.poll() is not None:
            break
        with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as line:
            try:
                line.request("GET", "/healthz")
                line.getresponse().read()
            except OSError:
                time.sleep(0.1)
            else:
                return
    raise RuntimeError("gunicorn did not start")


def load(port: int, target: str, cookie: str) -> float:
    """Requests a second over a short while; every answer must be 200."""
    end, counts, wrong = time.perf_counter() + SECONDS, [0] * CLIENTS, list[int]()

    def ask(place: int) -> None:
        with closing(http.client.HTTPConnection(HOST, port, timeout=60)) as line:
            while time.perf_counter() < end:
                line.request("GET", target, headers={"Cookie": cookie})
                answer = line.getresponse()
                answer.read()
                counts[place] += 1
                if answer.status != 200:
                    wrong.append(answer.status)

    begun, threads = time.perf_counter(), [threading.Thread(target=ask, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{target} answers {wrong[0]} under load")
    return sum(counts) / (time.perf_counter() - begun)
