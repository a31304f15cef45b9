"""A catalogue file: read, previewed row by row, applied when confirmed; written out (R-CAT-1)."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from typing import Any

import tablib
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership
from kit.dates import cell_date
from kit.errors import FileRefused
from kit.refusals import Refused
from kit.sheets import CellProblem, read_table, write_table
from kit.text import cell_text, code_text
from training.resources import RESOURCES, CatalogueResource

KEPT_SECONDS = 1800
MOST_ROWS = 2000
WRONG = "wrong"
ASSESSED = "评价方式"


@dataclass(frozen=True)
class Line:
    """One row of the preview: its number in the file, what would happen, what is wrong, the cells, what it will not be
    as asked.
    """

    row: int
    change: str
    errors: list[str]
    cells: list[str]
    note: str = ""


@dataclass(frozen=True)
class Preview:
    """`token` finds the kept file again until it is confirmed."""

    token: str
    columns: list[str]
    lines: list[Line]

    @property
    def wrong(self) -> int:
        return sum(bool(line.errors) for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.change] = found.get(line.change, 0) + 1
        return found


def keep_for_confirmation(upload: UploadedFile, by: Membership) -> str:
    """The file's bytes for half an hour, for this membership only."""
    token = secrets.token_urlsafe(16)
    upload.seek(0)
    cache.set(_key(token, by), upload.read(), KEPT_SECONDS)
    return token


def kept(token: str, by: Membership) -> bytes | None:
    return cache.get(_key(token, by))


def _key(token: str, by: Membership) -> str:
    return f"catalogue:{by.pk}:{token}"


def preview(what: str, content: bytes, token: str, *, by: Membership) -> Preview:
    """What the file would change, row by row; nothing is changed. FileRefused for a file that holds no such table."""
    resource, rows, dataset, wrong = _read(what, content, by)
    result = resource.import_data(dataset, dry_run=True, raise_errors=False)
    lines = []
    for number, found in zip(rows, result.rows, strict=True):
        cells, errors = [_shown(value) for value in dataset[len(lines)]], wrong.get(number) or _errors(found, resource)
        lines.append(
            Line(number, WRONG if errors else found.import_type or "", errors, cells, getattr(found, "note", ""))
        )
    return Preview(token, list(dataset.headers or []), lines)


def apply(what: str, content: bytes, *, by: Membership) -> tuple[dict[str, int], list[str]]:
    """Apply a confirmed file, all or nothing; counts by kind of change, and what is not as it was asked for.
    FileRefused when a row no longer fits.
    """
    resource, numbers, dataset, wrong = _read(what, content, by)
    if wrong:
        raise FileRefused("rows", _("有的行不能导入，没有作任何改动；请重新上传查看。"))
    result = resource.import_data(dataset, dry_run=False, raise_errors=False, rollback_on_validation_errors=True)
    if result.has_errors() or result.has_validation_errors():
        raise FileRefused("rows", _("有的行现在不能导入，没有作任何改动；请重新上传查看。"))
    totals = {change: count for change, count in result.totals.items() if count}
    record("catalogue.imported", by=by, catalogue=what, **totals)
    notes = [(number, getattr(found, "note", "")) for number, found in zip(numbers, result.rows, strict=True)]
    return totals, [_("第%(row)s行：%(note)s") % {"row": number, "note": note} for number, note in notes if note]


def export(what: str, rows: Any, watermark: str) -> bytes:
    """The catalogue as xlsx, in the columns the import reads."""
    resource = RESOURCES[what]()
    dataset = resource.export(queryset=rows)
    target = io.BytesIO()
    write_table(
        target,
        dataset.headers,
        dataset,
        watermark=watermark,
        text_columns=[h for h in dataset.headers if "代码" in h or "编码" in h],
    )
    return target.getvalue()


def _read(
    what: str, content: bytes, by: Membership
) -> tuple[CatalogueResource, list[int], tablib.Dataset, dict[int, list[str]]]:
    """The rows, their numbers in the file, and what is wrong with rows as they stand there: cells without a value, a
    key a second time.
    """
    resource = RESOURCES[what](by=by)
    columns = resource.columns
    table = read_table(
        content,
        columns,
        optional=[
            c
            for c in columns
            if c
            in (
                "失效日期",
                "示例",
                "单位名称",
                "职业（工种）" if what == "assessments" else "",
                "核定职业",
                "大典版本",
                "等级",
            )
        ],
        max_rows=MOST_ROWS,
    )
    if what == "occupations" and ASSESSED in table.unknown_headers:
        raise FileRefused("assessed", _("评价方式按日期记录，请从“职业评价方式”目录导入；本表请删去这一列。"))
    dataset, numbers, wrong, seen = (
        tablib.Dataset(headers=list(table.headers)),
        [],
        dict[int, list[str]](),
        dict[tuple[str, ...], int](),
    )
    keys = [resource.fields[name].column_name for name in resource.get_import_id_fields()]
    for number, values in table.rows:
        dataset.append([values[h].text if isinstance(values[h], CellProblem) else values[h] for h in table.headers])
        numbers.append(number)
        wrong[number] = [
            f"{table.address(h, number)} {h}：{values[h]}" for h in table.headers if isinstance(values[h], CellProblem)
        ]
        if wrong[number]:
            continue
        key = tuple(_key_text(values[name]) for name in keys)
        if key in seen:
            wrong[number].append(_("与第%(row)s行重复：%(names)s相同。") % {"row": seen[key], "names": "、".join(keys)})
        seen.setdefault(key, number)
    if not numbers:
        raise FileRefused("no_rows", _("表头下面没有内容，请填写后再上传。"))
    return resource, numbers, dataset, {number: said for number, said in wrong.items() if said}


def _key_text(value: Any) -> str:
    """A key's cell as rows are told apart by it: a day however it is written, letters in one case."""
    day = cell_date(value)
    return day.isoformat() if day else code_text(cell_text(value))


def _errors(found: Any, resource: CatalogueResource) -> list[str]:
    said = (ValueError, Refused)
    sentences = [
        str(error.error) if isinstance(error.error, said) else _("这一行不能导入，请核对各列。")
        for error in found.errors
    ]
    if found.validation_error:
        names = {name: field.column_name for name, field in resource.fields.items()}
        for name, texts in found.validation_error.message_dict.items():
            head = names.get(name, "")
            sentences += [f"{head}：{sentence}" if head else sentence for sentence in texts]
    return sentences


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
