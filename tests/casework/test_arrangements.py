"""The yearly 放假调休安排: asked for from November, entered by the region, and every last day that waited is counted again
(R-SEC-3).
"""

import io
from datetime import date, time

import pytest
from django.urls import reverse
from openpyxl import Workbook

from accounts.enums import Role
from accounts.models import Event
from casework.domain.arrangements import check, enter, lines_of_text, missing_year, take_over_from_package
from casework.domain.workdays import calendar
from casework.models import HolidayArrangement, WorkdayOverride, WorkItem
from kit.refusals import Refused
from tests import factories
from tests.factories import casework as cases
from tests.factories.subsidies import at

pytestmark = pytest.mark.django_db
REGION = "150000"
# 4 January 2027 (Monday) off, the Saturday after worked.
TYPED = "2027-01-04 放假\n2027-01-09 上班"
ENTRY = {"document": "国办发明电〔2026〕9号", "days": TYPED, "version": ""}


@pytest.fixture
def keeper():
    return factories.administrator(REGION)


def workbook(*rows, heads=("日期", "安排")):
    book = Workbook()
    for row in [["2027年放假调休安排"], list(heads), *rows]:
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    target.name = "放假.xlsx"
    return target


def entered(client, **changes):
    return client.post(reverse("workdays_enter", args=[2027]), ENTRY | {"confirm": "1"} | changes)


# ── provisional, entered, counted again
# ─────────────────────────────────────────────────────────────────────────────────


def test_a_case_that_comes_in_at_the_end_of_december_is_due_on_a_provisional_day_until_the_arrangement_is_entered(
    browser, keeper
):
    with at(date(2026, 12, 28)):
        registration, operator = cases.submitted()
        officer = factories.officer()
        assert registration.due_on == date(2027, 1, 5)
        for page in (reverse("case", args=["registration", registration.pk]), reverse("inbox", args=["todo"])):
            assert "（暂定：2027年放假安排公布前）" in browser(officer).get(page).content.decode(), page
        assert "（暂定：2027年放假安排公布前）" in browser(operator).get(reverse("home")).content.decode()
        answer = entered(browser(keeper))
        assert answer.status_code == 302, answer.content.decode()
        registration.refresh_from_db()
        assert registration.due_on == WorkItem.objects.get().due_on == date(2027, 1, 6)
        assert "暂定" not in browser(officer).get(reverse("inbox", args=["todo"])).content.decode()
    event = Event.objects.get(act="workdays.entered")
    assert (event.membership_id, event.data["moved"]) == (keeper.pk, 1)
    assert event.data["changed"]["document"] == ["", "国办发明电〔2026〕9号"]


def test_a_case_that_is_due_before_the_year_is_over_is_certain(browser):
    with at(date(2026, 12, 24)):
        registration, _operator = cases.submitted()
        assert registration.due_on == date(2026, 12, 31)
        assert "暂定" not in browser(factories.officer()).get(reverse("inbox", args=["todo"])).content.decode()


def test_counting_again_twice_moves_nothing(keeper):
    with at(date(2026, 12, 28)):
        registration, _operator = cases.submitted()
        assert enter(2027, lines_of_text(TYPED), document="文", by=keeper) == 1
        assert enter(2027, lines_of_text(TYPED), document="文", by=keeper) == 0
        registration.refresh_from_db()
        assert registration.due_on == date(2027, 1, 6)


def test_an_arrangement_entered_anew_moves_what_is_still_open(keeper):
    with at(date(2026, 12, 28)):
        registration, _operator = cases.submitted()
        enter(2027, lines_of_text(TYPED), document="文", by=keeper)
        enter(2027, lines_of_text("2027-01-04至2027-01-05 放假"), document="更正", by=keeper)
        registration.refresh_from_db()
        assert registration.due_on == date(2027, 1, 7)
    said = Event.objects.filter(act="workdays.entered").order_by("id").last().data["changed"]
    assert said["document"] == ["文", "更正"]
    assert said["days"] == [
        "2027-01-01 放假、2027-01-04 放假、2027-01-09 上班",
        "2027-01-01 放假、2027-01-04 放假、2027-01-05 放假",
    ]


def test_a_newer_package_that_knows_the_year_counts_again_at_night(monkeypatch):
    with at(date(2026, 12, 28)):
        registration, _operator = cases.submitted()
        WorkdayOverride.objects.create(day=date(2027, 1, 5), is_workday=False, source="示例")
        monkeypatch.setattr("casework.domain.arrangements.LAST_KNOWN", 2027)
        assert take_over_from_package() == 1
        assert take_over_from_package() == 0
        registration.refresh_from_db()
        assert registration.due_on == date(2027, 1, 6)
    assert HolidayArrangement.objects.get().entered_by is None


# ── the duty of November
# ────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_the_first_of_november_the_regions_administrator_has_a_duty_until_next_year_is_entered(browser, keeper):
    pages = [reverse("home"), reverse("inbox", args=["todo"])]
    with at(date(2026, 10, 31)):
        assert all("录入2027年放假调休安排" not in browser(keeper).get(page).content.decode() for page in pages)
    with at(date(2026, 11, 1)):
        assert all("录入2027年放假调休安排" in browser(keeper).get(page).content.decode() for page in pages)
        assert all(
            "录入2027年放假调休安排" not in browser(factories.administrator("150100")).get(page).content.decode()
            for page in pages
        )
        assert '<b class="count">1</b>' in browser(keeper).get(pages[1]).content.decode()
        enter(2027, lines_of_text(TYPED), document="文", by=keeper)
        assert all("录入2027年放假调休安排" not in browser(keeper).get(page).content.decode() for page in pages)


def test_a_year_that_began_without_its_arrangement_is_still_asked_for():
    assert [missing_year(day) for day in (date(2026, 6, 1), date(2026, 12, 1), date(2027, 2, 1))] == [None, 2027, 2027]


# ── who, and what is refused
# ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "make",
    [
        lambda: factories.administrator("150100"),
        lambda: factories.member(factories.office(REGION), Role.OFFICER),
        lambda: factories.operator(factories.unit()),
    ],
)
def test_only_administrators_of_the_regions_hr_department_enter(browser, make):
    membership = make()
    with at(date(2026, 11, 20)):
        assert entered(browser(membership)).status_code == 403
        with pytest.raises(Refused, match="自治区人社部门的超级管理员"):
            enter(2027, lines_of_text(TYPED), document="文", by=membership)
        page = browser(membership).get(reverse("workdays_of", args=[2027])).content.decode()
    assert "还没有录入" in page
    assert reverse("workdays_enter", args=[2027]) not in page
    assert not HolidayArrangement.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2027-01-04", "没有写“放假”或“上班”"),
        ("2027-01-04 也许", "“也许”不是“放假”或“上班”"),
        ("2027-02-30 放假", "“2027-02-30”不是日期"),
        ("2028-01-04 放假", "不属于2027年的安排"),
        ("2027-02-06 上班", "2027-02-06是法定节假日，不能安排上班"),
        ("2027-03-03 上班", "2027-03-03是周一至周五，本来就上班"),
        ("2027-01-04 放假\n2027-01-04 放假", "2027-01-04已在第1行出现过"),
        ("2027-02-11至2027-02-09 放假", "起止日期先后颠倒"),
    ],
)
def test_a_wrong_line_stops_all_of_it_and_is_named_beside_its_line(browser, keeper, typed, says):
    with at(date(2026, 11, 20)):
        answer = entered(browser(keeper), days="2027-02-20 上班\n" + typed if "出现过" not in says else typed)
        html = answer.content.decode()
    assert answer.status_code == 400
    assert says in html
    assert typed.splitlines()[0] in html  # what was typed stays
    assert not WorkdayOverride.objects.exists()


def test_a_workbook_is_previewed_and_its_wrong_cells_are_named(browser, keeper):
    client, address = browser(keeper), reverse("workdays_enter", args=[2027])
    with at(date(2026, 11, 20)):
        wrong = client.post(
            address,
            {"document": "文", "file": workbook([date(2027, 1, 4), "放假"], ["#N/A", "上班"], ["2027年1月9日", "=A1"])},
        )
        right = client.post(
            address, {"document": "文", "file": workbook([date(2027, 1, 4), "放假"], ["2027年1月9日", "上班"])}
        )
        other = client.post(address, {"document": "文", "file": workbook(["x", "y"], heads=("一", "二"))})
    html = wrong.content.decode()
    assert wrong.status_code == 400
    assert all(said in html for said in ("A3", "A4", "#N/A", "A5", "没有计算结果的公式"))
    assert right.status_code == 200
    assert "法定节假日以外放假的工作日 1 天，周末上班 1 天" in right.content.decode()
    assert "2027-01-04 放假\n2027-01-09 上班</textarea>" in right.content.decode()
    assert (other.status_code, "没有找到表头" in other.content.decode()) == (400, True)
    assert not WorkdayOverride.objects.exists()


def test_the_sheet_to_fill_in_is_taken_back(browser, keeper):
    client = browser(keeper)
    with at(date(2026, 11, 20)):
        sheet = io.BytesIO(client.get(reverse("workdays_sheet", args=[2027])).content)
        sheet.name = "workdays-2027.xlsx"
        answer = client.post(reverse("workdays_enter", args=[2027]), {"document": "文", "file": sheet})
    assert (answer.status_code, answer.context["checked"].freed, len(answer.context["checked"].days)) == (200, 0, 13)


def test_a_number_nobody_sees_is_no_number_of_a_notice(browser, keeper):
    with at(date(2026, 11, 20)):
        answer = entered(browser(keeper), document="\u200b\u3164")
    assert ("请填写公布文件的文号" in answer.content.decode(), TYPED.splitlines()[0] in answer.content.decode()) == (
        True,
        True,
    )
    assert (answer.status_code, WorkdayOverride.objects.exists()) == (400, False)


def test_years_are_entered_one_after_the_other_and_past_days_stand(keeper):
    with at(date(2026, 11, 20)):
        with pytest.raises(Refused, match="请先录入2027年"):
            enter(2028, lines_of_text("2028-01-03 放假"), document="文", by=keeper)
        with pytest.raises(Refused, match="2025年已经过去"):
            enter(2025, lines_of_text("2025-01-03 放假"), document="文", by=keeper)
        for nothing in (" ", "\u200b", "\u3164\u2800"):
            with pytest.raises(Refused, match="请填写公布文件的文号"):
                enter(2027, lines_of_text(TYPED), document=nothing, by=keeper)
        enter(2027, lines_of_text(TYPED), document="文", by=keeper)
    with at(date(2027, 1, 8)):
        enter(2027, lines_of_text("2027-01-04 放假"), document="9日不上班", by=keeper)
        with pytest.raises(Refused, match="已经过去，不能再改：2027-01-04"):
            enter(2027, lines_of_text("2027-01-05 放假\n2027-01-09 上班"), document="文", by=keeper)


def test_a_late_entry_may_name_days_that_are_over_and_were_provisional(keeper):
    with at(date(2027, 1, 8)):
        enter(2027, lines_of_text(TYPED), document="文", by=keeper)
        assert not calendar().is_workday(date(2027, 1, 4))


def test_a_day_set_by_itself_is_not_overwritten():
    WorkdayOverride.objects.create(day=date(2027, 7, 12), is_workday=False, source="示例：那达慕")
    with at(date(2026, 11, 20), time(9)):
        (line,) = check(2027, lines_of_text("2027-07-12 放假")).lines
    assert line.errors == ["2027-07-12另有单独设定（示例：那达慕）。"]


def test_an_entry_from_a_page_older_than_anothers_entry_is_refused(browser, keeper):
    with at(date(2026, 11, 20)):
        enter(2027, lines_of_text(TYPED), document="别人的", by=keeper)
        answer = entered(browser(factories.administrator(REGION)))
    assert answer.status_code == 409
    assert "已由他人录入" in answer.content.decode()
    assert HolidayArrangement.objects.get().document == "别人的"
