"""What an uploaded file really is, judged by its content and never by its name; and that a zip does not explode.

Every refusal is a FileRefused whose sentence says what to do: empty, too_large, broken, encrypted, old_format, macro,
zip_bomb, not_xlsx, not_allowed.
"""

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

import filetype
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kit.errors import FileRefused

MEGABYTE = 1024 * 1024
ATTACHMENT_MAX_BYTES = 10 * MEGABYTE
ROSTER_MAX_BYTES = 20 * MEGABYTE
MAX_UNPACKED = 150 * MEGABYTE
MAX_RATIO = 100
RATIO_FREE_BYTES = 20 * MEGABYTE  # honest sheets with formatted empty rows shrink a lot; below this nobody is hurt
MAX_ENTRIES = 3000
CHUNK = 64 * 1024

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
PDF_ENCRYPTED = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")
TAILS = {"pdf": b"%%EOF", "jpeg": b"\xff\xd9", "png": b"IEND"}
FILETYPE_KINDS = {"application/pdf": "pdf", "image/jpeg": "jpeg", "image/png": "png"}
CONTENT_TYPES = "[Content_Types].xml"
OFFICE_KINDS = (
    ("spreadsheetml.sheet.main+xml", "xlsx"),
    ("wordprocessingml.document.main+xml", "docx"),
)
BINARY_SHEET, MACRO = "sheet.binary", "macroenabled"
MACRO_KINDS = frozenset({"application/vnd.ms-office.vbaproject"})
# What document-encryption software of offices leaves in place of a file: the head it writes, whatever the name says.
WRAPPED = (b"b\x14#e", b"%TSD-Header-###%")
DOCUMENT_NAMES = frozenset({"xlsx", "xls", "docx", "doc", "pdf", "jpg", "jpeg", "png"})
FEW_BYTES, MANY_VALUES = 512, 200  # of text and of headers far fewer of the 256 values occur
LOCAL_HEADER = struct.Struct("<4s22xHH")


def inspect_upload(
    file: BinaryIO | bytes,
    filename: str,
    allowed: Collection[str],
    *,
    max_bytes: int = ATTACHMENT_MAX_BYTES,
    max_unpacked: int = MAX_UNPACKED,
) -> str:
    """The kind of the file (pdf, jpeg, png, xlsx, docx) when it is whole, safe and in `allowed`; else FileRefused.

    The file must be seekable; it is left at its start.
    """
    stream = io.BytesIO(file) if isinstance(file, bytes) else file
    size = stream.seek(0, os.SEEK_END)
    if not size:
        raise FileRefused("empty", _("文件是空的，请检查后重新上传。"))
    if size > max_bytes:
        raise FileRefused(
            "too_large",
            format_lazy(
                _("文件超过 {limit} MB。请压缩图片、拆分文件或删除无关内容后再上传。"), limit=max_bytes // MEGABYTE
            ),
        )
    stream.seek(0)
    kind = _kind_of(stream, allowed, max_unpacked)
    stream.seek(0)
    if kind is None and _is_scrambled(stream, filename):
        raise _wrapped()
    if kind is None or kind not in allowed:
        raise _not_allowed(filename, allowed)
    return kind


def _is_scrambled(stream: BinaryIO, filename: str) -> bool:
    """Whether a file with the name of a document begins with bytes no document and no text begins with: it was
    encrypted on its way.
    """
    if filename.rpartition(".")[2].lower() not in DOCUMENT_NAMES:
        return False
    head = stream.read(CHUNK)
    stream.seek(0)
    return len(head) > FEW_BYTES and len(set(head)) > MANY_VALUES and filetype.guess(head) is None


def guard_zip(stream: BinaryIO, *, max_unpacked: int = MAX_UNPACKED) -> list[str]:
    """The names in a zip that is safe to unpack; FileRefused broken, encrypted or zip_bomb otherwise.

    The sizes a zip declares can lie, so after they are judged every entry is inflated once and its bytes are counted.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError) as error:
        raise _broken() from error
    if len(entries) > MAX_ENTRIES:
        raise _bomb()
    if any(entry.flag_bits & 1 for entry in entries):
        raise _encrypted()
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise _broken()
    _judge_sizes(sum(entry.file_size for entry in entries), stream.seek(0, os.SEEK_END), max_unpacked)
    _count_real_bytes(stream, entries, max_unpacked)
    return [entry.filename for entry in entries]


def _kind_of(stream: BinaryIO, allowed: Collection[str], max_unpacked: int) -> str | None:
    """The kind by content, whole and safe; None for anything we do not know."""
    head = stream.read(8)
    stream.seek(0)
    if head.startswith(OLE_MAGIC):
        raise _encrypted() if OLE_ENCRYPTED in stream.read() else _old_format()
    if head.startswith(ZIP_MAGIC):
        return _office_kind(stream, max_unpacked)
    content = stream.read()
    if content.startswith(WRAPPED):
        raise _wrapped()
    guess = filetype.guess(content[:8192])
    kind = FILETYPE_KINDS.get(guess.mime) if guess else None
    if kind and TAILS[kind] not in content:
        raise _broken()
    if kind == "pdf" and PDF_ENCRYPTED.search(content):
        raise FileRefused("encrypted", _("PDF 设有密码或使用限制。请用“打印为 PDF”另存一份没有限制的文件再上传。"))
    return kind


def _office_kind(stream: BinaryIO, max_unpacked: int) -> str | None:
    """Workbook or document by its own table of contents; macros and binary workbooks are refused."""
    names = guard_zip(stream, max_unpacked=max_unpacked)
    if CONTENT_TYPES not in names:
        return None
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            types = _types_of(ElementTree.fromstring(archive.read(CONTENT_TYPES)), names)
    except (zipfile.BadZipFile, zlib.error, EOFError, ElementTree.ParseError, DefusedXmlException) as error:
        raise _broken() from error
    if any(BINARY_SHEET in kind for kind in types):
        raise _old_format()
    if any(kind in MACRO_KINDS or MACRO in kind for kind in types) or any(
        name.lower().endswith("vbaproject.bin") for name in names
    ):
        raise FileRefused("macro", _("文件带有宏。请另存为不带宏的“Excel 工作簿（*.xlsx）”或 .docx 再上传。"))
    return next((kind for mark, kind in OFFICE_KINDS if any(mark in found for found in types)), None)


def _types_of(contents: Any, names: Collection[str]) -> set[str]:
    """The content types of the parts that are really there: what is declared for kinds of files nobody put in says
    nothing.

    SheetJS declares a binary and a macro workbook in every file it writes.
    """
    defaults, overrides = {}, {}
    for node in contents.iter():
        kind = (node.get("ContentType") or "").lower()
        if node.tag.endswith("Default"):
            defaults[(node.get("Extension") or "").lower()] = kind
        elif node.tag.endswith("Override"):
            overrides[(node.get("PartName") or "").lstrip("/").lower()] = kind
    parts = [name.lower() for name in names if name != CONTENT_TYPES]
    return {overrides.get(part) or defaults.get(part.rpartition(".")[2], "") for part in parts}


def _judge_sizes(unpacked: int, packed: int, max_unpacked: int) -> None:
    """Refuse what unpacks to too much, or to far more than such files do."""
    if unpacked > max_unpacked or (unpacked > RATIO_FREE_BYTES and unpacked > packed * MAX_RATIO):
        raise _bomb()


def _count_real_bytes(stream: BinaryIO, entries: list[zipfile.ZipInfo], max_unpacked: int) -> None:
    """Inflate every entry in pieces, keeping nothing, and refuse when the truth differs from what was declared."""
    packed, total = stream.seek(0, os.SEEK_END), 0
    for entry in entries:
        real = 0
        for size in _inflated_sizes(stream, entry):
            real += size
            _judge_sizes(total + real, packed, max_unpacked)
        if real != entry.file_size:
            raise _bomb() if real > entry.file_size else _broken()
        total += real


def _inflated_sizes(stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[int]:
    """The sizes of an entry's inflated pieces, from the raw bytes and not through its declared size."""
    stream.seek(entry.header_offset)
    header = stream.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size or not header.startswith(ZIP_MAGIC[0]):
        raise _broken()
    _magic, name_length, extra_length = LOCAL_HEADER.unpack(header)
    stream.seek(name_length + extra_length, os.SEEK_CUR)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    left = entry.compress_size
    while left > 0:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            raise _broken()
        left -= len(chunk)
        yield from _inflate(inflater, chunk) if inflater else [len(chunk)]
    if inflater:
        yield len(inflater.flush())


def _inflate(inflater: "zlib._Decompress", chunk: bytes) -> Iterator[int]:
    try:
        while chunk:
            yield len(inflater.decompress(chunk, CHUNK))
            chunk = inflater.unconsumed_tail
    except zlib.error as error:
        raise _broken() from error


def _not_allowed(filename: str, allowed: Collection[str]) -> FileRefused:
    if set(allowed) == {"xlsx"}:
        sentence = _("“{name}”不是 Excel 工作簿。请用 Excel 或 WPS 打开后，另存为“Excel 工作簿（*.xlsx）”再上传。")
        return FileRefused("not_xlsx", format_lazy(sentence, name=filename))
    sentence = _("“{name}”不是可以上传的文件。可以上传的格式：{kinds}。")
    return FileRefused("not_allowed", format_lazy(sentence, name=filename, kinds="、".join(sorted(allowed)).upper()))


def _broken() -> FileRefused:
    return FileRefused("broken", _("文件已损坏或没有传完整。请在电脑上打开确认无误，另存一份后重新上传。"))


def _bomb() -> FileRefused:
    return FileRefused("zip_bomb", _("文件解压后大得不正常。请新建一个工作簿，只把需要的内容粘贴进去再上传。"))


def _encrypted() -> FileRefused:
    return FileRefused("encrypted", _("文件设有打开密码。请取消密码（文件 → 信息 → 保护工作簿）另存后再上传。"))


def _wrapped() -> FileRefused:
    return FileRefused(
        "encrypted",
        _(
            "文件被单位的文档加密软件加密了，系统读不到内容。请在加密软件中解密（外发）后再上传；不会操作的，"
            "请找本单位的信息管理员。"
        ),
    )


def _old_format() -> FileRefused:
    return FileRefused("old_format", _("这是旧版 Office 文件。请另存为“Excel 工作簿（*.xlsx）”或 .docx 再上传。"))
