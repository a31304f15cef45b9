"""A guarded workbook: sheets are scanned before they are unfolded, and only when somebody looks at them."""

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import python_calamine
from django.utils.translation import gettext

from kit.errors import FileRefused
from kit.text import tidy

from .scan import CellProblem, SheetScan, broken_workbook, scan_sheet, sheet_parts

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | CellProblem | None
MARKER_SHEET = "_fanbu"
MARKER = "fanbu-template"


@dataclass
class Sheet:
    """A sheet unfolded; rows and columns count from 1."""

    name: str
    cells: list[list[Any]]
    scan: SheetScan
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def value(self, row: int, column: int) -> Cell:
        """The value of a cell; text of nothing but spaces is None."""
        if self.scan.problems and (problem := self.scan.problems.get((row, column))):
            return problem
        cells = self.cells[row - 1] if row <= len(self.cells) else []
        value: Cell = cells[column - 1] if column <= len(cells) else None
        return None if isinstance(value, str) and not value.isalnum() and not tidy(value) else value

    @property
    def last_row(self) -> int:
        """The last row that holds anything."""
        return max(len(self.cells), max((row for row, _column in self.scan.problems), default=0))

    def fill_merged(self, first_row: int) -> None:
        """Give every cell of a range merged downwards in the data the value it shows."""
        left = sum(len(row) for row in self.cells)
        for (top, first), (bottom, last) in self.merged:
            if first != last or top + 1 < first_row or top >= len(self.cells) or first >= len(self.cells[top]):
                continue
            for row in self.cells[top + 1 : bottom + 1]:
                row[first] = self.cells[top][first]
                left -= 1
            if left < 0:
                raise broken_workbook()  # ranges that overlap are no work of a spreadsheet program


class Workbook:
    """An xlsx that guard_zip has passed."""

    def __init__(self, stream: BinaryIO, max_rows: int) -> None:
        self.stream = stream
        self.max_rows = max_rows
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            self.parts = sheet_parts(archive)
        stream.seek(0)
        self.reader = _guarded(lambda: python_calamine.load_workbook(stream))

    def visible_sheets(self, hint: str | None) -> list[str]:
        """Names of the visible worksheets in order, the hinted one first."""
        names = [
            sheet.name
            for sheet in self.reader.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        return sorted(names, key=lambda name: name != hint)

    def sheet(self, name: str) -> Sheet:
        """A sheet with its values, or FileRefused."""
        scan = self._scan(name)
        return _guarded(lambda: self._unfold(name, scan))

    def version(self) -> str | None:
        """The version in the hidden marker of our own templates."""
        if MARKER_SHEET not in self.reader.sheet_names:
            return None
        try:
            sheet = self.sheet(MARKER_SHEET)
        except FileRefused:
            return None
        version = sheet.value(1, 2)
        return str(version) if sheet.value(1, 1) == MARKER and version is not None else None

    def _scan(self, name: str) -> SheetScan:
        if name not in self.parts:
            raise broken_workbook()
        self.stream.seek(0)
        try:
            with zipfile.ZipFile(self.stream) as archive, archive.open(self.parts[name]) as part:
                return scan_sheet(part, self.max_rows)
        except KeyError as error:
            raise broken_workbook() from error

    def _unfold(self, name: str, scan: SheetScan) -> Sheet:
        """The values from row 1 and column A on, once the scan has bounded the sheet."""
        sheet = self.reader.get_sheet_by_name(name)
        return Sheet(name, sheet.to_python(skip_empty_area=False), scan, sheet.merged_cell_ranges or ())


def _guarded(read: Callable[[], Any]) -> Any:
    """What the reader gives; its errors, and a panic inside it, as a refusal."""
    try:
        return read()
    except BaseException as error:
        if isinstance(error, python_calamine.CalamineError) or type(error).__name__ == "PanicException":
            raise broken_workbook() from error
        raise


def data_rows(
    sheet: Sheet, first_row: int, columns: dict[str, int], judged: set[str]
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """(row number, {header: value}) of the rows that hold something in a judged column.

    Rows below the last one with a value, which hold nothing but errors (formulas that were dragged down), are given as
    one.
    """
    last = _last_with_value(sheet, first_row, columns, judged)
    for row in range(first_row, last + 1):
        values = {name: sheet.value(row, column) for name, column in columns.items()}
        if any(values[name] is not None for name in judged):
            yield row, values
    problems = [
        row
        for row in range(last + 1, sheet.last_row + 1)
        if any(sheet.value(row, columns[name]) is not None for name in judged)
    ]
    if problems:
        yield problems[0], _all_as_one(sheet, problems, columns)


def _last_with_value(sheet: Sheet, first_row: int, columns: dict[str, int], judged: set[str]) -> int:
    """The last row that holds a value in a judged column, or the row before the table."""
    for row in range(sheet.last_row, first_row - 1, -1):
        if any(
            not isinstance(value, CellProblem | None) for value in (sheet.value(row, columns[name]) for name in judged)
        ):
            return row
    return first_row - 1


def _all_as_one(sheet: Sheet, problems: Sequence[int], columns: dict[str, int]) -> dict[str, Cell]:
    """The first of these rows, its errors said for all of them."""
    values: dict[str, Cell] = {name: sheet.value(problems[0], column) for name, column in columns.items()}
    if len(problems) == 1:
        return values
    rows = gettext("{text}，第 {first}—{last} 行都是，请删除这些行")
    return {
        name: (
            CellProblem(value.code, rows.format(text=value.text, first=problems[0], last=problems[-1]))
            if isinstance(value, CellProblem)
            else value
        )
        for name, value in values.items()
    }
