"""Workbooks we hand out: exports with a watermark, templates with pick-lists, cells that never run (R-RPT-8)."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kit.sheets import Column, escape_formula, inspect_upload, read_table, write_table, write_template

WATERMARK = "导出人：王五 & 李 2026-11-23 10:00 用途：月报"


def opened(stream: io.BytesIO):
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue()))


def export(headers, rows, **options) -> io.BytesIO:
    stream = io.BytesIO()
    assert write_table(stream, headers, iter(rows), **options) == len(rows)
    return stream


@pytest.mark.parametrize("start", [*"=+-@＝＋－＠\t\r\n"])
def test_a_text_that_could_run_gets_an_apostrophe(start):
    assert escape_formula(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("value", ["张三", "-", "--", "-5", "+86", "-1,500.00", "", None, 5, Decimal("-1.50"), "a=b"])
def test_harmless_values_stay_as_they_are(value):
    assert escape_formula(value) == value


@given(st.text(max_size=20))
def test_no_text_in_an_export_starts_a_formula(text):
    written = export(["甲"], [[text]])
    cell = opened(written).active["A2"]
    assert cell.data_type != "f"
    if text[:1] in tuple("=@＝＠") and text:
        assert str(cell.value).startswith("'")


def test_an_export_has_title_watermark_header_and_text_columns(tmp_path):
    path = tmp_path / "a.xlsx"
    rows = [["张三", "150102199003071237", Decimal("1500.10"), dt.date(2026, 11, 3), None]]
    count = write_table(
        path,
        ["姓名", "身份证号码", "金额", "日期", "备注"],
        rows,
        title="人员名单",
        watermark=WATERMARK,
        widths={"身份证号码": 24},
        text_columns=["身份证号码"],
        money_columns=["金额"],
    )
    sheet = openpyxl.load_workbook(path).active
    assert (count, sheet["A1"].value, sheet["A2"].value) == (1, "人员名单", WATERMARK)
    assert [cell.value for cell in sheet[3]] == ["姓名", "身份证号码", "金额", "日期", "备注"]
    assert sheet["B4"].value == "150102199003071237"
    assert (sheet["B4"].number_format, sheet["C4"].number_format, sheet["C4"].value) == ("@", "#,##0.00", 1500.1)
    assert sheet["D4"].is_date
    assert "&" in sheet.oddHeader.right.text
    assert sheet.freeze_panes == "A4"
    assert sheet.column_dimensions["B"].width > 20


def test_an_export_without_rows_still_has_its_header():
    sheet = opened(export(["姓名", "手机号"], [], watermark=WATERMARK)).active
    assert [cell.value for cell in sheet[2]] == ["姓名", "手机号"]
    assert sheet["A1"].value == WATERMARK


def test_one_column_with_a_watermark_can_be_written():
    assert opened(export(["姓名"], [["张三"]], watermark=WATERMARK)).active["A3"].value == "张三"


def test_times_are_local_long_numbers_text_and_lazy_texts_translated():
    moment = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)
    row = [moment, 150102199003071237, gettext_lazy("待办"), True, "甲\x00乙", "长" * 40_000]
    cells = [cell.value for cell in opened(export(list("abcdef"), [row])).active[2]]
    assert cells[0] == timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
    assert cells[1:5] == ["150102199003071237", "待办", True, "甲乙"]
    assert len(cells[5]) == 32_766


def test_a_row_too_short_or_a_header_twice_is_an_error():
    with pytest.raises(ValueError, match="headers"):
        write_table(io.BytesIO(), ["甲", "甲"], [])
    with pytest.raises(ValueError, match="argument"):
        write_table(io.BytesIO(), ["甲", "乙"], [["1"]])


COLUMNS = [
    Column("姓名", note="写身份证上的姓名", required=True),
    Column("身份证号码", width=24, required=True),
    Column("人员类别", choices=[f"第 {number} 类, 城镇登记失业人员" for number in range(30)]),
    Column("开班日期", text=False),
]


def template(**options) -> io.BytesIO:
    stream = io.BytesIO()
    write_template(stream, COLUMNS, "学员花名册", ["一行一人。", "不要删改表头。"], "roster-2026.1", **options)
    return stream


def test_a_template_has_notes_pick_lists_and_text_columns():
    book = opened(template())
    sheet = book["名册"]
    assert [cell.value for cell in sheet[2]] == ["姓名", "身份证号码", "人员类别", "开班日期"]
    assert "身份证上的姓名" in sheet["A2"].comment.text
    assert [sheet.column_dimensions[letter].number_format for letter in "ABCD"] == ["@", "@", "@", "General"]
    assert sheet.freeze_panes == "A3"
    [rule] = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref), rule.formula1) == ("list", "C3:C2002", "'_fanbu'!$F$1:$F$30")
    assert [book["_fanbu"][f"F{row}"].value for row in (1, 30)] == [COLUMNS[2].choices[0], COLUMNS[2].choices[29]]
    assert book["_fanbu"].sheet_state == "veryHidden"


def test_the_instructions_list_every_column():
    sheet = opened(template())["填表说明"]
    texts = [[cell.value for cell in row] for row in sheet]
    assert [row[0] for row in texts[:2]] == ["一行一人。", "不要删改表头。"]
    assert [row[0] for row in texts[-4:]] == ["姓名", "身份证号码", "人员类别", "开班日期"]
    assert texts[-4][1:3] == ["必填", "写身份证上的姓名"]


def test_a_filled_template_is_read_back_with_its_version():
    book = opened(template())
    book["名册"].append(["张三", "150102199003071237", COLUMNS[2].choices[0], dt.date(2026, 12, 1)])
    stream = io.BytesIO()
    book.save(stream)
    assert inspect_upload(stream, "名册.xlsx", {"xlsx"}) == "xlsx"
    table = read_table(stream, [column.header for column in COLUMNS])
    assert (table.sheet, table.version) == ("名册", "roster-2026.1")
    [(row, values)] = table.rows
    assert (row, values["身份证号码"], values["开班日期"]) == (3, "150102199003071237", dt.date(2026, 12, 1))


def test_bad_rows_go_back_in_a_template_that_can_be_uploaded_again():
    stream = io.BytesIO()
    columns = [*COLUMNS, Column("未通过原因")]
    rows = [["=HYPERLINK(1)", "150102199003071230", "", None, "校验码不对"]]
    write_template(stream, columns, "需要修改的行", [], "roster-2026.1", rows=rows)
    table = read_table(stream, [column.header for column in COLUMNS])
    assert table.unknown_headers == ("未通过原因",)
    [(row, values)] = table.rows
    assert (row, values["姓名"], values["人员类别"]) == (3, "'=HYPERLINK(1)", None)
    assert opened(stream)["名册"]["B3"].number_format == "@"


def test_an_empty_template_is_a_table_without_rows():
    assert list(read_table(template(), [column.header for column in COLUMNS]).rows) == []


def test_a_day_is_a_date_without_a_time_so_that_every_office_program_shows_it():
    """The writer by itself adds midnight, which LibreOffice shows as ### in a column of usual width."""
    stream = io.BytesIO()
    write_table(stream, ["日期", "姓名"], [[dt.date(2026, 11, 3), "张三"]])
    cell = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active["A2"]
    assert cell.is_date
    assert cell.number_format == "yyyy-mm-dd"
