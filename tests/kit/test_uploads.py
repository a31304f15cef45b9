"""Uploads are judged by content; every refusal says what to do (workflow: attachments)."""

import hashlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.sheets import ROSTER_MAX_BYTES, FileRefused, guard_zip, inspect_upload

from . import files

ALL = {"pdf", "jpeg", "png", "xlsx", "docx"}
MEGABYTE = 1024 * 1024


def refusal(content: bytes, allowed=ALL, name="名册.xlsx", **options) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        inspect_upload(io.BytesIO(content), name, allowed, **options)
    assert str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.PDF, "pdf"),
        (files.JPEG, "jpeg"),
        (files.PNG, "png"),
        (files.workbook(), "xlsx"),
        (files.document(), "docx"),
    ],
)
def test_the_content_and_not_the_name_says_what_a_file_is(content, kind):
    stream = io.BytesIO(content)
    assert inspect_upload(stream, "photo.exe", ALL) == kind
    assert stream.tell() == 0
    assert inspect_upload(content, "x.xlsx", {kind}) == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (files.LOCKED_XLSX, "encrypted"),
        (files.LOCKED_PDF, "encrypted"),
        (files.OLD_XLS, "old_format"),
        (files.workbook()[:3000], "broken"),
        (b"PK\x03\x04" + b"garbage" * 99, "broken"),
        (files.PDF[:-30], "broken"),
        (files.JPEG[:100], "broken"),
        (files.PNG[:40], "broken"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not_allowed"),
        ("姓名,身份证号\n张三,1\n".encode("gbk"), "not_allowed"),
        (b"MZ" + bytes(500), "not_allowed"),
        (files.repacked(files.workbook(), {"xl/vbaProject.bin": b"x"}), "macro"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_own_code(content, code):
    assert refusal(content).code == code


def test_a_macro_workbook_under_an_innocent_name_is_refused():
    types = (
        b'<Types><Override PartName="/xl/workbook.xml"'
        b' ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    )
    assert refusal(files.repacked(files.workbook(), {"[Content_Types].xml": types})).code == "macro"


def test_a_binary_workbook_is_an_old_format():
    types = (
        b'<Types><Override PartName="/xl/workbook.xml"'
        b' ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    assert refusal(files.repacked(files.workbook(), {"[Content_Types].xml": types})).code == "old_format"


def test_a_photograph_as_roster_is_told_how_to_save_a_workbook():
    error = refusal(files.JPEG, {"xlsx"}, "名册.xlsx")
    assert error.code == "not_xlsx"
    assert "名册.xlsx" in str(error)
    assert "另存为" in str(error)


def test_a_kind_that_is_not_wanted_here_names_the_wanted_ones():
    error = refusal(files.workbook(), {"pdf", "png"}, "a.pdf")
    assert error.code == "not_allowed"
    assert "PDF、PNG" in str(error)


def test_a_plain_zip_is_no_workbook():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    assert refusal(stream.getvalue()).code == "not_allowed"


def test_a_file_of_30_megabytes_is_refused_before_it_is_read():
    error = refusal(bytes(30 * MEGABYTE), {"xlsx"}, max_bytes=ROSTER_MAX_BYTES)
    assert error.code == "too_large"
    assert "20 MB" in str(error)
    assert refusal(files.PDF + bytes(10 * MEGABYTE)).code == "too_large"


def test_a_workbook_that_unpacks_to_gigabytes_is_refused():
    content = files.bomb(200)
    assert len(content) < MEGABYTE
    assert refusal(content).code == "zip_bomb"


def test_a_workbook_that_lies_about_its_size_is_refused():
    content = files.lying_bomb(30)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) < MEGABYTE
    assert refusal(content).code == "zip_bomb"


def test_a_small_file_that_shrinks_out_of_all_proportion_is_refused():
    assert refusal(files.bomb(40)).code == "zip_bomb"
    assert inspect_upload(files.bomb(10), "x.xlsx", ALL) == "xlsx"


def test_thousands_of_entries_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(3001):
            archive.writestr(str(number), "")
    assert refusal(stream.getvalue()).code == "zip_bomb"


def test_a_zip_with_a_password_is_refused():
    content = bytearray(files.workbook())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)).code == "encrypted"


def test_an_unusual_compression_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", "x")
    assert refusal(stream.getvalue()).code == "broken"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.integers(0, 255))
def test_a_workbook_with_a_spoilt_byte_is_taken_or_refused_but_never_crashes(place, value):
    content = bytearray(files.workbook())
    content[place % len(content)] = value
    try:
        said = inspect_upload(bytes(content), "x.xlsx", ALL)
    except FileRefused as error:
        said = error.code
    assert said in {"xlsx", "broken", "zip_bomb", "encrypted", "not_allowed", "macro"}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_kind_or_a_sentence(content):
    for data in (content, b"PK\x03\x04" + content, files.OLE + content):
        with pytest.raises(FileRefused):
            inspect_upload(data, "x.xlsx", {"xlsx"})


def test_the_guard_gives_the_names_of_an_honest_zip():
    assert "xl/workbook.xml" in guard_zip(io.BytesIO(files.workbook()))


# What SheetJS 0.20 writes into every workbook: kinds of files by extension that no part of it has.
SHEETJS_TYPES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types'
    b' xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml"'
    b' ContentType="application/xml"/><Default Extension="bin"'
    b' ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Default Extension="vml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/><Default Extension="rels"'
    b' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override'
    b' PartName="/xl/worksheets/sheet1.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)


def test_a_workbook_of_sheetjs_is_taken_whatever_kinds_it_declares_and_does_not_use():
    content = files.repacked(files.workbook(), {"[Content_Types].xml": SHEETJS_TYPES})
    assert inspect_upload(content, "名册.xlsx", {"xlsx"}) == "xlsx"


def test_a_binary_workbook_is_known_by_the_part_that_is_there():
    binary = files.repacked(
        files.workbook(),
        {
            "[Content_Types].xml": (
                SHEETJS_TYPES.replace(b'<Override PartName="/xl/workbook.xml"', b"<!--").replace(
                    b'sheet.main+xml"/>', b"-->"
                )
            ),
            "xl/workbook.bin": b"x",
        },
    )
    assert refusal(binary).code == "old_format"


@pytest.mark.parametrize(
    "head",
    [b"b\x14#e\x01\x00E-SafeNet\x00\x00LOCK", b"%TSD-Header-###%\x00\x01", b""],
    ids=["known", "known too", "unknown"],
)
def test_a_file_that_encryption_software_wrapped_gets_the_advice_to_decrypt_it(head):
    scrambled = (
        head + hashlib.sha512(b"x").digest() * 4 + b"".join(hashlib.sha256(bytes([n])).digest() for n in range(99))
    )
    error = refusal(scrambled, {"xlsx"}, "名册.xlsx")
    assert error.code == "encrypted"
    assert "文档加密软件" in str(error)


def test_an_archive_that_is_called_a_workbook_is_not_taken_for_an_encrypted_one():
    assert refusal(_archive(), {"xlsx"}, "名册.xlsx").code == "not_xlsx"


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("名册.txt", b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200)))
    return stream.getvalue()
