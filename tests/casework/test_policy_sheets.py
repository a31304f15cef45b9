"""Policy out and in as workbooks: a dry run row by row, errors by cell, a file that is kept; taking it proposes
(R-SUB-1).
"""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Event
from casework.domain.routing import parameter
from casework.models import Parameter, PolicyFile, PolicyProposal
from subsidies.models import Standard
from tests import factories
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db


@pytest.fixture
def region(client):
    by = factories.administrator("150000")
    client.force_login(by.user)
    return by


def exported(client, code="parameters"):
    return load_workbook(io.BytesIO(client.get(reverse("policy_export", args=[code])).content))


def head_of(sheet):
    for row in sheet.iter_rows():
        names = [cell.value for cell in row]
        if "第一天" in names:
            return row[0].row, {name: place + 1 for place, name in enumerate(names) if name}
    raise AssertionError("no head")


def added(book, **cells):
    """One more row below the others; its number."""
    sheet = book.active
    _head, columns = head_of(sheet)
    number = sheet.max_row + 1
    for name, value in cells.items():
        sheet.cell(number, columns[name], value)
    return number


def uploaded(client, book, code="parameters"):
    target = io.BytesIO()
    book.save(target)
    file = SimpleUploadedFile("政策.xlsx", target.getvalue())
    return client.post(reverse("policy_upload", args=[code]), {"file": file})


def confirmed(client, code="parameters"):
    return client.post(reverse("policy_upload", args=[code]), {"confirm": str(PolicyFile.objects.latest("pk").pk)})


NEW = {
    "参数": "班级人数上限",
    "地区": "全区",
    "数值": 50,
    "第一天": "2027-01-01",
    "文号或依据": "内人社办发〔2026〕1号",
}


def test_the_export_uploaded_as_it_is_changes_nothing(client, region):
    page = uploaded(client, exported(client))
    assert {line.change for line in page.context["preview"].lines} == {"skip"}
    assert "没有要办理的" in page.content.decode()
    assert PolicyProposal.objects.count() == 0


def test_a_row_with_a_new_first_day_follows_and_a_last_day_ends_after_the_confirmation(client, region):
    book = exported(client)
    sheet = book.active
    head, columns = head_of(sheet)
    for row in range(head + 1, sheet.max_row + 1):
        if sheet.cell(row, columns["参数"]).value == "每单位每日录入的公民身份号码上限":
            sheet.cell(row, columns["最后一天"], date(2026, 12, 31))
    added(book, **NEW)
    page = uploaded(client, book)
    changes = sorted(line.change for line in page.context["preview"].lines if line.change != "skip")
    assert (changes, PolicyProposal.objects.count()) == (["close", "follow"], 0)
    assert confirmed(client).status_code == 302
    assert parameter("class_most_people", day=date(2026, 12, 31)) == 60
    assert parameter("class_most_people", day=date(2027, 1, 1)) == 50
    assert Parameter.objects.get(code="numbers_a_day").last_day == date(2026, 12, 31)
    kept = PolicyFile.objects.get()
    assert (kept.proposals.count(), kept.name, kept.by, bool(kept.taken_at)) == (2, "政策.xlsx", region, True)
    assert Event.objects.get(act="policy.imported").data["rows"] == 2
    again = confirmed(client)
    assert (again.status_code, "已经确认过" in again.content.decode()) == (409, True)


def test_one_wrong_cell_is_named_and_nothing_of_the_file_is_taken(client, region):
    book = exported(client)
    right = added(book, **NEW)
    wrong = added(book, **NEW | {"参数": "出勤率下限", "数值": 120})
    page = uploaded(client, book)
    lines = {line.row: line for line in page.context["preview"].lines}
    assert (lines[right].change, lines[wrong].change) == ("follow", "wrong")
    assert lines[wrong].errors == [f"C{wrong} 数值：比例不能超过百分之百。"]
    assert "整个文件都不导入" in page.content.decode()
    assert confirmed(client).status_code == 409
    assert (PolicyProposal.objects.count(), Parameter.objects.filter(code="class_most_people").count()) == (0, 1)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"参数": "没有这个"}, "参数"),
        ({"第一天": "明天"}, "不是日期"),
        ({"最后一天": "2026-01-01"}, "不能早于第一天"),
        ({"文号或依据": None}, "文号或依据"),
        ({"第一天": "2020-07-01"}, "这一天已有一条，不能改写"),
        ({"第一天": "2021-07-01"}, "不能早于今天"),
    ],
)
def test_each_mistake_of_a_row_is_said(client, region, cells, words):
    book = exported(client)
    row = added(book, **NEW | cells)
    (line,) = [line for line in uploaded(client, book).context["preview"].lines if line.row == row]
    assert words in " ".join(line.errors)


def test_standards_of_a_file_wait_for_the_second_person(client, region):
    money.standard("1200.00", since=date(2020, 7, 1))
    book = exported(client, "standards")
    cells = {"补贴项目": "职业培训补贴", "课时不少于": 0, "无证书时（%）": 100, "文号或依据": "内人社发〔2026〕9号"}
    added(book, **cells | {"标准（元/人）": 1500, "第一天": "2027-01-01"})
    added(book, **cells | {"标准（元/人）": 900.5, "第一天": "2027-01-01", "等级": "初级"})
    page = uploaded(client, book, "standards")
    assert [line.change for line in page.context["preview"].lines] == ["skip", "follow", "add"]
    confirmed(client, "standards")
    assert set(PolicyProposal.objects.values_list("state", flat=True)) == {"drafted"}
    assert Standard.objects.count() == 1
    added(book, **cells | {"标准（元/人）": 1600, "第一天": "2028-01-01"})
    errors = uploaded(client, book, "standards").context["preview"].lines[-1].errors
    assert "在一个文件里只能改一次" in " ".join(errors)


def test_a_league_s_file_is_held_to_what_the_region_leaves_open(client, region):
    client.force_login(factories.administrator("150100").user)
    book = exported(client)
    row = added(book, **NEW | {"地区": "呼和浩特市"})
    (line,) = [line for line in uploaded(client, book).context["preview"].lines if line.row == row]
    assert "自治区没有放开" in line.errors[0]
    client.force_login(factories.member(factories.office("150000")).user)
    assert uploaded(client, book).status_code == 403


def test_a_file_that_is_no_such_table_is_refused(client, region):
    book = exported(client)
    book.active.delete_rows(1, 50)
    answer = uploaded(client, book)
    assert answer.status_code == 400
    assert PolicyProposal.objects.count() == 0
