"""The worksheet of a file exchange: out with a signed id a row, in again with a sentence for every row that cannot be
(R-ELG-1).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Membership
from casework.domain.files import attach
from casework.domain.jobs import queue
from casework.models import Job
from eligibility.domain.exchange import Open, Records, subject_of
from eligibility.models import Exchange
from eligibility.registries.catalogue import REGISTRIES, keep_facts
from eligibility.registries.labels import FIELDS, choices_of, columns_help, raw_record, tests_of, type_label, types_of
from kit.refusals import NotValid
from kit.sheets import ROSTER_MAX_BYTES, CellProblem, Column, read_table, write_template
from kit.text import cell_text

# The sheet is Chinese whatever language its sender reads: it goes to another department and comes back.
CHINESE = "zh-hans"
ROW, ABOUT, KEY, NAME, TYPE = "行号", "对象", "号码或代码", "姓名或单位", "记录类型"
NOTHING = "查无记录"
READ = "eligibility.tasks.read_exchange"
HOLDER, SLOT = "exchange", "returned"
STRIDE = 200
Progress = Callable[[int, int], None]
ABOUTS = {"person": "人员", "enterprise": "企业"}


@override(CHINESE)
def exchange_file(exchange: Exchange, subjects: list[Open]) -> bytes:
    """The workbook that goes out, a row a subject, to be filled by whoever keeps the registry."""
    tests = tests_of(exchange.registry)
    choices = [NOTHING, *(type_label(name) for name in types_of(exchange.registry))]
    columns = [
        Column(ROW, width=14),
        Column(ABOUT, width=8),
        Column(KEY, width=22),
        Column(NAME),
        Column(TYPE, choices=choices, width=20, required=True),
        *(Column(str(FIELDS[name]), choices=choices_of(name, test)) for name, test in tests.items()),
    ]
    rows = [[one.row_id, ABOUTS[one.about], one.key, one.name, *[""] * (len(tests) + 1)] for one in subjects]
    stream = io.BytesIO()
    write_template(
        stream,
        columns,
        _("%(registry)s比对（第%(number)s号）")
        % {
            "registry": REGISTRIES[exchange.registry].name_zh,
            "number": exchange.pk,
        },
        [
            _("每个对象至少填一行记录类型；没有任何记录的选“查无记录”；不填的视为没有答复。"),
            _("一个对象有几条记录的，复制该行，行号相同。日期写成 2026-01-31 的样子；尚未终止的不填终止日期。"),
            _("请不要改动行号、号码和姓名。"),
            *columns_help(exchange.registry),
        ],
        version_of(exchange),
        sheet_name=_("比对"),
        rows=rows,
        fill_rows=max(4 * len(rows), 100),
    )
    return stream.getvalue()


def version_of(exchange: Exchange) -> str:
    return f"exchange-{exchange.registry}-{exchange.pk}"


@dataclass
class Returned:
    """What came back: the records by subject, a sentence for every row that cannot be taken, and the rows that could be
    anybody's.
    """

    answers: dict[bytes, Records] = field(default_factory=dict)
    nothing_known: set[bytes] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    untold: list[int] = field(default_factory=list)


def receive(exchange: Exchange, upload: UploadedFile, *, by: Membership) -> Job:
    """Keep a returned workbook and queue its reading. Raises FileRefused at once for what is no workbook."""
    with transaction.atomic():
        kept = attach(HOLDER, exchange.pk, SLOT, upload, by=by, allowed=frozenset({"xlsx"}), max_bytes=ROSTER_MAX_BYTES)
        return queue(
            READ,
            title=_("读取回传文件：%(registry)s（第%(number)s号）")
            % {
                "registry": REGISTRIES[exchange.registry].name_zh,
                "number": exchange.pk,
            },
            kind=HOLDER,
            object_id=exchange.pk,
            division=by.division,
            by=by,
            attachment=kept.pk,
        )


def read_exchange(exchange: Exchange, upload: BinaryIO, seen: Progress = lambda done, total: None) -> Returned:
    """The rows of a returned workbook. Raises FileRefused for the file; a subject with one bad row is not taken at all.

    A row of which nobody knows whose it is could be anybody's missing one: nothing of its file is taken.
    """
    headers = [ROW, ABOUT, KEY, NAME, TYPE]
    with override(CHINESE):
        fields = {str(FIELDS[field_name]): field_name for field_name in tests_of(exchange.registry)}
    table = read_table(upload, [*headers, *fields], optional=[NAME, *fields], filler=headers[:4])
    if table.unknown_headers:
        raise NotValid(
            _("表中有约定以外的列：%(headers)s。请删除这些列，说明另行函告。")
            % {"headers": "、".join(table.unknown_headers)}
        )
    found, spoilt, rows = Returned(), set(), list(table.rows)
    for done, (number, cells) in enumerate(rows):
        if done % STRIDE == 0:
            seen(done, len(rows))
        row = {fields[header]: value for header, value in cells.items() if header in fields}
        subject = None
        try:
            subject = _subject(exchange, cells)
            _add(found, exchange, subject, cells, row)
        except NotValid as refused:
            found.problems.append(_("第%(row)s行：%(why)s。") % {"row": number, "why": refused})
            if subject is None:
                found.untold.append(number)
            spoilt.add(subject)
    found.answers = (
        {}
        if found.untold
        else {subject: records for subject, records in found.answers.items() if subject not in spoilt}
    )
    return found


def _subject(exchange: Exchange, cells: Mapping[str, Any]) -> bytes:
    about = next((code for code, label in ABOUTS.items() if label == _text(cells, ABOUT)), "")
    if not about:
        raise NotValid(_("对象应为人员或企业"))
    return subject_of(exchange, _text(cells, ROW), _text(cells, KEY), about)


def _add(found: Returned, exchange: Exchange, subject: bytes, cells: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    about = next(code for code, label in ABOUTS.items() if label == _text(cells, ABOUT))
    records = found.answers.setdefault(subject, [])
    label = _text(cells, TYPE)
    if label == NOTHING:
        if any(_text(row, name) for name in row):
            raise NotValid(_("选了查无记录，又填了记录内容"))
        found.nothing_known.add(subject)
        if records:
            raise NotValid(_("同一个对象既有记录，又选了查无记录"))
        return
    if subject in found.nothing_known:
        raise NotValid(_("同一个对象既有记录，又选了查无记录"))
    with override(CHINESE):
        names = {type_label(name): name for name in types_of(exchange.registry, about)}
    if label not in names:
        raise NotValid(_("记录类型“%(label)s”不能用于这个对象") % {"label": label} if label else _("请选择记录类型"))
    agreed = {name for name, _test, _needed in REGISTRIES[exchange.registry].records[names[label]].fields}
    if other := [str(FIELDS[name]) for name in row if _text(row, name) and name not in agreed]:
        raise NotValid(
            _("%(type)s没有这些列，请换到对应的列：%(columns)s") % {"type": label, "columns": "、".join(other)}
        )
    with override(CHINESE):
        raw = raw_record(exchange.registry, names[label], row)
    kept = keep_facts(exchange.registry, raw, about)
    if kept.get("malformed"):
        wrong = "、".join(str(FIELDS[name]) for name in str(kept["problem"]).split(", "))
        raise NotValid(_("%(fields)s没有填写或填写有误") % {"fields": wrong})
    records.append(kept)


def _text(cells: Mapping[str, Any], header: str) -> str:
    value = cells.get(header)
    if isinstance(value, CellProblem):
        raise NotValid(f"{header}——{value.message}")
    return cell_text(value)
