"""In the browser: from an empty, installed database to offices with people and grants, a standard, a budget and units.
Pictures of what was seen are kept in artefacts/installation/.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.domain.readiness import readiness
from accounts.enums import CASE_ACTS, Act
from kit.ids import uscc_from
from tests.factories.accounts import code_of
from tests.journeys.pages import CHROMIUM, NARROW, PICTURES, SWITCHES, WIDE, fill, logged_in, upload
from training.imports.units import columns_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (FANBU_CHROMIUM)"),
]
NEW_PASSWORD = "wheat-Field-2026-south"
SCHOOL, CODE = "塞北职业培训学校", uscc_from("150102", 9501)
OVERHANG = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the driver's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        connections.close_all()
        browser.close()


class Walk:
    """One page before which somebody else sits down after another, each with the password told once."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url, self.number = page, url, 0
        self.secrets: dict[str, str] = {}

    def goto(self, name: str, *args: object) -> Page:
        self.page.goto(self.url + reverse(name, args=args))
        return self.page

    def first_time(self, username: str, password: str, *, totp: bool) -> None:
        """The first log-in: the password is changed, the second factor set up where it is asked."""
        page, new = logged_in(self.page, self.url, username, password), NEW_PASSWORD
        expect(page.locator("main")).to_contain_text("首次密码")
        fill(page, {"oldpassword": password, "password1": new, "password2": new})
        page.get_by_role("button", name="保存新密码").click()
        expect(page.locator("body")).to_contain_text("密码")
        self.goto("home")
        if totp:
            page.fill("#id_password", new)  # who sets up a second factor is asked again who he is
            page.locator("main form button.btn-primary, form button.btn-primary").last.click()
            expect(page.locator("h1, h2").first).to_contain_text("启用两步验证")
            self.secrets[username] = page.locator("main code").inner_text()
            page.fill("#id_code", code_of(self.secrets[username]))
            page.get_by_role("button", name="启用", exact=True).click()
        self.goto("home")
        expect(page).to_have_url(self.url + reverse("home"))

    def sits(self, username: str) -> Page:
        page = logged_in(self.page, self.url, username, NEW_PASSWORD)
        if username in self.secrets:
            page.fill("#id_code", code_of(self.secrets[username]))
            page.get_by_role("button", name="登录", exact=True).click()
        return page

    def told(self) -> str:
        """The first password on the page that tells it once."""
        return self.page.locator("main code.fs-2").inner_text()

    def picture(self, name: str) -> None:
        self.number += 1
        folder = PICTURES.parent / "installation"
        folder.mkdir(parents=True, exist_ok=True)
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)
            self.page.screenshot(
                path=folder / f"{self.number:02d}-{name}-{size['width']}.png", full_page=True, animations="disabled"
            )
            assert self.page.evaluate(OVERHANG) <= 0, f"{name} at {size['width']}"

    # ── what people do
    # ──────────────────────────────────────────────────────────────────────────────────────────────────

    def office(self, division: str, kind: str, name: str, username: str, person: str, role: str) -> str:
        """An office with its first account; gives the first password."""
        page = self.goto("organisation_new")
        account = {"username": username, "full_name": person, "role": role}
        given = {f"account-{field}": value for field, value in account.items()}
        asked = {"account-asked_by": "phone", "account-asked_who": "办公室来电"}
        fill(page, {"division": division, "kind": kind, "name": name} | given | asked)
        page.get_by_role("button", name="开设", exact=True).click()
        return self.told()

    def colleague(self, office: str, username: str, person: str, role: str) -> str:
        """One more account in an office."""
        page = self.goto("organisations")
        page.get_by_role("link", name=office, exact=True).click()
        page.get_by_role("link", name="开设人员账户", exact=True).first.click()
        fill(
            page,
            {"username": username, "full_name": person, "role": role, "asked_by": "phone", "asked_who": "来电"},
        )
        page.get_by_role("button", name="开设", exact=True).click()
        return self.told()

    def grants(self, division: str, office: str, acts: list[str]) -> None:
        """All of these acts for everybody's categories to a whole office."""
        page = self.page
        page.goto(f"{self.url}{reverse('grant_new')}?division={division}")
        value = page.locator("[name=grantee] option").filter(has_text=f"{office}（全部门）").get_attribute("value")
        page.locator("[name=grantee]").select_option(value)
        for act in acts:
            page.locator(f"[name=acts][value={act}]").check()
        page.locator("[name=categories][value='*']").check()
        page.locator("main [name=division]").last.select_option(division)
        page.get_by_role("button", name="授予", exact=True).click()
        expect(page).to_have_url(re.compile(re.escape(reverse("grants"))))


def missing(code: str) -> list[str]:
    return next(standing.missing for standing in readiness(first=False) if standing.check.code == code)


def units_sheet() -> bytes:
    columns = columns_of("units")
    row = {
        "uscc": CODE,
        "name": SCHOOL,
        "kind": "培训机构",
        "division": "新城区",
        "contact": "李敏",
        "operator_full_name": "李敏",
        "operator_phone": "13904710002",
        "operator_username": "saibei",
    }
    book = openpyxl.Workbook()
    book.active.append(list(columns.values()))
    book.active.append([row.get(name, "") for name in columns])
    book.active.append([(row | {"uscc": CODE[:-1] + "X", "name": "错的"}).get(name, "") for name in columns])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_from_an_installed_database_to_offices_money_and_units(live_server, transactional_db, chromium, settings):
    settings.TOTP_REQUIRED_ROLES = ["administrator"]
    said = io.StringIO()
    call_command("install", "--name", "敖登格日勒", stdout=said)
    password = re.findall(r"首次登录必须修改）  (\S+)", said.getvalue())[0]
    walk = Walk(chromium.new_context(locale="zh-CN", viewport=WIDE).new_page(), live_server.url)

    walk.first_time("admin", password, totp=True)
    expect(walk.page.locator("main")).to_contain_text("开通准备")
    walk.picture("home")
    page = walk.goto("readiness")
    expect(page.locator("#check-one_place")).to_contain_text("还没有一个旗县区")
    walk.picture("readiness")
    region = "内蒙古自治区人力资源和社会保障厅"
    second = walk.colleague(region, "admin2", "赵海霞", "administrator")
    league = walk.office("150100", "hr_office", "呼和浩特市人社局", "huhhot", "苏日娜", "administrator")

    walk.first_time("huhhot", league, totp=True)
    filing = walk.colleague("呼和浩特市人社局", "filing", "包永胜", "officer")
    first = walk.office("150102", "hr_office", "新城区人社局", "wang", "王建军", "officer")
    walk.colleague("新城区人社局", "saren", "萨仁高娃", "officer")
    finance = walk.office("150102", "finance", "新城区财政局", "chen", "陈晓燕", "finance")
    walk.grants("150102", "新城区人社局", [act for act in CASE_ACTS if act != Act.FILE_OPENING])
    walk.grants("150100", "呼和浩特市人社局", [Act.FILE_OPENING])
    assert filing
    assert missing("one_place") != []  # whoever is to pay is confirmed by a second administrator

    walk.first_time("admin2", second, totp=True)
    page = walk.goto("second_person")
    expect(page.locator("main")).to_contain_text("陈晓燕")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator("main")).to_contain_text("没有待复核的权限和岗位")
    assert missing("one_place") == []
    a_standard(walk)
    assert missing("standards") == []

    walk.first_time("chen", finance, totp=False)
    page = walk.goto("budgets")
    fill(page, {"fund_source": "employment", "amount": "2000000", "source": "呼财社〔2026〕1号"})
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("呼财社〔2026〕1号")
    assert missing("budgets") == []

    walk.first_time("wang", first, totp=False)
    walk.goto("unit_import", "units")
    upload(walk.page, units_sheet(), "单位.xlsx", "上传并预览")
    expect(walk.page.locator("main")).to_contain_text("A3 统一社会信用代码")
    walk.picture("import")
    walk.page.get_by_role("button", name="导入可用的 1 行").click()
    operator = walk.page.locator("#first-passwords code").last.inner_text()
    walk.picture("passwords")
    page = walk.goto("units_incomplete")
    expect(page.locator("main")).to_contain_text("还没有登记师资")
    walk.picture("incomplete")
    page.get_by_role("button", name="提醒全部 1 个").click()

    page = logged_in(walk.page, walk.url, "saibei", operator)
    new = NEW_PASSWORD
    fill(page, {"oldpassword": operator, "password1": new, "password2": new})
    page.get_by_role("button", name="保存新密码").click()
    page = walk.goto("notices")
    expect(page.locator("main")).to_contain_text("请补充完善单位信息")
    page = walk.goto("unit_profile")
    expect(page.locator("main")).to_contain_text("还没有登记师资")


def a_standard(walk: Walk) -> None:
    """One drafts a subsidy standard, another puts it in force."""
    page = walk.goto("policy_add", "standards")
    fill(
        page,
        {
            "item": "training",
            "amount": "1200.00",
            "first_day": (timezone.localdate() + timedelta(days=1)).isoformat(),
            "source": "内人社发〔2026〕10号",
        },
    )
    page.get_by_role("button", name="预览").click()
    walk.picture("standard")
    page.get_by_role("button", name="提交复核").click()
    assert missing("standards") != []
    page = walk.sits("admin")
    walk.goto("inbox", "todo")
    page.locator(f"main a[href^='{reverse('policy')}']").first.click()
    page.get_by_role("button", name="复核生效").click()
    expect(page.locator("main")).to_contain_text("1,200.00")
