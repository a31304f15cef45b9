"""One demo for all journeys, its registries, its people, programs with their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from demo.offices import PASSWORD
from demo.people import Someone, crowd
from devtools.processes import alive
from kit.workdays import LAST_KNOWN, legal_days_off
from registry_simulator.client import Control
from tests.journeys.pages import CHROMIUM, SWITCHES
from tests.journeys.program import Program, Visitor, program_for
from tests.stack import READY, Demo

FIRST_OF_OURS = 3000  # the demo's own people come before


@pytest.fixture(scope="session")
def demo(first_start: Demo) -> Iterator[Demo]:
    """The real stack: web, workers, beat, registries, PostgreSQL, Valkey; ended whatever happens."""
    running = first_start if alive(first_start.process.pid) else Demo(first_start.checkout)
    try:
        assert READY in running.told, running.told
        the_years_are_arranged(running)
        yield running
    finally:
        running.end_for_sure()


def the_years_are_arranged(demo: Demo) -> None:
    """The region enters the days off of the years the journeys run into, as no publicity ends on a provisional day: the
    legal ones, no exchange.
    """
    region = Visitor(demo.port).login("region", PASSWORD)
    for year in range(LAST_KNOWN + 1, demo.today().year + 2):
        days = "\n".join(f"{day} 放假" for day in sorted(legal_days_off(year)))
        answer = region.post(
            f"/workdays/{year}/enter/", {"document": f"旅程{year}年安排", "days": days, "stamp": "", "confirm": "1"}
        )
        assert answer.status == 302, answer.text


@pytest.fixture
def door(demo: Demo) -> Iterator[Control]:
    """The control door of the simulated registries, which behave before and after each journey."""
    control = Control(*demo.control)
    control.reset()
    yield control
    control.reset()


@pytest.fixture(scope="session")
def somebody() -> Callable[[int], list[Someone]]:
    """So many people nobody has met yet."""
    people = islice(crowd(), FIRST_OF_OURS, None)
    return lambda n: list(islice(people, n))


@pytest.fixture(scope="session")
def program(demo: Demo) -> Callable[[str], Program]:
    """The program of one of the demo's accounts; its token is at most three days old, so that none of the thirty it
    holds for end before the journey does.
    """
    fresh = cache(lambda username, _days: program_for(demo.port, username, PASSWORD))
    return lambda username: fresh(username, demo.ahead // 3)


@pytest.fixture(scope="session")
def move_on(demo: Demo) -> Callable[[int], None]:
    """The practice calendar goes on by so many days, and the night's work is done."""

    def go(days: int) -> None:
        region = Visitor(demo.port).login("region", PASSWORD)
        while days > 0:
            assert region.post("/demo/clock/", {"days": min(days, 60)}).status == 302
            demo.ahead += min(days, 60)
            days -= 60
            region = Visitor(demo.port).login("region", PASSWORD)
        assert demo.today().strftime("%Y-%m-%d") in region.get("/demo/clock/").text

    return go


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of the journeys; without one they are skipped, and the reason is shown. Its driver runs a loop in
    this thread, beside which Django asks no database: it ends before other tests begin.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (FANBU_CHROMIUM)")
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()
