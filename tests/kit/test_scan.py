"""A sheet is passed without looking at every cell only where its text leaves no doubt; what is found is the same either
way.
"""

import io

import pytest

from kit.errors import FileRefused
from kit.sheets import scan

HEAD = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="urn:x" xmlns:r="urn:r"><sheetData>'
TAIL = "</sheetData></worksheet>"
ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="3"><v>1.5</v></c><c r="C1" s="1"/></row>'
ODD = {
    "error": '<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>',
    "error in other quotes": "<row r='2'><c r='A2' t='e'><v>#REF!</v></c></row>",
    "error with spaces": '<row r="2"><c r="A2" t = "e"><v>#REF!</v></c></row>',
    "error in a character reference": '<row r="2"><c r="A2" t="&#101;"><v>#REF!</v></c></row>',
    "error by another order": '<row r="2"><c t="e" r="A2"><v>#REF!</v></c></row>',
    "formula": '<row r="2"><c r="A2"><f>B1+1</f></c></row>',
    "hidden row": '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row>',
    "no addresses": "<row><c><v>1</v></c></row>",
    "far column": '<row r="2"><c r="AB2"><v>1</v></c></row>',
    "far row": '<row r="30000"><c r="A30000"><v>1</v></c></row>',
    "last cell of all": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "prefixed cell": '<x:row xmlns:x="urn:x" r="2"><x:c r="XFD2"><x:v>1</x:v></x:c></x:row>',
    "comment": '<!-- --><row r="2"><c r="A2"><v>1</v></c></row>',
}


def sheet(rows: str) -> bytes:
    return f"{HEAD}{ROW}{rows}{TAIL}".encode()


def test_a_usual_sheet_is_plain():
    text = (
        '<row r="2" spans="1:3"><c r="A2" t="inlineStr"><is><t>乌云 &amp; 巴特尔</t></is></c></row><row r="10000"><c'
        ' r="B10000"><v>1</v></c></row>'
    )
    assert scan.is_plain(sheet(text), scan.MAX_ROWS)


@pytest.mark.parametrize("rows", ODD.values(), ids=ODD.keys())
def test_what_might_be_found_is_looked_for(rows):
    assert not scan.is_plain(sheet(rows), scan.MAX_ROWS)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "cp037"])
def test_a_sheet_in_another_encoding_is_looked_at_cell_by_cell(encoding):
    text = sheet("").decode().replace("UTF-8", encoding)
    assert not scan.is_plain(text.encode(encoding), scan.MAX_ROWS)


def test_a_narrower_bound_is_kept():
    assert not scan.is_plain(sheet('<row r="500"><c r="A500"><v>1</v></c></row>'), 100)
    with pytest.raises(FileRefused) as refused:
        scan.scan_sheet(io.BytesIO(sheet('<row r="500"><c r="A500"><v>1</v></c></row>')), 100)
    assert refused.value.code == "too_many_rows"


@pytest.mark.parametrize(
    "text", [f"{HEAD}{ROW}", f"{HEAD}{ROW}</row>{TAIL}", f"{HEAD}<row r='1'><c r=\"A1\"><v>1</c></row>{TAIL}"]
)
def test_broken_xml_is_refused_though_it_looks_plain(text):
    with pytest.raises(FileRefused) as refused:
        scan.scan_sheet(io.BytesIO(text.encode()))
    assert refused.value.code == "broken"


def test_both_ways_find_the_same(monkeypatch):
    rows = "".join(
        text for name, text in ODD.items() if name not in {"far row", "last cell of all", "prefixed cell", "far column"}
    )
    found = scan.scan_sheet(io.BytesIO(sheet(rows)))
    monkeypatch.setattr(scan, "PLAIN_PIECES", 0)
    again = scan.scan_sheet(io.BytesIO(sheet(rows)))
    assert (found.problems, found.hidden_rows) == (again.problems, again.hidden_rows)
    assert found.hidden_rows == {2}


def rows_of_nothing(first: int, last: int) -> str:
    return "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>'
        for n in range(first, last + 1)
    )


def test_rows_formatted_down_to_the_last_are_no_rows_and_do_not_make_a_sheet_odd():
    text = sheet(rows_of_nothing(2, 60_000))
    assert scan.scan_sheet(io.BytesIO(text)).problems == {}
    stripped, last = scan._stripped(text)
    assert (stripped, last) == (sheet(""), 60_000)


@pytest.mark.parametrize(
    "error",
    ['<row r="40002"><c r="C40002" t="e"><v>#REF!</v></c></row>', '<row><c/><c/><c t="e"><v>#REF!</v></c></row>'],
    ids=["with its number", "the next one"],
)
def test_what_stands_below_them_keeps_its_place(error):
    with pytest.raises(FileRefused) as refused:
        scan.scan_sheet(io.BytesIO(sheet(rows_of_nothing(2, 40_001) + error)))
    assert refused.value.code == "too_many_rows"
    found = scan.scan_sheet(io.BytesIO(sheet(rows_of_nothing(2, 40_001) + error)), max_rows=50_000)
    assert found.problems == {(40_002, 3): scan.CellProblem("error", "#REF!")}


def test_a_row_longer_than_all_pieces_is_read_whole():
    text = "".join(f'<c r="A2" t="inlineStr"><is><t>{"字" * 1000}</t></is></c>' for _ in range(5_000))
    assert scan.scan_sheet(io.BytesIO(sheet(f'<row r="2">{text}<c r="B2" t="e"><v>#N/A</v></c></row>'))).problems == {
        (2, 2): scan.CellProblem("error", "#N/A")
    }
