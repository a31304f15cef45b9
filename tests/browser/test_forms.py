"""In the browser: what was typed survives a lost session, another membership in another tab and a refusal, with and
without script (R-SEC-4).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.domain.memberships import open_membership
from accounts.enums import Role
from accounts.models import Membership
from casework.models import Step
from tests.factories import PASSWORD, officer, operator, unit
from tests.factories.casework import submitted
from tests.factories.training import on_file
from tests.journeys.pages import CHROMIUM, NARROW, SWITCHES, WIDE, logged_in
from training.models import TrainingClass

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (FANBU_CHROMIUM)"),
]
REASON = "法人证书已过期，请换新证后再报"
OVERHANG = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv(
        "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
    )  # the browser's driver runs a loop in this thread; the data is made beside it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        connections.close_all()  # those of the loop are others than the test's own
        browser.close()


def at_both_widths(page: Page) -> None:
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate(OVERHANG) <= 0


def session_over(context: BrowserContext) -> None:
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


@pytest.mark.parametrize("script", [True, False])
def test_a_reason_typed_while_the_session_ended_is_back_after_the_log_in(
    live_server, transactional_db, chromium, script
):
    registration, _unit = submitted()
    membership = officer()
    context = chromium.new_context(locale="zh-CN", viewport=WIDE, java_script_enabled=script)
    page = logged_in(context.new_page(), live_server.url, membership.user.username, PASSWORD)
    address = live_server.url + reverse("case", args=["registration", registration.pk])
    page.goto(address)
    page.locator("details.act summary").get_by_text("退回补正", exact=True).click()
    page.fill("#reason-return", REASON)
    session_over(context)
    page.get_by_role("button", name="确认退回补正").click()
    expect(page.locator("#id_login")).to_be_visible()
    assert REASON not in page.url
    page.fill("#id_login", membership.user.username)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(address)
    expect(page.locator("#reason-return")).to_be_visible()
    expect(page.locator("#reason-return")).to_have_value(REASON)
    if script:
        at_both_widths(page)
    page.get_by_role("button", name="确认退回补正").click()
    expect(page.get_by_text("退回补正", exact=True).first).to_be_visible()
    assert Step.objects.get(move="return").reason == REASON
    context.close()


def two_memberships() -> tuple[Membership, Membership]:
    here = operator(on_file(unit()).organisation)
    there = open_membership(
        here.user,
        organisation=on_file(unit()).organisation,
        role=Role.OPERATOR,
        by=None,
        since=here.since.replace(year=2021),
    )
    return here, there


def test_a_class_typed_in_one_tab_is_not_saved_for_the_school_chosen_in_the_other(
    live_server, transactional_db, chromium
):
    here, there = two_memberships()
    context = chromium.new_context(locale="zh-CN", viewport=WIDE)
    page = logged_in(context.new_page(), live_server.url, here.user.username, PASSWORD)
    page.goto(live_server.url + reverse("class_new"))
    page.fill("#id_name", "育婴员三班")
    page.fill("#id_planned_people", "24")
    other = context.new_page()
    other.goto(live_server.url + reverse("home"))
    other.locator("details.pop summary.top-tool").click()
    other.get_by_role("button", name=there.organisation.name).click()
    expect(other.locator(".top-place")).to_contain_text(there.organisation.name)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("没有执行")
    expect(page.locator("main")).to_contain_text("育婴员三班")
    at_both_widths(page)
    assert not TrainingClass.objects.exists()
    page.get_by_role("button", name="换回").click()
    expect(page.locator("#id_name")).to_have_value("育婴员三班")
    expect(page.locator("#id_planned_people")).to_have_value("24")
    at_both_widths(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("育婴员三班")
    assert TrainingClass.objects.get().applicant == here.organisation
    context.close()


def test_a_refused_form_keeps_its_words_through_a_change_of_language(live_server, transactional_db, chromium):
    registration, _unit = submitted()
    membership = officer()
    context = chromium.new_context(locale="zh-CN", viewport=WIDE)
    page = logged_in(context.new_page(), live_server.url, membership.user.username, PASSWORD)
    page.goto(live_server.url + reverse("case", args=["registration", registration.pk]))
    page.locator("details.act summary").get_by_text("不同意", exact=True).click()
    page.get_by_role("button", name="确认不同意").click()
    box = page.locator("#reason-refuse")
    expect(box).to_have_attribute("aria-invalid", "true")
    at_both_widths(page)
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(live_server.url + reverse("case", args=["registration", registration.pk]))
    context.close()
