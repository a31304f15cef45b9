"""The pictures of the role guides, taken from a running demo: `python -m devtools.screenshots URL PASSWORD`.

Only the demo's made-up people are on them. Each is taken at 1280 px, those in NARROW also at 390 px.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 760}, {"width": 390, "height": 700}
QUALITY = 62  # of JPEG: a page stays under 120 KB
# picture, account, address; "" for the class with exceptions in the inbox before.
SHOTS = (
    ("applicant-home", "school", "/"),
    ("applicant-classes", "school", "/classes/"),
    ("officer-inbox", "officer1", "/inbox/todo/"),
    ("officer-decision", "officer1", ""),
    ("industry-inbox", "emergency", "/inbox/todo/"),
    ("department-asked", "disabled", "/assistances/asked/"),
    ("league-coverage", "leagueadmin", "/office/coverage/"),
    ("league-form", "league", "/reports/forms/A/"),
    ("region-policy", "region", "/policy/"),
    ("finance-payables", "finance", "/money/payables/"),
    ("inspector-classes", "auditor", "/classes/"),
    ("auditor-audit", "auditor", "/office/audit/"),
)
NARROW = {"applicant-home", "officer-inbox", "officer-decision", "department-asked"}
EXCEPTIONS = "main tbody a[href]:has-text('养老护理员')"  # the demo's class with people to settle


def main(url: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for size, suffix in ((WIDE, ""), (PHONE, "-narrow")):
            take(browser, url, password, size, suffix)
        browser.close()


def take(browser: Browser, url: str, password: str, size: dict[str, int], suffix: str) -> None:
    """All pictures of one width."""
    who, page = "", browser.new_page(locale="zh-CN", viewport=size)
    for name, account, address in SHOTS:
        if account != who:
            log_in(page, url, account, password)
            who = account
        page.goto(url + (address or page.locator(EXCEPTIONS).first.get_attribute("href") or ""))
        if not suffix or name in NARROW:
            page.screenshot(path=FOLDER / f"{name}{suffix}.jpg", type="jpeg", quality=QUALITY)


def log_in(page: Page, url: str, account: str, password: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/account/login/")
    page.fill("#id_login", account)
    page.fill("#id_password", password)
    page.locator("form:has(#id_login) button").last.click()
    page.wait_for_url(f"{url}/")


if __name__ == "__main__":
    main(*sys.argv[1:])
