"""One pass over a sheet's XML for what the fast reader hides: error cells, formulas without a result, hidden rows.

It also bounds the sheet before the fast reader unfolds it: one stray value in the last cell of a sheet would otherwise
cost gigabytes.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Literal
from xml.parsers import expat

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kit.errors import FileRefused

MAX_COLUMNS = 200
MAX_ROWS = 20_000
CHUNK = 1024 * 1024
LONG_ROW = 4 * CHUNK
ROW_BEGINS, NUMBERED_ROW = b"<row ", b'<row r="'
EMPTY_ROW = re.compile(rb'<row r="[0-9]+"[^<>]*(?:/>|>(?:<c r="[A-Z]+[0-9]+"[^<>]*/>)*</row>)')
PLAIN_PIECES = 32
PLAIN_ROWS = 9_999
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TRUE = {"1", "true"}
# A sheet as nearly all are: UTF-8, nothing with a prefix, and every cell in the first 26 columns, of a usual kind and
# with its address.
PLAIN_BEGIN = re.compile(
    rb"""(?:\xef\xbb\xbf)?<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?"""
    rb"""(?: standalone=["'](?:yes|no)["'])?\s*\?>\s*<worksheet[\s>]"""
)
ODD_CELL = re.compile(
    rb"""<c(?! r="[A-Z][1-9][0-9]{0,4}"(?: s="[0-9]+")?(?: t="(?:s|n|b|d|str|inlineStr)")?/?>)[\s/>]"""
)
ODD_TAG = re.compile(rb"<f[\s/>]")
PREFIXED = re.compile(rb":(?:c|f|v|t|row)[\s/>]")
FAR_ROW = re.compile(rb'<c r="[A-Z]([0-9]{5})"')


@dataclass(frozen=True)
class CellProblem:
    """A cell that has no usable value: an error such as #REF!, or a formula whose result was never computed."""

    code: Literal["error", "no_value"]
    text: str

    @property
    def message(self) -> Promise:
        """What is wrong and how to mend it."""
        if self.code == "error":
            return format_lazy(_("单元格是公式错误 {text}，请改为实际的值。"), text=self.text)
        return format_lazy(_("单元格是没有计算结果的公式 ={text}，请选择性粘贴为“数值”。"), text=self.text)

    def __str__(self) -> str:
        return str(self.message)


@dataclass
class SheetScan:
    """What one sheet holds beyond its values; rows and columns count from 1."""

    problems: dict[tuple[int, int], CellProblem] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The path inside the archive of each sheet by its name; FileRefused when the workbook's index cannot be read."""
    try:
        workbook = ElementTree.fromstring(archive.read(WORKBOOK))
        relations = ElementTree.fromstring(archive.read(RELATIONS))
    except (KeyError, ElementTree.ParseError, DefusedXmlException) as error:
        raise broken_workbook() from error
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    parts = {}
    for node in workbook.iter():
        if node.tag.endswith("}sheet"):
            identity = next((value for key, value in node.attrib.items() if key.endswith("}id")), None)
            target = targets.get(identity, "")
            parts[node.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return parts


def scan_sheet(stream: IO[bytes], max_rows: int = MAX_ROWS) -> SheetScan:
    """Read a sheet's XML once; FileRefused too_many_rows, stray_cell or broken.

    All of it is parsed but rows that hold nothing (formatted down to the last one, there can be a million of them);
    where the text shows that there is nothing to be found, the cells are not looked at one by one.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    scanner = _Scanner(max_rows, parser)
    parser.StartDoctypeDeclHandler = scanner.doctype
    try:
        pieces = _pieces(stream)
        first = list(islice(pieces, PLAIN_PIECES))
        if len(first) == PLAIN_PIECES or not is_plain(b"".join(piece for piece, _number in first), max_rows):
            parser.StartElementHandler = scanner.start
        for piece, number in chain(first, pieces):
            parser.Parse(piece, False)
            scanner.row = max(scanner.row, number)
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, ValueError, EOFError) as error:
        if isinstance(error, FileRefused):
            raise
        raise broken_workbook() from error
    return scanner.found


def _pieces(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """The sheet's text in pieces without the rows that hold nothing, each with the number of the last row that begins
    in it, 0: none said.

    A row is left out only where all rows about it say their numbers and all of it is at hand.
    """
    rest = b""
    while chunk := stream.read(CHUNK):
        text = rest + chunk
        cut = text.rfind(ROW_BEGINS)
        if cut < 0 or len(text) - cut > LONG_ROW:
            cut = len(text)
        rest = text[cut:]
        if cut:
            yield _stripped(text[:cut])
    yield _stripped(rest)


def _stripped(text: bytes) -> tuple[bytes, int]:
    begins = text.rfind(NUMBERED_ROW)
    number = text[begins + len(NUMBERED_ROW) : begins + len(NUMBERED_ROW) + 8].split(b'"')[0] if begins >= 0 else b""
    numbered = text.count(b"<row") == text.count(
        NUMBERED_ROW
    )  # a row without a number is the next one, which must not be missing
    return EMPTY_ROW.sub(b"", text) if numbered else text, int(number) if number.isdigit() else 0


def is_plain(sheet: bytes, max_rows: int) -> bool:
    """Whether a whole sheet surely has no error, no formula, no hidden row and no cell out of
    bounds; a doubt means no.
    """
    if b"&#" in sheet or b"<!" in sheet or b"hidden" in sheet or not PLAIN_BEGIN.match(sheet):
        return False
    if max_rows < PLAIN_ROWS or ODD_TAG.search(sheet) or PREFIXED.search(sheet) or ODD_CELL.search(sheet):
        return False
    return all(int(row) <= max_rows for row in FAR_ROW.findall(sheet))


def broken_workbook() -> FileRefused:
    """The refusal of a workbook whose inside cannot be read."""
    return FileRefused("broken", _("工作簿的内容无法读取。请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。"))


def column_letters(column: int) -> str:
    """1 → A, 28 → AB."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


class _Scanner:
    """Expat's callbacks; tags are told apart by their last part, since some writers prefix them.

    Texts and ends are listened to only inside errors and formulas: most cells are neither, and a callback costs more
    than its cell.
    """

    def __init__(self, max_rows: int, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.listens = False
        self.found = SheetScan()
        self.max_rows = max_rows
        self.row = 0
        self.column = 0
        self.kind = ""
        self.inside = ""
        self.holds = False
        self.value: list[str] = []
        self.formula: list[str] | None = None
        self.columns: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            self._place(attributes.get("r", ""))
            self.kind = attributes.get("t", "")
            self.value, self.formula, self.inside, self.holds = [], None, "", False
            if self.listens or self.kind == "e":
                self._listen(self.kind == "e")
        elif tag in {"v", "t"}:
            self._hold("value")
        elif tag == "f":
            self._hold("formula")
            self.formula = []
            self._listen(True)
        elif tag == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
            if attributes.get("hidden") in TRUE:
                self.found.hidden_rows.add(self.row)

    def _listen(self, wanted: bool) -> None:
        self.listens = wanted
        self.parser.EndElementHandler = self.end if wanted else None
        self.parser.CharacterDataHandler = self.characters if wanted else None

    def _hold(self, inside: str) -> None:
        """The cell has content: it must lie within the table."""
        self.inside = inside
        if not self.holds:
            self.holds = True
            self._bound()

    def characters(self, text: str) -> None:
        if self.inside == "value":
            self.value.append(text)
        elif self.inside == "formula" and self.formula is not None:
            self.formula.append(text)

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in {"v", "t", "f"}:
            self.inside = ""
        elif tag == "c" and self.holds:
            self._judge_cell("".join(self.value))

    def doctype(self, *_declaration: object) -> None:
        raise broken_workbook()

    def _bound(self) -> None:
        if self.row > self.max_rows:
            sentence = _("表格超过 {limit} 行。请拆成几个文件上传，并删除表格下方多余的内容。")
            raise FileRefused("too_many_rows", format_lazy(sentence, limit=self.max_rows))
        if self.column > MAX_COLUMNS:
            address = f"{column_letters(self.column)}{self.row}"
            sentence = _("单元格 {cell} 有内容，远在表格之外。请删除后再上传。")
            raise FileRefused("stray_cell", format_lazy(sentence, cell=address))

    def _judge_cell(self, value: str) -> None:
        if self.kind == "e":
            self.found.problems[self.row, self.column] = CellProblem("error", value)
        elif self.formula is not None and not value and self.kind != "str":
            self.found.problems[self.row, self.column] = CellProblem("no_value", "".join(self.formula))

    def _place(self, address: str) -> None:
        """Go to the cell's own address, or to the next column where a writer leaves addresses out."""
        letters = address.rstrip("0123456789")
        if letters:
            self.row, self.column = int(address[len(letters) :]), self._column(letters)
        else:
            self.column += 1

    def _column(self, letters: str) -> int:
        if letters not in self.columns:
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - ord("A") + 1
            self.columns[letters] = number
        return self.columns[letters]
