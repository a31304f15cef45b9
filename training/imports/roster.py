"""Workbooks of the roster out of its field dictionary: the template, the bad rows with reasons; and staged rows as they
are shown.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kit.sheets import Column, write_template
from training.fields import SEQUENCE, VERSION, RosterField, explain, fields_for, suggestion, warn
from training.models import RosterRow, RosterUpload, TrainingClass

REASONS = "错误原因"


@dataclass(frozen=True)
class ShownCell:
    """A cell for the page: masked text (or plain, to be mended), what is wrong, how to mend it, what could be meant."""

    column: RosterField
    text: str
    wrong: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class ShownRow:
    row: int
    is_good: bool
    cells: list[ShownCell]
    notes: list[str]
    warnings: list[str]

    @property
    def wrong(self) -> list[ShownCell]:
        return [cell for cell in self.cells if cell.wrong]


def shown_rows(rows: Iterable[RosterRow], columns: Sequence[RosterField], *, plain: bool = False) -> Iterator[ShownRow]:
    """Staged rows with their problems in the reader's words."""
    for row in rows:
        cells = [_shown(column, row, plain) for column in columns]
        notes = [f"{column.label}：{_(note)}" for key, note in row.notes for column in columns if column.key == key]
        yield ShownRow(row.row, row.is_good, cells, notes, [warn(warning) for warning in row.warnings])


def _shown(column: RosterField, row: RosterRow, plain: bool) -> ShownCell:
    """A wrong cell that is to be mended is shown in full, everything else masked, also inside a sentence (R-SEC-1)."""
    text, problem = row.cells.get(column.key, ""), row.errors.get(column.key)
    if problem is None:
        return ShownCell(column, column.masked(text))
    wrong, offered = explain(column, text, problem), suggestion(column, text)
    if plain or problem[0] == "cell":
        return ShownCell(column, text, wrong, offered)
    return ShownCell(column, column.masked(text), wrong.replace(offered, column.masked(offered)) if offered else wrong)


def problem_of(key: str, code: str) -> str:
    """A kind of problem in a few words, for the summary above the rows."""
    return {
        "required": _("没有填写"),
        "cell": _("公式错误或没有结果"),
        "no_row": _("整行是公式错误"),
        "twice": _("文件内重复"),
        "in_roster": _("已在本班"),
        "excel_float": _("被 Excel 改成科学计数法，末几位丢失"),
        "fifteen_digits": _("15 位旧号码"),
        "check_digit": _("校验码不对"),
        "length": _("位数不对"),
        "characters": _("有不该有的字符"),
        "birth_date": _("出生日期不存在"),
        "not_offered": _("不在可选值中"),
        "phone": _("电话号码不对"),
        "area_code": _("固定电话缺区号"),
        "placeholder": _("不是真实账号"),
    }.get(code, _("内容有误"))


def _template_columns(columns: Sequence[RosterField]) -> list[Column]:
    return [
        Column(SEQUENCE, width=8, text=False),
        *(
            Column(
                c.header,
                note=str(c.note) + _("例：%(example)s") % {"example": c.example},
                choices=c.choices,
                width=c.width,
                required=c.required,
            )
            for c in columns
        ),
    ]


def template_file(training_class: TrainingClass) -> bytes:
    """The template of the class's category: heads, notes, pick-lists, text columns, instructions."""
    columns = fields_for(training_class.category, training_class.first_day)
    return _workbook(
        training_class,
        _template_columns(columns),
        [
            _("每人一行，从表头的下一行开始填写；红色表头为必填。"),
            _("公民身份号码、手机号码、银行账号所在列已设为文本格式，请直接输入或用“选择性粘贴—数值”。"),
            _("请不要改动表头，可以增加其他列，系统不读取。"),
        ],
    )


def bad_rows_file(upload: RosterUpload) -> bytes:
    """The bad rows as they were, with a column of reasons; mended there, the file can be uploaded again."""
    training_class = upload.training_class
    columns = fields_for(training_class.category, training_class.first_day)
    rows = []
    for place, staged in enumerate(upload.rows.filter(is_good=False).order_by("row"), start=1):
        cells = staged.cells
        reasons = [
            f"{c.label}：{explain(c, cells.get(c.key, ''), staged.errors[c.key])}"
            for c in columns
            if c.key in staged.errors
        ]
        first = _("原第 %(row)s 行。") % {"row": staged.row}
        rows.append([place, *(cells.get(c.key, "") for c in columns), first + "".join(reasons)])
    heads = [*_template_columns(columns), Column(REASONS, width=70)]
    return _workbook(training_class, heads, [_("请按“错误原因”列修改后重新上传，原因列不用删除。")], rows)


def _workbook(
    training_class: TrainingClass, columns: list[Column], instructions: list[str], rows: Iterable[Sequence[Any]] = ()
) -> bytes:
    target = io.BytesIO()
    title = _("学员花名册 %(number)s %(name)s") % {"number": training_class, "name": training_class.name}
    write_template(target, columns, title, instructions, VERSION, rows=rows)
    return target.getvalue()
