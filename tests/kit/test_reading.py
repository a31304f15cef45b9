"""Rosters as schools really send them (workflow: roster upload; lessons 4 and 6)."""

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from kit.ids import IdError, parse_citizen_number
from kit.sheets import CellProblem, FileRefused, read_table
from kit.text import cell_text

from . import files

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
HEADERS = ["姓名", "身份证号码", "手机号", "备注"]
ROW = ["张三", "150102199003071237", "13800138000", None]


def rows_of(content: bytes, expected=HEADERS, hint=None, **options):
    return list(read_table(content, expected, hint, **options).rows)


def refusal(content: bytes, expected=HEADERS, **options) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_table(content, expected, **options)
    assert str(caught.value)
    return caught.value


def test_a_plain_table_gives_rows_by_their_number_in_excel(tmp_path):
    content = files.sheet_of(HEADERS, ROW)
    table = read_table(content, HEADERS)
    assert (table.sheet, table.header_row, table.headers, table.version) == ("Sheet", 1, tuple(HEADERS), None)
    assert list(table.rows) == [(2, dict(zip(HEADERS, ROW, strict=True)))]
    assert table.address("手机号", 2) == "C2"
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert len(list(read_table(path, HEADERS).rows)) == len(list(read_table(io.BytesIO(content), HEADERS).rows)) == 1


def test_merged_title_rows_above_the_header_are_skipped():
    def fill(book):
        sheet = book.active
        sheet["A1"] = "2026 年第一期技能培训班学员花名册"
        sheet.merge_cells("A1:D1")
        sheet["A2"] = "培训机构：某某学校　　填表人：姓名"
        sheet.merge_cells("A2:D2")
        sheet.append([])
        sheet.append(HEADERS)
        sheet.append(ROW)

    table = read_table(files.workbook(fill), HEADERS)
    assert (table.header_row, [row for row, _values in table.rows]) == (4, [5])


def test_a_heading_merged_over_two_rows_is_one_heading():
    def fill(book):
        sheet = book.active
        sheet.append(["序号", "本人信息", None, "联系方式", "备注"])
        sheet.append([None, "姓名", "身份证号码", "手机号", None])
        for area in ("A1:A2", "B1:C1", "E1:E2"):
            sheet.merge_cells(area)
        sheet.append([1, *ROW])

    table = read_table(files.workbook(fill), HEADERS)
    assert table.header_row == 2
    assert list(table.rows) == [(3, dict(zip(HEADERS, ROW, strict=True)))]


def test_headings_with_stars_brackets_line_breaks_and_other_names_are_known():
    content = files.sheet_of(["*姓 名", "公民身份号码（18位）", "联系\n电话：", "备注(可不填)"], ROW)
    synonyms = {"身份证号码": ["公民身份号码"], "手机号": ["联系电话"]}
    assert rows_of(content, synonyms=synonyms) == [(2, dict(zip(HEADERS, ROW, strict=True)))]


def test_columns_in_another_order_and_columns_of_their_own_do_not_matter():
    content = files.sheet_of(["备注", "班主任", "手机号", "身份证号码", "姓名"], ["好", "李", "1", "2", "3"])
    table = read_table(content, HEADERS)
    assert table.unknown_headers == ("班主任",)
    assert list(table.rows) == [(2, {"备注": "好", "手机号": "1", "身份证号码": "2", "姓名": "3"})]


def test_hidden_sheets_and_instruction_sheets_are_passed_over():
    def fill(book):
        book.active.title = "填表说明"
        book.active.append(["姓名", "写身份证上的姓名"])
        for title, state in (("旧名册", "hidden"), ("代码", "veryHidden"), ("名册", "visible")):
            sheet = book.create_sheet(title)
            sheet.sheet_state = state
            sheet.append(HEADERS)
            sheet.append([title, *ROW[1:]])

    assert [values["姓名"] for _row, values in rows_of(files.workbook(fill))] == ["名册"]


def test_a_hinted_sheet_goes_first_but_only_when_it_is_visible():
    def fill(book):
        for title in ("一班", "二班"):
            sheet = book.create_sheet(title)
            sheet.append(HEADERS)
            sheet.append([title, *ROW[1:]])
        book["二班"].sheet_state = "hidden"

    assert rows_of(files.workbook(fill), hint="一班")[0][1]["姓名"] == "一班"
    assert rows_of(files.workbook(fill), hint="二班")[0][1]["姓名"] == "一班"


def test_empty_and_trailing_rows_are_ignored_and_numbers_stay():
    def fill(book):
        sheet = book.active
        sheet.append(["序号", *HEADERS])
        sheet.append([1, *ROW])
        for number in (2, 3):
            sheet.append([number, "  ", "\u3000", None, ""])
        sheet.append([4, *ROW])
        sheet.cell(300, 2).font = Font(bold=True)
        sheet.cell(301, 2, " ")

    rows = rows_of(files.workbook(fill), ["序号", *HEADERS], filler=["序号"])
    assert [(row, values["序号"]) for row, values in rows] == [(2, 1), (5, 4)]


def test_a_table_that_does_not_start_in_the_first_cell_keeps_its_addresses():
    def fill(book):
        for column, (header, value) in enumerate(zip(HEADERS, ROW, strict=True), start=3):
            book.active.cell(5, column, header)
            book.active.cell(6, column, value)

    table = read_table(files.workbook(fill), HEADERS)
    assert [row for row, _values in table.rows] == [6]
    assert table.address("姓名", 6) == "C6"


def test_numbers_that_excel_rounded_are_recognised_as_lost():
    content = files.sheet_of(HEADERS, ["张三", 150102199003071237, 13800138000, None])
    [(_row, values)] = rows_of(content)
    assert values["身份证号码"] == 1.501021990030712e17 or isinstance(values["身份证号码"], float)
    with pytest.raises(IdError) as caught:
        parse_citizen_number(cell_text(values["身份证号码"]), dt.date(2026, 11, 23))
    assert caught.value.code == "excel_float"
    assert cell_text(values["手机号"]) == "13800138000"


def test_formulas_give_their_results_and_errors_are_not_values():
    def fill(book):
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEADERS)
        sheet.write_formula(1, 0, '="张"&"三"', None, "张三")
        sheet.write_formula(1, 1, "=VLOOKUP(A2,X1:Y9,2,0)", None, "#N/A")
        sheet.write_formula(1, 2, "=Sheet9!A1", None, "#REF!")

    [(_row, values)] = rows_of(files.written(fill))
    assert values["姓名"] == "张三"
    assert values["身份证号码"] == CellProblem("error", "#N/A")
    assert values["手机号"] == CellProblem("error", "#REF!")
    assert "#REF!" in str(values["手机号"])


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell():
    header = '<row><c t="inlineStr"><is><t>姓名</t></is></c><c t="inlineStr"><is><t>备注</t></is></c></row>'
    cells = '<row><c t="inlineStr"><is><t>张三</t></is></c><c t="str"><f>IF(A2="","x","")</f><v></v></c></row>'
    assert rows_of(files.sheet_xml(header + cells), ["姓名", "备注"]) == [(2, {"姓名": "张三", "备注": None})]


def test_a_formula_that_was_never_computed_is_said_to_be_one():
    [(row, values)] = rows_of(files.sheet_of(HEADERS, ["=B9&C9", *ROW[1:]]))
    assert values["姓名"] == CellProblem("no_value", "B9&C9")
    assert "B9&C9" in str(values["姓名"])
    assert row == 2


def test_a_row_of_nothing_but_errors_is_not_an_empty_row():
    content = files.sheet_of(HEADERS, ROW, ["=A9", None, None, None])
    assert [row for row, _values in rows_of(content)] == [2, 3]


def test_a_value_merged_downwards_holds_for_every_row():
    def fill(book):
        sheet = book.active
        sheet.append(HEADERS)
        for _row in range(3):
            sheet.append(ROW)
        sheet["D2"] = "第一组"
        sheet.merge_cells("D2:D3")

    assert [values["备注"] for _row, values in rows_of(files.workbook(fill))] == ["第一组", "第一组", None]


def test_hidden_rows_are_read_and_named():
    def fill(book):
        for row in (HEADERS, ROW, ROW):
            book.active.append(row)
        book.active.row_dimensions[3].hidden = True

    table = read_table(files.workbook(fill), HEADERS)
    assert (len(list(table.rows)), table.hidden_rows) == (2, frozenset({3}))


def test_dates_stay_dates():
    [(_row, values)] = rows_of(files.sheet_of(["姓名", "日期"], ["张三", dt.date(2026, 11, 3)]), ["姓名", "日期"])
    assert values["日期"] == dt.date(2026, 11, 3)


def test_missing_headers_are_named_and_optional_ones_are_not():
    content = files.sheet_of(["姓名", "手机号"], ["张三", "1"])
    error = refusal(content)
    assert error.code == "missing_headers"
    assert "身份证号码、备注" in str(error)
    assert "第 1 行" in str(error)
    assert rows_of(content, optional=["身份证号码", "备注"]) == [(2, {"姓名": "张三", "手机号": "1"})]


def test_a_header_that_stands_twice_is_refused():
    error = refusal(files.sheet_of([*HEADERS, "姓名"], [*ROW, "李四"]))
    assert error.code == "duplicate_headers"
    assert "姓名" in str(error)


@pytest.mark.parametrize("rows", [[], [["课程表"], ["周一", "周二"]], [*([str(row)] for row in range(10)), HEADERS]])
def test_a_workbook_without_the_table_says_which_columns_are_wanted(rows):
    error = refusal(files.sheet_of(*rows))
    assert error.code == "no_table"
    assert "姓名、身份证号码" in str(error)


def test_a_header_without_rows_is_a_table_without_rows():
    assert rows_of(files.sheet_of(HEADERS)) == []


def test_too_many_rows_are_refused_and_the_limit_is_not():
    content = files.sheet_of(HEADERS, *[ROW] * 30)
    assert len(rows_of(content, max_rows=31)) == 30
    error = refusal(content, max_rows=30)
    assert error.code == "too_many_rows"
    assert "30" in str(error)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="XFD1"><v>1</v></c>', "stray_cell"),
        ('<c r="A1048576"><v>1</v></c>', "too_many_rows"),
        ('<c r="A1048576" t="inlineStr"><is><t></t></is></c>', "too_many_rows"),
        ('<c r="A1048576" t="str"><f>B1</f><v></v></c>', "too_many_rows"),
    ],
)
def test_one_stray_value_at_the_end_of_the_sheet_does_not_cost_gigabytes(cell, code):
    assert refusal(files.sheet_xml(f'<row r="1">{cell}</row>')).code == code


def test_formatted_but_empty_rows_to_the_end_of_the_sheet_are_harmless():
    texts = "".join(f'<c t="inlineStr"><is><t>{header}</t></is></c>' for header in HEADERS)
    row = '<row><c t="inlineStr"><is><t>张三</t></is></c></row>'
    assert rows_of(files.sheet_xml(f'<row>{texts}</row>{row}<row r="1048576"><c r="A1048576" s="0"/></row>')) == [
        (2, {"姓名": "张三", "身份证号码": None, "手机号": None, "备注": None})
    ]


def test_another_sheet_gone_wrong_does_not_stop_a_good_one():
    def fill(book):
        book.active.cell(99_999, 1, "x")
        sheet = book.create_sheet("名册")
        sheet.append(HEADERS)
        sheet.append(ROW)

    assert len(rows_of(files.workbook(fill))) == 1


def test_xml_that_defines_entities_is_refused():
    xml = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>'
    assert refusal(files.repacked(files.workbook(), {"xl/worksheets/sheet1.xml": xml})).code == "broken"
    workbook = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'
    assert refusal(files.repacked(files.workbook(), {"xl/workbook.xml": workbook})).code == "broken"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_with_a_broken_inside_is_refused(part):
    assert refusal(files.repacked(files.sheet_of(HEADERS, ROW), {part: b"<broken"})).code == "broken"


@pytest.mark.parametrize("content", [files.LOCKED_XLSX, files.PDF, b"", files.bomb(200), files.lying_bomb(160)])
def test_a_file_that_slipped_past_the_upload_check_is_still_refused(content):
    assert refusal(content).code in {"broken", "zip_bomb"}


def test_overlapping_merges_are_refused():
    cells = "".join(f'<c t="inlineStr"><is><t>{header}</t></is></c>' for header in HEADERS)
    rows = "".join('<row><c t="inlineStr"><is><t>x</t></is></c></row>' for _row in range(9))
    content = files.sheet_xml(f"<row>{cells}</row>{rows}")
    merges = f'</sheetData><mergeCells>{"""<mergeCell ref="A2:A10"/>""" * 50}</mergeCells>'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").replace(b"</sheetData>", merges.encode())
    assert refusal(files.repacked(content, {"xl/worksheets/sheet1.xml": xml})).code == "broken"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8) | numbers, max_size=5), max_size=6))
def test_any_sheet_gives_rows_or_a_sentence(rows):
    def fill(book):
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write_number
                write(number, column, value)

    try:
        said = rows_of(files.written(fill), ["0"])
    except FileRefused as error:
        said = [str(error)]
    assert isinstance(said, list)


def two_sheets(second: list[list[str]]) -> bytes:
    def fill(book):
        book.active.append(HEADERS)
        book.active.append(["张三", "150102199003078041", "13904710001"][: len(HEADERS)])
        book.active.title = "一班"
        other = book.create_sheet("二班")
        for row in second:
            other.append(row)

    return files.workbook(fill)


def test_a_second_sheet_with_the_same_columns_and_people_is_named_and_not_passed_over():
    with pytest.raises(FileRefused) as refused:
        rows_of(two_sheets([HEADERS, ["李四", "", ""][: len(HEADERS)]]))
    assert refused.value.code == "second_sheet"
    assert "“一班”和“二班”" in str(refused.value)


@pytest.mark.parametrize(
    "second", [[], [HEADERS], [["说明"], ["每人一行"]]], ids=["empty", "only headings", "another table"]
)
def test_a_second_sheet_without_people_does_not_matter(second):
    assert [values["姓名"] for _row, values in rows_of(two_sheets(second))] == ["张三"]


def test_formulas_dragged_down_below_the_table_are_one_line_of_advice():
    def fill(book):
        book.active.append(HEADERS)
        book.active.append(["张三", "150102199003078041", "13904710001"][: len(HEADERS)])
        for _row in range(500):
            book.active.append(["=#REF!"] * len(HEADERS))

    rows = rows_of(files.workbook(fill))
    assert [row for row, _values in rows] == [2, 3]
    assert "第 3—502 行都是，请删除这些行" in rows[1][1]["姓名"].text


def test_an_error_between_people_stays_a_row_of_its_own():
    def fill(book):
        for row in (HEADERS, ["张三", "1", "2"], ["=#REF!"] * 3, ["李四", "3", "4"], ["=#REF!"] * 3):
            book.active.append(row[: len(HEADERS)])

    rows = rows_of(files.workbook(fill))
    assert [row for row, _values in rows] == [2, 3, 4, 5]
    assert "都是" not in rows[1][1]["姓名"].text + rows[3][1]["姓名"].text
