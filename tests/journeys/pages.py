"""What a person does on the pages: log in, use the buttons of a case, fill in forms; and pictures of what is seen."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from devtools.folders import PROJECT

CANDIDATES = (os.environ.get("FANBU_CHROMIUM"), shutil.which("chromium"), "/usr/bin/chromium")
CHROMIUM = next((path for path in CANDIDATES if path and Path(path).exists()), None)
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip
PICTURES = PROJECT / "artefacts" / "journeys"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def logged_in(page: Page, url: str, username: str, password: str) -> Page:
    """The account's first page; whoever was logged in here before is not any more."""
    page.context.clear_cookies()
    page.goto(f"{url}/account/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", password)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("#id_login")).to_have_count(0)
    return page


def act(page: Page, label: str, *, reason: str = "", click: str = "click") -> None:
    """One of the buttons of a case: open it, give the reason, confirm."""
    panel = page.locator("details.act").filter(has=page.locator("summary").get_by_text(label, exact=True))
    panel.locator("summary").click()
    if reason:
        panel.locator("[name=reason]").fill(reason)
    getattr(panel.get_by_role("button", name=f"确认{label}", exact=True), click)()


def fill(page: Page, values: Mapping[str, str], *, within: str = "main form") -> Locator:
    """Fill in fields by their names; choices by value."""
    form = page.locator(within).filter(has=page.locator(f"[name={next(iter(values))}]")).first
    for name, value in values.items():
        box = form.locator(f"[name={name}]")
        tag, kind = box.first.evaluate("box => [box.tagName, box.type]")
        if tag == "SELECT":
            box.select_option(value)
        elif kind in ("radio", "checkbox"):
            form.locator(f"[name={name}][value='{value}']").check()
        else:
            box.fill(value)
    return form


def picture(page: Page, name: str) -> None:
    """Keep what is seen at both widths; a page wider than a telephone is a fault."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for size, width in ((NARROW, "390"), (WIDE, "1280")):
        page.set_viewport_size(size)
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overhang <= 0, f"{name} at {width} px: {overhang} px wider than the window"


def downloaded(page: Page, link: Locator) -> bytes:
    """The file behind a link."""
    with page.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path()).read_bytes()


def filled_in(template: bytes, rows: list[list[object]], first_head: str) -> bytes:
    """A downloaded template with rows put under its heads."""
    book = load_workbook(io.BytesIO(template))
    sheet = next(one for one in book.worksheets if _head_row(one, first_head))
    top = _head_row(sheet, first_head)
    for place, cells in enumerate(rows, start=top + 1):
        for column, cell in enumerate(cells, start=1):
            sheet.cell(place, column, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _head_row(sheet, first_head: str) -> int:
    return next((row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == first_head), 0)
