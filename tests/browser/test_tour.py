"""A short tour in the browser: every menu entry for each role and the public site, at 390 and 1280
px, with demo data.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, sync_playwright

from demo.management.commands import seed
from demo.offices import PASSWORD
from tests.journeys.pages import CHROMIUM, NARROW, SWITCHES, WIDE, logged_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (FANBU_CHROMIUM)"),
]

ROLES = ("school", "officer1", "finance", "leagueadmin", "auditor")
SHOWN = ("draft", "concluding")  # one class in each of these is enough to look at
PUBLIC = (
    "/account/login/",
    "/public/",
    "/public/classes/",
    "/public/institutions/",
    "/public/catalogue/",
    "/public/standards/",
    "/public/publicity/",
    "/public/payments/",
)
SAME = {
    "/rules/",
    "/registries/",
    "/catalogue/",
    "/public/standards/",
    "/public/publicity/",
}  # the same to everybody: looked at once
NAMELESS = """() => [...document.querySelectorAll("input, select, textarea")]
    .filter(box => box.type !== "hidden" && !box.labels?.length && !box.ariaLabel
        && !box.getAttribute("aria-labelledby"))
    .map(box => box.name || box.outerHTML)"""
OVERHANG = "document.documentElement.scrollWidth - window.innerWidth"
MENU = "links => links.map(link => link.getAttribute('href'))"


@pytest.fixture
def demo_data(transactional_db, settings, tmp_path, monkeypatch) -> None:
    """The demo's offices, units and a few of its classes."""
    settings.MEDIA_ROOT = tmp_path
    every = seed.stories
    monkeypatch.setattr(seed, "stories", lambda *given: [story for story in every(*given) if story.until in SHOWN])
    call_command("seed", verbosity=0)


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser.new_page(locale="zh-CN", viewport=WIDE)
        browser.close()


class Tour:
    """Looks at pages and keeps what is wrong with them."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.place = ""
        self.sizes = [WIDE, NARROW]
        page.on(
            "console", lambda said: self.wrong.append(f"{self.place}: {said.text}") if said.type == "error" else None
        )
        page.on("pageerror", lambda error: self.wrong.append(f"{self.place}: {error}"))

    def look(self, who: str, address: str) -> None:
        self.place = f"{who} {address}"
        if address in SAME and address in self.seen:
            answer = self.page.request.get(self.url + address)
            self.wrong += [] if answer.status == 200 else [f"{self.place}: {answer.status}"]
            return
        self.seen.add(address)
        answer = self.page.goto(self.url + address)
        if answer is None or answer.status != 200:
            self.wrong.append(f"{self.place}: {answer.status if answer else 'no answer'}")
        self.wrong += [f"{self.place}: no label on {name}" for name in self.page.evaluate(NAMELESS)]
        self.measure()
        self.sizes.reverse()  # the next page begins at the width this one ends with: one change of size a page
        self.page.set_viewport_size(self.sizes[0])
        self.measure()

    def measure(self) -> None:
        if (wider := self.page.evaluate(OVERHANG)) > 0:
            self.wrong.append(f"{self.place}: {wider} px wider than {self.sizes[0]['width']}")

    def classes(self, who: str) -> None:
        """Every tab of the classes on the list."""
        self.page.goto(f"{self.url}/classes/")
        found = self.page.locator("main tbody .lead a").evaluate_all(MENU)
        assert len(found) == len(SHOWN), found
        for address in found:
            self.page.goto(self.url + address)
            tabs = self.page.locator(".tabs a").evaluate_all(MENU)
            assert len(tabs) == 8, tabs
            for tab in tabs:
                self.look(who, tab)

    def menu(self, who: str) -> list[str]:
        logged_in(self.page, self.url, who, PASSWORD)
        addresses = self.page.locator("aside nav a").evaluate_all(MENU)
        assert len(addresses) > 5, (who, addresses)
        return addresses


def test_every_page_of_the_menus_and_of_a_class_opens_fits_and_has_labels(live_server, demo_data, page):
    tour = Tour(page, live_server.url)
    for address in PUBLIC:
        tour.look("nobody", address)
    for who in ROLES:
        for address in tour.menu(who):
            tour.look(who, address)
        if who == "school":
            tour.classes(who)
    assert tour.wrong == []
