"""A letter's people as a workbook for the department, and the filled-in workbook back, matched by row id (R-ELG-5)."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from eligibility.domain.assistance import DECIDING, Reply, Taken, answer_many
from eligibility.domain.departments import addressed_to, is_department
from eligibility.domain.descriptions import label_of
from eligibility.domain.letters import row_behind, row_token, rows_of
from eligibility.domain.replying import tell_offices
from eligibility.enums import Answer
from eligibility.models import Letter, LetterRow
from kit.errors import FileRefused
from kit.identity import mend_number, same_name
from kit.languages import by_label
from kit.refusals import NotValid
from kit.sheets import ROSTER_MAX_BYTES, CellProblem, Column, inspect_upload, read_table, write_template
from kit.text import cell_text, squeeze

VERSION = "assistance-1"
TOKEN, SEQUENCE, NAME, NUMBER, CHECK, CLASS = "行号（勿改）", "序号", "姓名", "公民身份号码", "核查事项", "培训班次"
ANSWER, LETTER, NOTE = "协查结果", "复函文号", "核实情况"
GIVEN = (TOKEN, SEQUENCE, NAME, NUMBER, CHECK, CLASS)
ANSWERS = (*DECIDING, Answer.CANNOT_SAY)


def reply_sheet(letter: Letter, rows: Iterable[LetterRow] | None = None, *, plain: bool = False) -> bytes:
    """The workbook with one row a person and check (all of the letter's, or `rows`); numbers masked unless shown for
    this purpose.
    """
    columns = [
        Column(TOKEN, width=24),
        Column(SEQUENCE, width=6),
        Column(NAME, width=14),
        Column(NUMBER, width=22),
        Column(CHECK, width=26),
        Column(CLASS, width=30),
        Column(ANSWER, choices=[str(Answer(one).label) for one in ANSWERS], required=True),
        Column(LETTER, width=24),
        Column(NOTE, width=40),
    ]
    lines = [
        [
            row_token(row),
            str(row.sequence),
            row.person.name,
            row.person.number if plain else row.person.masked_number,
            label_of(row.check_code, row.category),
            row.heading,
            "",
            "",
            "",
        ]
        for row in (rows_of(letter) if rows is None else rows)
    ]
    stream = io.BytesIO()
    write_template(
        stream,
        columns,
        f"{letter.number} {letter.department}",
        [
            _("请只填写最后三列；行号、姓名和号码用于对应人员，请不要改动。"),
            _("协查结果从下拉列表选择；复函文号和核实情况至少填一项。"),
            _("没有填写结果的行视为尚未答复，可以以后再交。"),
        ],
        VERSION,
        sheet_name=_("协查"),
        rows=lines,
        fill_rows=max(len(lines), 1),
    )
    return stream.getvalue()


def take_replies(upload: BinaryIO, name: str, *, by: Membership, letter: str = "") -> Taken:
    """Take the good rows of a filled-in workbook; every other row gets its sentence. `letter` stands where a row names
    none.

    The office that sent the letter hands in the whole sheet, a department with accounts what it is asked itself; the
    offices in charge that waited for that get a notice. Raises FileRefused for the file. The same workbook twice
    changes nothing. One question on two rows is answered by neither; a row that could be anybody's could be such a
    second one: nothing is taken then.
    """
    inspect_upload(upload, name, frozenset({"xlsx"}), max_bytes=ROSTER_MAX_BYTES)
    upload.seek(0)
    table = read_table(
        upload, [*GIVEN, ANSWER, LETTER, NOTE], filler=GIVEN, optional=[SEQUENCE, CHECK, CLASS, LETTER, NOTE]
    )
    lines = [(number, cells, _behind(cells)) for number, cells in table.rows]
    if not lines:
        raise FileRefused("empty", _("文件里没有填写协查结果的行。"))
    places: dict[int | None, list[int]] = {}
    for number, _cells, row in lines:
        places.setdefault(row.assistance_id if row else None, []).append(number)
    began, asked = (
        timezone.now(),
        frozenset(addressed_to(by).filter(letter_rows__isnull=False).values_list("pk", flat=True)),
    )
    replies: dict[str, list[Reply]] = {}
    wrong: list[str] = []
    for number, cells, row in lines:
        place = _("第%(row)s行：") % {"row": number}
        try:
            found = _fitting(row, cells, by, asked, places)
            replies.setdefault(found.letter.department, []).append(_reply(found, cells, place, letter))
        except NotValid as refused:
            wrong.append(f"{place}{refused}")
    if any(row is None for _number, _cells, row in lines):
        replies, wrong = {}, [_("有的行行号不对，不能确定是谁的，整份表格没有收取。请改正下列各行后重新上传。"), *wrong]
    outcome = Taken(refused=wrong)
    for department, found in replies.items():
        part = answer_many(found, by=by, department=department)
        outcome.taken, outcome.same = outcome.taken + part.taken, outcome.same + part.same
        outcome.refused += part.refused
        outcome.cases |= part.cases
    tell_offices(asked, by, since=began)
    return outcome


def _behind(cells: Mapping[str, Any]) -> LetterRow | None:
    """The row of ours that a line of the sheet is about, however it answers."""
    try:
        return row_behind(_text(cells, TOKEN))
    except NotValid:
        return None


def _fitting(
    row: LetterRow | None,
    cells: Mapping[str, Any],
    by: Membership,
    asked: Collection[int],
    places: Mapping[int | None, list[int]],
) -> LetterRow:
    """The row that a line of the sheet answers; anything that does not fit, and a question that stands on several
    lines, is refused.
    """
    if row is None:
        raise NotValid(_("行号不是本系统发出的，请用下载的表格填写，不要改动第一列。"))
    if row.letter.organisation_id != by.organisation_id and row.assistance_id not in asked:
        raise NotValid(
            _("这一行不是请贵部门答复的协查，或已不需要答复，不能收取。")
            if is_department(by)
            else _("这一行不是贵部门发出的协查，不能收取。")
        )
    if not same_name(row.person.name, _text(cells, NAME)):
        raise NotValid(_("姓名“%(given)s”与发出的不一致，请核对是否串行。") % {"given": _text(cells, NAME)})
    if mend_number(_text(cells, NUMBER))[0] not in {row.person.number, row.person.masked_number}:
        raise NotValid(_("%(name)s的公民身份号码与发出的不一致，请核对是否串行。") % {"name": row.person.name})
    if row.assistance is None:
        raise NotValid(_("%(name)s这一项已不需要协查。") % {"name": row.person.name})
    if len(same := places[row.assistance_id]) > 1:
        raise NotValid(
            _("%(name)s这一项在第%(rows)s行都填了，都没有收取，请只保留一行后重新上传。")
            % {
                "name": row.person.name,
                "rows": "、".join(map(str, same)),
            }
        )
    return row


def _reply(row: LetterRow, cells: Mapping[str, Any], place: str, letter: str) -> Reply:
    words = by_label((str(one), Answer(one).label) for one in ANSWERS)
    given = squeeze(_text(cells, ANSWER))
    if given not in words:
        offered = "、".join(str(Answer(one).label) for one in ANSWERS)
        raise NotValid(_("协查结果“%(said)s”不能识别，请填写%(words)s。") % {"said": given, "words": offered})
    asked = row.assistance
    return Reply(
        (asked.subject_kind, asked.subject_id, asked.check_code),
        words[given],
        (_text(cells, LETTER) or letter)[:80],
        _text(cells, NOTE)[:500],
        f"{place}{row.person.name}：",
    )


def _text(cells: Mapping[str, Any], header: str) -> str:
    value = cells.get(header)
    if isinstance(value, CellProblem):
        raise NotValid(f"{header}——{value.message}")
    return cell_text(value)
