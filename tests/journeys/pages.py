"""What a person does on the pages: log in, use the buttons of a case, fill in forms; and pictures of what is seen."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from devtools.folders import PROJECT
from devtools.processes import wait_until
from kit.sheets import XLSX

CANDIDATES = (os.environ.get("FANBU_CHROMIUM"), shutil.which("chromium"), "/usr/bin/chromium")
CHROMIUM = next((path for path in CANDIDATES if path and Path(path).exists()), None)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
PICTURES = PROJECT / "artefacts" / "journeys"
FIRST_HEAD = "序号"
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
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True, animations="disabled")
        overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overhang <= 0, f"{name} at {width} px: {overhang} px wider than the window"


def downloaded(page: Page, link: Locator) -> bytes:
    """The file behind a link."""
    with page.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path()).read_bytes()


def upload(page: Page, content: bytes, name: str, button: str) -> None:
    """Choose a file in the form that has this button, and send it."""
    form = page.locator("form").filter(has=page.get_by_role("button", name=button, exact=True))
    form.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    form.get_by_role("button", name=button, exact=True).click()


def choose(page: Page, name: str, words: str) -> None:
    """The choice whose text holds these words."""
    value = page.locator(f"main [name={name}] option").filter(has_text=words).first.get_attribute("value")
    page.locator(f"main [name={name}]").select_option(value)


def when_it_says(look: Callable[[], object], wanted: Locator, seconds: float = 60) -> None:
    """Look again until it is there: background work has to bring it."""

    def there() -> bool:
        look()
        return wanted.count() > 0

    assert wait_until(there, seconds, 0.5), wanted.page.locator("main").inner_text()


def put_under(template: bytes, rows: Sequence[Mapping[str, str]]) -> bytes:
    """A downloaded workbook with cells put under its heads, row by row; what is not named stays as it is."""
    book = load_workbook(io.BytesIO(template))
    sheet, top = next(
        (one, row[0].row) for one in book.worksheets for row in one.iter_rows(max_col=1) if row[0].value == FIRST_HEAD
    )
    columns = {cell.value: cell.column for cell in sheet[top]}
    for place, cells in enumerate(rows, start=top + 1):
        for head, text in cells.items():
            sheet.cell(place, columns[head], text)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sheet_text(content: bytes) -> str:
    """Everything a workbook says, headers and footers included."""
    book = load_workbook(io.BytesIO(content))
    cells = [
        str(cell)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    return " ".join(cells)
