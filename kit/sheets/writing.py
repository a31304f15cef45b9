"""Tables out, in constant memory, with title, watermark (R-RPT-8) and text columns; no cell starts a formula."""

import datetime as dt
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils import timezone
from rustpy_xlsxwriter import Format, write_worksheet

from kit.text import EXCEL_EXACT_DIGITS, seen

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # its media type

Target = str | os.PathLike[str] | BinaryIO

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
HARMLESS = re.compile(r"[-+]?(?:\d[\d,]*(?:\.\d+)?%?)?|[-－]+")
AS_THEY_ARE = frozenset({type(None), bool, float, Decimal})
CELL_LIMIT = 32_767
HEADER_LIMIT = 200
DEFAULT_WIDTH = 14.0


def escape_formula(value: Any) -> Any:
    """Text a spreadsheet could take for a formula gets an apostrophe in front; plain numbers and dashes stay."""
    if isinstance(value, str) and value[:1] in FORMULA_STARTS and value and not HARMLESS.fullmatch(value):
        return f"'{value}"
    return value


def write_table(
    path: Target,
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    watermark: str | None = None,
    widths: Mapping[str, float] | None = None,
    text_columns: Collection[str] = (),
    money_columns: Collection[str] = (),
    sheet_name: str = "数据",
) -> int:
    """Write one sheet and return the number of rows; `rows` may be a generator and is never held in memory.

    The watermark (who, when, what for) stands in a row above the table and in the page header of every printed page.
    `text_columns` are text in Excel too, so that a citizen number typed there later is not spoilt.
    """
    if len(set(headers)) != len(headers):
        raise ValueError("headers must differ")
    lines = [str(line) for line in (title, watermark) if line]
    counted = _Counted(headers, rows)
    write_worksheet(
        iter(counted),
        path,
        sheet_name=sheet_name,
        header_row=len(lines),
        freeze_row=len(lines) + 1,
        merge_ranges=_lines_above(lines, len(headers), bool(title)),
        header_format=Format().set_bold().set_background_color("#DCE6F1").set_border("thin"),
        column_widths={header: float((widths or {}).get(header, DEFAULT_WIDTH)) for header in headers},
        column_formats=_column_formats(headers, text_columns, money_columns),
        # times of day are written as text; by itself the writer shows midnight too, which is wider than the column
        datetime_format="yyyy-mm-dd",
        ignore_errors=[header for header in headers if header in text_columns] or None,
        page_setup=_page_setup(watermark, len(lines)),
    )
    return counted.count


class _Counted:
    """Rows as the writer wants them, counted; an empty table still shows its header."""

    def __init__(self, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.headers = headers
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            self.count += 1
            yield dict(zip(self.headers, map(cell_value, row), strict=True))
        if not self.count:
            yield dict.fromkeys(self.headers)


def cell_value(value: Any) -> Any:
    """A value a sheet can hold: times and numbers too long for Excel as text, texts harmless and short enough."""
    if isinstance(value, str):
        if value.isprintable() and value[:1] not in FORMULA_STARTS and len(value) < CELL_LIMIT:  # most texts
            return value
        return escape_formula(seen(value)[: CELL_LIMIT - 1])
    if type(value) in AS_THEY_ARE:
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**EXCEL_EXACT_DIGITS else str(value)
    if isinstance(value, dt.datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value
    return cell_value(str(value))


def _lines_above(lines: Sequence[str], width: int, has_title: bool) -> list[tuple[Any, ...]] | None:
    """Title and watermark, each merged over the table (at least two cells: one cannot be merged)."""
    last = max(width, 2) - 1
    looks = [Format().set_bold().set_font_size(14)] if has_title else []
    looks.append(Format().set_italic().set_font_color("#7F7F7F"))
    return [
        (row, 0, row, last, cell_value(line), look) for row, (line, look) in enumerate(zip(lines, looks, strict=False))
    ] or None


def _column_formats(
    headers: Sequence[str], text_columns: Collection[str], money_columns: Collection[str]
) -> dict[str, Format] | None:
    formats = {header: Format().set_num_format("@") for header in headers if header in text_columns}
    formats |= {header: Format().set_num_format("#,##0.00") for header in headers if header in money_columns}
    return formats or None


def _page_setup(watermark: str | None, header_row: int) -> dict[str, Any]:
    setup: dict[str, Any] = {
        "landscape": True,
        "fit_to_pages": (1, 0),
        "repeat_rows": (header_row, header_row),
        "footer": "&C&P / &N",
    }
    if watermark:
        setup["header"] = "&R" + str(watermark).replace("&", "&&")[:HEADER_LIMIT]
    return setup
