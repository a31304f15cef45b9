"""Workbooks to be filled in: pick-lists, text columns, notes on headings, an instruction sheet, a hidden version.

Columns, notes and choices come from the caller's field dictionary, the same one its validators and help use.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.later import Later

from .scan import column_letters
from .workbook import MARKER, MARKER_SHEET
from .writing import cell_value

if TYPE_CHECKING:
    import openpyxl
    from openpyxl import comments, styles
    from openpyxl.worksheet import datavalidation
    from openpyxl.worksheet.worksheet import Worksheet
else:  # only where a template is written
    openpyxl, comments, styles = Later("openpyxl"), Later("openpyxl.comments"), Later("openpyxl.styles")
    datavalidation = Later("openpyxl.worksheet.datavalidation")

HEADER_ROW = 2
FIRST_CHOICE_COLUMN = 3


@dataclass(frozen=True)
class Column:
    """A column of a template; `text` keeps Excel from turning what is typed into a number or date; a `hidden` one is
    the portal's own.
    """

    header: str
    note: str = ""
    choices: Sequence[str] = ()
    width: float = 16
    text: bool = True
    required: bool = False
    hidden: bool = False


def write_template(
    path: str | os.PathLike[str] | BinaryIO,
    columns: Sequence[Column],
    title: str,
    instructions: Sequence[str],
    version: str,
    *,
    sheet_name: str = "名册",
    rows: Iterable[Sequence[Any]] = (),
    fill_rows: int = 2000,
) -> None:
    """Write a template whose pick-lists reach over `fill_rows` rows.

    `rows` pre-fills it (the bad rows of an upload, with a column of reasons); read_table gives `version` back.
    """
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = sheet_name
    marker = workbook.create_sheet(MARKER_SHEET)
    marker.sheet_state = "veryHidden"
    marker["A1"], marker["B1"] = MARKER, version
    _write_header(sheet, columns, str(title))
    for row in rows:
        sheet.append([cell_value(value) for value in row])
    for place, column in enumerate(columns, start=1):
        _dress_column(sheet, place, column)
        if column.choices:
            _offer_choices(sheet, marker, place, column, HEADER_ROW + fill_rows)
    _write_instructions(workbook.create_sheet(_("填表说明"), 1), columns, instructions)
    workbook.save(path)


def _write_header(sheet: Worksheet, columns: Sequence[Column], title: str) -> None:
    """Title over the whole width, headings frozen below it; what must be filled is red."""
    sheet.append([cell_value(title)])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=max(len(columns), 2))
    sheet["A1"].font = styles.Font(bold=True, size=14)
    sheet.append([str(column.header) for column in columns])
    edge = styles.Border(*(styles.Side("thin", color="BFBFBF"),) * 4)
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(HEADER_ROW, place)
        cell.font = styles.Font(bold=True, color="C00000" if column.required else "000000")
        cell.fill, cell.border = _shade(), edge
        cell.alignment = styles.Alignment(horizontal="center", vertical="center", wrap_text=True)
        if column.note:
            cell.comment = comments.Comment(str(column.note), MARKER, width=260, height=120)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"


def _shade() -> styles.PatternFill:
    return styles.PatternFill("solid", start_color="DCE6F1")


def _dress_column(sheet: Worksheet, place: int, column: Column) -> None:
    """Width and text format, for cells that are there and for those to come."""
    look = sheet.column_dimensions[column_letters(place)]
    look.width, look.hidden = column.width, column.hidden
    if column.text:
        look.number_format = "@"
        for row in range(HEADER_ROW + 1, sheet.max_row + 1):
            sheet.cell(row, place).number_format = "@"


def _offer_choices(sheet: Worksheet, marker: Worksheet, place: int, column: Column, last_row: int) -> None:
    """A pick-list fed from the hidden sheet, which has no limit of 255 characters."""
    source = FIRST_CHOICE_COLUMN + place
    for row, choice in enumerate(column.choices, start=1):
        marker.cell(row, source, str(choice)).number_format = "@"
    letters = column_letters(source)
    formula = f"'{MARKER_SHEET}'!${letters}$1:${letters}${len(column.choices)}"
    rule = datavalidation.DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.errorTitle = str(column.header)
    rule.error = str(format_lazy(gettext_lazy("请从下拉列表中选择“{header}”。"), header=column.header))
    sheet.add_data_validation(rule)
    rule.add(f"{column_letters(place)}{HEADER_ROW + 1}:{column_letters(place)}{last_row}")


def _write_instructions(sheet: Worksheet, columns: Sequence[Column], instructions: Sequence[str]) -> None:
    """The caller's sentences, then one line a column."""
    for line in instructions:
        sheet.append([cell_value(str(line))])
    sheet.append([])
    sheet.append([_("列"), _("是否必填"), _("填写说明"), _("可选值")])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = styles.Font(bold=True), _shade()
    for column in (one for one in columns if not one.hidden):
        needed = _("必填") if column.required else _("选填")
        choices = "、".join(str(choice) for choice in column.choices)
        sheet.append([cell_value(text) for text in (column.header, needed, column.note, choices)])
    for letters, width in zip("ABCD", (22, 10, 60, 60), strict=True):
        sheet.column_dimensions[letters].width = width
