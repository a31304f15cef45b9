"""Files as they really arrive, made on the spot."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import xlsxwriter

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
LOCKED_PDF = PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 200 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
LOCKED_XLSX = OLE + "EncryptionInfo\0\0EncryptedPackage".encode("utf-16-le") + b"\x00" * 500
OLD_XLS = OLE + "Workbook".encode("utf-16-le") + b"\x00" * 500


def workbook(fill: Callable[[Any], None] | None = None) -> bytes:
    """A workbook of openpyxl."""
    book = openpyxl.Workbook()
    if fill:
        fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_of(*rows: list[Any]) -> bytes:
    """A workbook with one sheet of these rows."""
    return workbook(lambda book: [book.active.append(row) for row in rows])


def written(fill: Callable[[Any], None]) -> bytes:
    """A workbook of xlsxwriter, which can store the computed results of formulas."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(book)
    book.close()
    return stream.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The same zip with entries replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return stream.getvalue()


def sheet_xml(rows: str) -> bytes:
    """A workbook whose only sheet holds this XML inside sheetData."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<?xml version="1.0"?><worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>'
    return repacked(workbook(), {"xl/worksheets/sheet1.xml": xml.encode()})


def document() -> bytes:
    """A Word document, as far as its table of contents goes."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
        )
        archive.writestr("word/document.xml", "<document/>")
    return stream.getvalue()


def bomb(megabytes: int) -> bytes:
    """A workbook of a few hundred KB whose sheet unpacks to this many megabytes."""
    stream = io.BytesIO(workbook())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.bin", "w") as entry:
        for _megabyte in range(megabytes):
            entry.write(bytes(1024 * 1024))
    return stream.getvalue()


def lying_bomb(megabytes: int) -> bytes:
    """A bomb whose table of contents declares 100 bytes for the big entry."""
    content = bytearray(bomb(megabytes))
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 100)
    return bytes(content)
