"""A sheet is passed without looking at every cell only where its text leaves no doubt; what is found is the same either way."""

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
    text = '<row r="2" spans="1:3"><c r="A2" t="inlineStr"><is><t>乌云 &amp; 巴特尔</t></is></c></row><row r="10000"><c r="B10000"><v>1</v></c></row>'
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


@pytest.mark.parametrize("text", [f"{HEAD}{ROW}", f"{HEAD}{ROW}</row>{TAIL}", f"{HEAD}<row r='1'><c r=\"A1\"><v>1</c></row>{TAIL}"])
def test_broken_xml_is_refused_though_it_looks_plain(text):
    with pytest.raises(FileRefused) as refused:
        scan.scan_sheet(io.BytesIO(text.encode()))
    assert refused.value.code == "broken"


def test_both_ways_find_the_same(monkeypatch):
    rows = "".join(text for name, text in ODD.items() if name not in {"far row", "last cell of all", "prefixed cell", "far column"})
    found = scan.scan_sheet(io.BytesIO(sheet(rows)))
    monkeypatch.setattr(scan, "PLAIN_BYTES", 10)
    again = scan.scan_sheet(io.BytesIO(sheet(rows)))
    assert (found.problems, found.hidden_rows) == (again.problems, again.hidden_rows)
    assert found.hidden_rows == {2}
