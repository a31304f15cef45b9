"""The whole way once on the pages, in Chinese, as people go it: account, unit, class, people, completion, claim,
publicity, money, month.

Pictures of what was seen at 1280 and 390 px are kept in artefacts/journeys/.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.offices import PASSWORD
from demo.people import Someone, insured, job_seeker, shareholder
from kit.ids import uscc_from
from registry_simulator.client import Control
from tests.journeys import steps
from tests.journeys.pages import (
    act,
    choose,
    downloaded,
    fill,
    logged_in,
    picture,
    put_under,
    sheet_text,
    upload,
    when_it_says,
)
from tests.journeys.program import Program, eventually, good
from tests.stack import NEEDS_A_STACK, Demo

pytestmark = [*NEEDS_A_STACK, pytest.mark.browser]
USERNAME, SCHOOL, CODE = "minglang", "明朗职业培训学校", uscc_from("150102", 8103)
NEW_PASSWORD = "wheat-Field-2026-south"
LONG_AGO = date(2024, 3, 1)
WORKS = uscc_from("150102", 7002)
PEOPLE = 8
STRUCK, SHAREHOLDER, BY_HAND = 5, 6, 7
STANDARD = 600
EXCEPTION = "[id^=person-].person-exception"


class Walk:
    """One page that goes the whole way; who sits before it changes."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page, self.demo = page, demo
        self.number, self.agreed_on = 0, demo.today()

    def goto(self, path: str) -> Page:
        self.page.goto(f"{self.demo.url}{path}")
        return self.page

    def sits(self, username: str, password: str = PASSWORD, path: str = "") -> Page:
        """Somebody else logs in and opens a page."""
        logged_in(self.page, self.demo.url, username, password)
        return self.goto(path) if path else self.page

    def school(self, path: str = "") -> Page:
        return self.sits(USERNAME, NEW_PASSWORD, path)

    def picture(self, name: str) -> None:
        self.number += 1
        picture(self.page, f"{self.number:02d}-{name}")

    def until(self, day: date) -> None:
        """The practice calendar goes on to this day."""
        days = steps.days_between(self.demo.today(), day)
        page = self.sits("region", path="/demo/clock/")
        page.fill("#days", str(days))
        page.get_by_role("button", name="拨动日历").click()
        self.demo.ahead += days
        self.sits("region", path="/demo/clock/")
        expect(page.locator("main")).to_contain_text(day.isoformat())

    def on_the_desk(self, username: str, kind: str) -> Page:
        """Open the school's case of this kind from 待办, when it has come there."""
        page = self.sits(username)
        row = page.locator("tbody tr").filter(has=page.locator(f"a[href^='/cases/{kind}/']")).filter(has_text=SCHOOL)
        when_it_says(lambda: self.goto("/inbox/todo/"), row)
        row.locator("a").first.click()
        return page


def an_account(walk: Walk) -> str:
    """A school asks by telephone; the office opens the account; the first password is shown once."""
    page = walk.sits("officer1")
    walk.picture("home-officer")
    walk.goto("/units/").get_by_role("link", name="开通单位账号").click()
    fill(
        page,
        {
            "kind": "institution",
            "name": SCHOOL,
            "uscc": CODE,
            "full_name": "李敏",
            "phone": "13904710001",
            "username": USERNAME,
            "requested": "phone",
            "note": "校长来电",
        },
    )
    page.get_by_role("button", name="开通", exact=True).click()
    first_password = page.locator("#first-password").inner_text()
    walk.picture("account-opened")
    return first_password


def a_registered_unit(walk: Walk, first_password: str) -> None:
    """First login, own password, profile, teacher, venue, submission; the office agrees; the region
    lists the school.
    """
    page = walk.sits(USERNAME, first_password)
    expect(page.locator("main")).to_contain_text("首次密码")
    fill(page, {"oldpassword": first_password, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    walk.picture("first-password")
    page.get_by_role("button", name="保存新密码").click()
    walk.goto("/units/mine/")
    fill(
        page,
        {
            "entity_type": "training_body",
            "legal_representative": "王建国",
            "contact": "李敏",
            "phone": "13904710001",
            "address": "新华大街1号",
            "established_on": "2015-03-01",
            "licence_number": "人社民1501020003",
            "licence_valid_to": "2035-01-01",
            "facilities": "教室两间，灶台十二个",
            "bank_name": "示例银行",
            "bank_account_name": SCHOOL,
            "bank_account": "6222020200112233445",
        },
    )
    page.get_by_role("button", name="保存", exact=True).click()
    walk.goto("/units/mine/teachers/new/")
    fill(page, {"name": "布和", "qualification": "高级技师"})
    page.get_by_role("button", name="保存", exact=True).click()
    walk.goto("/units/mine/venues/new/")
    fill(page, {"name": "一号教室", "address": "新华大街1号", "capacity": "40"})
    page.get_by_role("button", name="保存", exact=True).click()
    walk.picture("teachers-and-venues")
    walk.goto("/units/mine/").get_by_role("link", name="去提交").click()
    act(page, "提交")
    walk.on_the_desk("officer1", "registration")
    walk.picture("registration-decision")
    act(page, "同意")
    expect(page.locator(".page-actions")).to_contain_text("已同意")
    walk.on_the_desk("finance", "accountchange")
    walk.picture("account-decision")
    act(page, "启用账户")
    expect(page.locator(".page-actions")).to_contain_text("已同意")
    walk.sits("region", path="/catalogue/listings/new/")
    choose(page, "organisation", SCHOOL)
    fill(page, {"since": "2020-07-01", "source": "示例目录"})
    page.locator("[name=is_example]").check()
    page.get_by_role("button", name="保存", exact=True).click()
    walk.goto(f"/catalogue/listings/?q={SCHOOL}")
    expect(page.locator("main")).to_contain_text("示例目录")
    walk.picture("catalogue")


def a_new_class(walk: Walk, first_day: date) -> str:
    """The class and its timetable; the address of the class."""
    page = walk.school("/classes/")
    page.get_by_role("link", name="新开班").first.click()
    fill(
        page,
        {
            "name": "明朗蒙古包制作班",
            "category": "laid_off_unemployed",
            "fund_source": "employment",
            "first_day": first_day.isoformat(),
            "planned_people": str(PEOPLE),
            "fee": "0",
        },
    )
    choose(page, "project", "蒙古包制作")
    choose(page, "venue", "一号教室")
    page.get_by_label("布和").check()
    walk.picture("class-new")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("提交前还需要")
    address = re.search(r"/classes/\d+/", page.url)[0]
    walk.goto(f"{address}timetable/").get_by_role("button", name="生成课程表").click()
    expect(page.locator("main")).to_contain_text("合计 24 课时，项目要求 24 课时")
    walk.picture("timetable")
    return address


def the_roster(walk: Walk, address: str, people: list[Someone]) -> None:
    """The template filled in with one wrong row; the good rows taken; the bad row mended in its file; the last one by
    hand.
    """
    page = walk.goto(f"{address}roster/")
    template = downloaded(page, page.get_by_role("link", name="下载模板"))
    rows = [
        {
            "姓名": someone.name,
            "公民身份号码": someone.number,
            "民族": someone.ethnicity,
            "户口性质": "城镇",
            "手机号码": someone.phone,
            "开户银行": "",
            "银行账号": "",
        }
        for someone in people[:BY_HAND]
    ]
    rows[3]["手机号码"] = "12345"
    upload(page, put_under(template, rows), "花名册.xlsx", "上传并预览")
    take = page.get_by_role("button", name=f"导入 {BY_HAND - 1} 人")
    expect(take).to_be_visible(timeout=30_000)
    expect(page.locator("main")).to_contain_text("电话号码不对")
    walk.picture("roster-preview")
    take.click()
    expect(page.locator(".messages")).to_contain_text(f"已导入 {BY_HAND - 1} 人")
    bad = downloaded(page, page.get_by_role("link", name="下载需修改的行"))
    assert "12345" in sheet_text(bad)
    assert people[3].number in sheet_text(bad)
    assert people[2].number not in sheet_text(bad)
    walk.goto(f"{address}roster/")
    upload(page, put_under(bad, [{"手机号码": people[3].phone}]), "改好的.xlsx", "上传并预览")
    take = page.get_by_role("button", name="导入 1 人")
    expect(take).to_be_visible(timeout=30_000)
    take.click()
    walk.goto(f"{address}roster/").get_by_role("link", name="逐人添加").click()
    last = people[BY_HAND].cells()
    fill(page, {name: last[name] for name in ("name", "number", "ethnicity", "household", "phone")})
    page.get_by_role("button", name="保存", exact=True).click()
    for someone in people:
        expect(page.locator("main")).to_contain_text(someone.name)
    expect(page.locator("main")).not_to_contain_text(people[0].number)
    walk.picture("roster")
    walk.goto(address)
    expect(page.locator("main")).to_contain_text("内容已经齐全")
    walk.picture("class-complete")
    act(page, "提交")


def the_decision(walk: Walk) -> None:
    """Two exceptions, each with its sentences: one settled by 协查, one struck out; then 同意."""
    page = walk.on_the_desk("officer1", "opening")
    expect(page.locator(EXCEPTION)).to_have_count(2)
    expect(page.locator("#why-approve li")).to_have_count(2)
    walk.picture("opening-decision")
    asked = page.locator(EXCEPTION).filter(has_text="股东")
    asked.get_by_text("填写协查结果…").click()
    asked.get_by_label("协查结果").select_option("confirmed")
    asked.get_by_label("答复部门").fill("市场监管局")
    asked.get_by_label("复函文号").fill("新城市监函〔2026〕3号")
    asked.get_by_role("button", name="填写协查结果").click()
    expect(page.locator(EXCEPTION)).to_have_count(1)
    page.get_by_text("剔除此人…").click()
    page.get_by_role("button", name="剔除此人").click()
    expect(page.locator(EXCEPTION)).to_have_count(1)  # not confirmed: nothing was sent
    page.get_by_label("确认剔除").check()
    page.get_by_role("button", name="剔除此人").click()
    expect(page.locator("main")).to_contain_text("理由")
    why = page.get_by_label("具体说明", exact=True)  # the page came back with the form as it was
    if not why.is_visible():
        page.get_by_text("剔除此人…").click()
    page.get_by_label("确认剔除").check()
    why.fill("比对期间有企业为其缴纳社会保险")
    page.get_by_role("button", name="剔除此人").click()
    expect(page.locator(".messages")).to_contain_text("已剔除")
    walk.picture("opening-settled")
    act(page, "同意", reason="材料齐全，人员比对符合")
    expect(page.locator(".page-actions")).to_contain_text("已同意")


def the_lessons(walk: Walk, address: str) -> None:
    """Day by day, lesson by lesson; a change afterwards only with its reason."""
    page = walk.school(f"{address}attendance/")
    days = sorted(
        set(
            re.findall(r"\d{4}-\d\d-\d\d", " ".join(page.locator("section").first.locator("td.lead").all_inner_texts()))
        )
    )
    assert len(days) == 3
    for day in map(date.fromisoformat, days):
        walk.until(day)
        walk.school(f"{address}attendance/")
        begun = page.get_by_role("link", name="登记", exact=True)
        when_it_says(lambda: walk.goto(f"{address}attendance/"), begun)
        while begun.count():
            begun.first.click()
            page.get_by_role("button", name="保存考勤").click()
            expect(page.locator(".messages")).to_contain_text("考勤已保存")
    page.get_by_role("link", name="更正").first.click()
    page.locator("input[value=leave]").first.check()
    page.get_by_role("button", name="保存考勤").click()
    expect(page.locator("main")).to_contain_text("更正须说明理由")
    page.fill("#correction", "当日因病请假，已补交假条")
    walk.picture("attendance-correction")
    page.get_by_role("button", name="保存考勤").click()
    expect(page.locator("main")).to_contain_text("更正：当日因病请假")
    walk.picture("attendance")


def the_completion(walk: Walk, address: str) -> None:
    """The day after the last lesson: results by the table; submitted; the office agrees."""
    walk.until(walk.demo.today() + timedelta(days=1))
    page = walk.school(f"{address}completion/")
    page.get_by_role("button", name="办理结业").click()
    walk.goto(f"{address}completion/results/")
    table = downloaded(page, page.get_by_role("link", name="下载表格"))
    rows = [
        {"理论成绩": "82", "实操成绩": "88", "结果": "合格"} for _n in range(1, PEOPLE)
    ]  # the portal numbers the certificates itself
    upload(page, put_under(table, rows), "成绩.xlsx", "上传")
    expect(page.locator(".messages")).to_contain_text("7人有变化")
    walk.goto(f"{address}completion/results/")
    walk.picture("results")
    walk.goto(f"{address}completion/")
    walk.picture("completion")
    page.get_by_role("link", name="核对并提交").click()
    act(page, "提交")
    walk.on_the_desk("officer2", "completion")
    walk.picture("completion-decision")
    act(page, "同意")
    walk.agreed_on = walk.demo.today()
    expect(page.locator(".page-actions")).to_contain_text("已同意")


def the_claim(walk: Walk, address: str) -> None:
    """The amount with its basis; first review, refused to the same person for the second, second
    review by a colleague.
    """
    page = walk.school(f"{address}subsidy/")
    page.get_by_role("button", name="申请补贴").click()
    walk.goto(f"{address}subsidy/")
    expect(page.locator("main")).to_contain_text("示例标准")
    walk.picture("claim")
    page.get_by_role("link", name="核对并提交").click()
    act(page, "提交")
    walk.on_the_desk("officer1", "subsidy")
    expect(page.locator("main")).to_contain_text(f"{STANDARD * 7:,}.00")
    walk.picture("first-review")
    act(page, "同意")
    expect(page.locator("#why-approve")).to_contain_text("同一人不能作两次审核")
    walk.picture("second-review-refused")
    walk.on_the_desk("officer2", "subsidy")
    act(page, "同意")
    expect(page.locator(".page-actions")).to_contain_text("公示中")


def the_publicity(walk: Walk, people: list[Someone]) -> None:
    """Everyone may read it, nobody reads a name; when its days are over the money is approved."""
    walk.page.context.clear_cookies()
    page = walk.goto("/public/publicity/")
    page.locator("tbody tr").filter(has_text=SCHOOL).locator("a").click()
    expect(page.locator("main")).to_contain_text("公示期")
    text = page.locator("main").inner_text()
    assert f"{STANDARD}.00" in text
    assert not any(someone.number in text or someone.name in text for someone in people)
    walk.picture("publicity")
    ends = date.fromisoformat(re.search(r"公示期 \S+ 至 (\d{4}-\d\d-\d\d)", text)[1])
    walk.until(steps.workday_after(ends, 1))
    walk.on_the_desk("officer2", "subsidy")
    when_it_says(page.reload, page.locator("summary:not(.act-blocked)").get_by_text("批准拨付", exact=True))
    walk.picture("conclude")
    act(page, "批准拨付")
    expect(page.locator(".page-actions")).to_contain_text("已同意")


def the_money(walk: Walk) -> None:
    """A batch of this claim alone, the bank's file, the bank's answer, settled."""
    page = walk.sits("finance")
    walk.picture("home-finance")
    walk.goto("/money/payables/")
    ours = page.locator("tr").filter(has_text=SCHOOL).locator("[name=subsidy]").get_attribute("value")
    for box in page.locator("[name=subsidy]").all():
        box.set_checked(box.get_attribute("value") == ours)
    walk.picture("payables")
    page.locator("form").filter(has=page.locator(f"[name=subsidy][value='{ours}']")).get_by_role(
        "button", name="生成拨付批次"
    ).click()
    act(page, "锁定并生成银行文件")
    bank_file = downloaded(page, page.get_by_role("link", name="下载银行文件"))
    upload(page, steps.bank_answer(bank_file, walk.demo.today()), "回执.xlsx", "导入回执")
    expect(page.locator("main")).to_contain_text("已到账")
    act(page, "办结")
    expect(page.locator(".page-actions")).to_contain_text("已办结")
    walk.picture("batch-settled")


def the_evidence(walk: Walk, address: str, people: list[Someone]) -> None:
    """From the money back to the roster: payment, standard, publicity, attendance, checks, every step, the class."""
    page = walk.sits("officer1", path=f"{address}subsidy/")
    page.get_by_role("link", name=people[1].name).first.click()
    for words in (
        "付款与银行回执",
        "标准与计算",
        "公示",
        "学员与结业",
        "各环节比对结果",
        "从开班到拨付的每一步",
        "陆佰元整",
    ):
        expect(page.locator("main")).to_contain_text(words)
    walk.picture("evidence")
    page.locator(f"main a[href='{address}']").first.click()
    expect(page.locator("main")).to_contain_text("已拨付")
    walk.goto(f"{address}roster/")
    expect(page.locator("main")).to_contain_text(people[1].name)


def the_month(walk: Walk, people: list[Someone]) -> None:
    """The league's form A; a number opens the people behind it; exporting is the league's right
    alone, with a purpose.
    """
    day = walk.agreed_on
    page = walk.sits("league", path=f"/reports/forms/A/?by=division&banners=on&year={day.year}&month={day.month}")
    row = page.locator("tbody tr").filter(has=page.locator("th", has_text="新城区"))
    expect(row).to_have_count(1)
    walk.picture("form-a")
    row.locator("td a").first.click()
    names = page.locator("tbody th").all_inner_texts()
    assert people[1].name in names
    assert people[STRUCK].number not in page.content()
    walk.picture("people-behind-a-number")
    page.get_by_role("link", name="导出名单").click()
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.locator("[name=purpose]")).to_be_visible()
    fill(page, {"purpose": "盟市例会核对十二月培训人员"})
    page.get_by_role("button", name="导出", exact=True).click()
    file = page.get_by_role("link", name="下载", exact=True).first
    when_it_says(lambda: walk.goto("/reports/exports/"), file)
    walk.picture("export")
    text = sheet_text(downloaded(page, file))
    assert "盟市例会核对十二月培训人员" in text
    assert people[1].number not in text
    walk.sits("officer1", path="/reports/forms/A/").get_by_role("link", name="导出", exact=True).last.click()
    expect(page.locator("main")).to_contain_text("导出权限")
    walk.picture("export-refused")


def test_from_an_account_to_the_month_on_the_pages(
    demo: Demo,
    door: Control,
    chromium: Browser,
    somebody: Callable[[int], list[Someone]],
) -> None:
    people = [job_seeker(person, LONG_AGO) for person in somebody(PEOPLE)]
    insured(people[STRUCK], LONG_AGO, WORKS)
    shareholder(people[SHAREHOLDER], LONG_AGO, WORKS)
    door.load(person.entry() for person in people)
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(20_000)
    walk = Walk(context.new_page(), demo)
    a_registered_unit(walk, an_account(walk))
    address = a_new_class(walk, steps.workday_after(demo.today(), 6))
    the_roster(walk, address, people)
    the_decision(walk)
    the_lessons(walk, address)
    the_completion(walk, address)
    the_claim(walk, address)
    the_publicity(walk, people)
    the_money(walk)
    the_evidence(walk, address, people)
    the_month(walk, people)
    context.close()


def test_a_registry_that_is_down_leaves_people_open_and_is_asked_again(
    demo: Demo,
    door: Control,
    chromium: Browser,
    program: Callable[[str], Program],
    somebody: Callable[[int], list[Someone]],
    move_on: Callable[[int], None],
) -> None:
    people = [job_seeker(person, LONG_AGO) for person in somebody(3)]
    door.load(person.entry() for person in people)
    made = steps.full_class(program("school"), people, steps.workday_after(demo.today(), 6))
    context = chromium.new_context(locale="zh-CN")
    walk = Walk(context.new_page(), demo)
    door.behave("business", "down")
    page = walk.sits("school", path=f"/classes/{made.pk}/")
    act(page, "提交")
    program("officer1").in_state("openings", made.opening, "in_review")
    walk.sits("officer1", path=f"/cases/opening/{made.opening}/")
    expect(page.locator(EXCEPTION)).to_have_count(3)
    expect(page.locator(EXCEPTION).first).to_contain_text("待核")
    walk.number = 90
    walk.picture("registry-down")
    walk.goto("/registries/")
    walk.picture("registries")

    door.behave("business", "normal")
    move_on(1)
    demo.send("eligibility.tasks.ask_again")
    eventually(lambda: set(steps.verdicts(program("officer1"), made).values()) == {"eligible"}, 90)
    walk.sits("officer1", path=f"/cases/opening/{made.opening}/")
    expect(page.locator(EXCEPTION)).to_have_count(0)
    act(page, "同意")
    expect(page.locator(".page-actions")).to_contain_text("已同意")
    assert good(program("school").get(made.path))["stage"] == "approved"
    context.close()
