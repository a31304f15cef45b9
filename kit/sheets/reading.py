"""A table out of a workbook as people really send it (workflow: roster upload).

Titles above the header, headings merged over two rows, hidden and instruction sheets, empty rows, merged cells, columns
in another order and under other names are met here; what a value means is judged by the caller, cell by cell.
"""

import io
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kit.errors import FileRefused
from kit.radicals import has_radicals
from kit.text import is_plain, seen

from .guard import MAX_UNPACKED, guard_zip
from .headers import SEARCHED_ROWS, Header, find_header
from .scan import MAX_ROWS, CellProblem, column_letters
from .workbook import Cell, Sheet, Workbook, data_rows

__all__ = ["Cell", "CellProblem", "Table", "read_table", "what_was_folded"]

Source = str | os.PathLike[str] | bytes | BinaryIO


@dataclass
class Table:
    """One table of a workbook: `rows` gives (row number in Excel, {header: value as stored, None when empty})."""

    sheet: str
    headers: tuple[str, ...]
    header_row: int
    rows: Iterator[tuple[int, dict[str, Cell]]]
    columns: dict[str, str]
    unknown_headers: tuple[str, ...]
    hidden_rows: frozenset[int]
    version: str | None

    def address(self, header: str, row: int) -> str:
        """The cell's address as Excel shows it: «C7»."""
        return f"{self.columns[header]}{row}"


def read_table(
    source: Source,
    expected_headers: Sequence[str],
    sheet_hint: str | None = None,
    *,
    synonyms: Mapping[str, Collection[str]] | None = None,
    optional: Collection[str] = (),
    filler: Collection[str] = (),
    max_rows: int = MAX_ROWS,
    max_unpacked: int = MAX_UNPACKED,
) -> Table:
    """The table under `expected_headers`, from the hinted sheet or the first visible one that has them all.

    `optional` headers may be missing; a row that holds nothing but `filler` columns (running numbers) counts as empty.
    FileRefused: broken, zip_bomb, encrypted, no_table, missing_headers, duplicate_headers, too_many_rows, stray_cell,
    second_sheet.
    """
    required = [header for header in expected_headers if header not in optional]
    with _opened(source) as stream:
        guard_zip(stream, max_unpacked=max_unpacked)
        workbook = Workbook(stream, max_rows)
        sheet, header = _choose(workbook, expected_headers, required, sheet_hint, synonyms or {})
        _refuse_unfit(sheet.name, header, required)
        sheet.fill_merged(header.first_data_row)
        version = workbook.version()
    columns = {place.name: place.column for place in header.places}
    judged = set(columns).difference(filler)
    return Table(
        sheet=sheet.name,
        headers=tuple(columns),
        header_row=header.first_data_row - 1,
        rows=data_rows(sheet, header.first_data_row, columns, judged),
        columns={name: column_letters(column) for name, column in columns.items()},
        unknown_headers=header.unknown,
        hidden_rows=frozenset(row for row in sheet.scan.hidden_rows if row >= header.first_data_row),
        version=version,
    )


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    """A seekable stream; files we open are closed, streams we were given are left open."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, str | os.PathLike):
        with open(source, "rb") as stream:
            yield stream
    else:
        yield source


def _choose(
    workbook: Workbook,
    expected: Sequence[str],
    required: Sequence[str],
    hint: str | None,
    synonyms: Mapping[str, Collection[str]],
) -> tuple[Sheet, Header]:
    """The first visible sheet with all required headers, else the one with most of them. A second one with rows of its
    own is refused: what stands there would not be read.
    """
    best: tuple[Sheet, Header] | None = None
    chosen: tuple[Sheet, Header] | None = None
    refusal: FileRefused | None = None
    for name in workbook.visible_sheets(hint):
        try:
            sheet = workbook.sheet(name)
        except FileRefused as error:
            refusal = refusal or error
            continue
        header = find_header(sheet.cells[: SEARCHED_ROWS + 1], expected, synonyms)
        if header and header.names.issuperset(required):
            if chosen is None:
                chosen = sheet, header
            elif hint is None and sheet.last_row >= header.first_data_row:
                raise _second_sheet(chosen[0].name, name)
            continue
        if chosen:
            continue
        if header and (best is None or len(header.places) > len(best[1].places)):
            best = sheet, header
    if chosen:
        return chosen
    if refusal:
        raise refusal
    if best is None:
        raise FileRefused(
            "no_table",
            format_lazy(
                _("没有找到表头。前 {rows} 行中应有这些列：{headers}。请下载模板，按模板填写。"),
                rows=SEARCHED_ROWS,
                headers="、".join(required),
            ),
        )
    return best


def _second_sheet(first: str, second: str) -> FileRefused:
    sentence = _(
        "工作表“{first}”和“{second}”都有这些列和内容，一次只读一个工作表。请合并到一个工作表，或删除不用的再上传。"
    )
    return FileRefused("second_sheet", format_lazy(sentence, first=first, second=second))


def _refuse_unfit(sheet: str, header: Header, required: Sequence[str]) -> None:
    """Missing and doubled headers, named."""
    missing = [name for name in required if name not in header.names]
    if missing:
        raise FileRefused(
            "missing_headers",
            format_lazy(
                _("工作表“{sheet}”第 {row} 行的表头缺少：{headers}。请下载最新模板，不要删改表头。"),
                sheet=sheet,
                row=header.row,
                headers="、".join(missing),
            ),
        )
    if header.duplicates:
        raise FileRefused(
            "duplicate_headers",
            format_lazy(
                _("工作表“{sheet}”中有重复的列：{headers}。请只保留一列。"),
                sheet=sheet,
                headers="、".join(header.duplicates),
            ),
        )


def what_was_folded(text: str) -> list[Promise]:
    """A sentence for each thing `squeeze` and `tidy` change of a cell that nobody would notice: what is unseen, and
    radicals.
    """
    if is_plain(text):
        return []
    found = [_("已去掉看不见的字符")] if seen(text) != text else []
    return [*found, _("已把部首字形改为汉字")] if has_radicals(text) else found
