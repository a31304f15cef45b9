"""Official prints in the browser: nothing to click on paper, nothing cut off, page numbers in the foot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright

from reports.domain.periods import Period
from tests.factories import subsidies as money
from tests.journeys.pages import CHROMIUM, SWITCHES
from tests.subsidies import conftest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (FANBU_CHROMIUM)"),
]
registries = conftest.registries
A4 = {"width": 680, "height": 962}  # 180 mm × 255 mm, what the margins leave
CLICKABLE = """() =>
    [...document.querySelectorAll("button, nav, aside:not(.paper-mark), input, select, textarea, summary.btn")]
    .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 80))"""
CUT = """() => [...document.querySelectorAll("table, dl, .paper-mark")].filter(one => one.checkVisibility()
    && one.getBoundingClientRect().right > window.innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser.new_page(locale="zh-CN", viewport=A4)
        browser.close()


@pytest.fixture
def papers(transactional_db, registries, client) -> tuple[str, dict[str, str]]:
    """An officer's session, and the addresses of everything official about a claim in publicity; asked before the
    browser runs.
    """
    money.standard()
    case = money.completed_class(3).published()
    today = Period.today()
    client.force_login(case.first.user)
    return client.cookies["sessionid"].value, {
        "decision": reverse("case", args=["subsidy", case.subsidy.pk]),
        "approval": reverse("subsidy_approval", args=[case.subsidy.pk]),
        "attendance": reverse("attendance_print", args=[case.training_class.pk]),
        "publicity": reverse("publicity", args=[case.subsidy.publicity.pk]),
        "form A": f"{reverse('form', args=['A'])}?year={today.year}&month={today.month}",
    }


def test_every_official_print_is_clean_whole_and_numbered(live_server, papers, page):
    session, addresses = papers
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.emulate_media(media="print")
    wrong: dict[str, list[str]] = {}
    for name, address in addresses.items():
        answer = page.goto(live_server.url + address)
        assert answer is not None
        assert answer.status == 200, name
        mark = page.locator(".paper-mark")
        assert mark.count() == 1, name
        assert mark.is_visible(), name
        assert mark.locator("svg.qr").count() == 1, name
        cut = [] if name == "form A" else page.evaluate(CUT)  # the monthly forms lie across
        wrong |= {name: found} if (found := page.evaluate(CLICKABLE) + cut) else {}
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF"), name
    assert wrong == {}
