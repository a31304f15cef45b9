"""Results of a class as a workbook, out with everyone's name in it and in again (R-CMP-1, R-SEC-4)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from kit.errors import FileRefused
from kit.identity import same_name
from kit.languages import by_label
from kit.refusals import NotValid, Overtaken
from kit.sheets import ROSTER_MAX_BYTES, CellProblem, Column, inspect_upload, read_table, write_template
from kit.text import cell_text, squeeze
from training.domain.classes.versions import version_of_results
from training.domain.decision.completions import FIELDS, Row
from training.enums import CertificateKind, Result
from training.forms.results import ResultForm, fields_of
from training.models import Enrolment, TrainingClass

VERSION = "results-2"
# The last column, hidden: the version of the row as it was written; a unit's own sheet has none.
SEQUENCE, NAME, DRAWN = "序号", "姓名", "核对码"
# header → field; the headers are those of the page.
HEADERS = dict(zip(("理论成绩", "实操成绩", "结果", "证书种类", "证书编号", "发证日期"), FIELDS, strict=True))
CHOICES = {"result": Result.choices, "certificate_kind": CertificateKind.choices}


def results_workbook(training_class: TrainingClass, people: Sequence[Enrolment]) -> bytes:
    """The workbook with a row a trainee, filled with what has been entered so far."""
    columns = [Column(SEQUENCE, width=8, required=True), Column(NAME, width=16, required=True)]
    names = fields_of(training_class)
    columns += [
        Column(header, choices=[str(label) for value, label in CHOICES.get(field, ()) if value])
        for header, field in HEADERS.items()
        if field in names
    ]
    columns.append(Column(DRAWN, hidden=True))
    rows = [
        [
            str(person.sequence),
            person.name,
            *(_shown(person, field) for field in FIELDS if field in names),
            version_of_results(person),
        ]
        for person in people
    ]
    stream = io.BytesIO()
    write_template(
        stream,
        columns,
        _("结业成绩和证书：%(name)s") % {"name": training_class.name},
        [
            _("按序号和姓名对应学员，请不要改动这两列。"),
            _("可以只填一部分，以后再补：空白的格不改动已登记的内容。要清除已登记的内容，请在网页上清空后保存。"),
            *([_("发证日期写成 2026-01-31 的样子。")] if "certificate_on" in names else []),
        ],
        VERSION,
        sheet_name=_("成绩"),
        rows=rows,
        fill_rows=max(len(rows), 1),
    )
    return stream.getvalue()


def _shown(person: Enrolment, field: str) -> str:
    return _words(field, getattr(person, field))


def _words(field: str, value: Any) -> str:
    if field in CHOICES:
        return str(dict(CHOICES[field]).get(value, "")) if value else ""
    return "" if value is None else str(value)


def read_results(
    upload: BinaryIO, name: str, training_class: TrainingClass, people: Sequence[Enrolment], *, is_old: bool = False
) -> dict[int, Row]:
    """The rows of an uploaded workbook by enrolment; what a row leaves blank stays as it is saved (R-SEC-4). Nothing is
    saved here.

    Raises FileRefused for the file, NotValid for rows, Overtaken for those that would replace what somebody else
    saved since.
    `is_old`: the page was, from which a sheet comes that says nothing of itself.
    """
    asked = fields_of(training_class)
    inspect_upload(upload, name, frozenset({"xlsx"}), max_bytes=ROSTER_MAX_BYTES)
    upload.seek(0)
    optional = [DRAWN, *(header for header, field in HEADERS.items() if field not in asked)]
    table = read_table(upload, [SEQUENCE, NAME, *HEADERS, DRAWN], filler=[SEQUENCE, NAME, DRAWN], optional=optional)
    by_sequence = {str(person.sequence): person for person in people}
    found: dict[int, Row] = {}
    wrong: list[str] = []
    overtaken: list[str] = []
    for number, cells in table.rows:
        try:
            person = _person(by_sequence, cells)
            if person.pk in found:
                raise NotValid([_("%(name)s在文件中出现了两次") % {"name": person.name}])
            drawn = _text(cells, DRAWN)
            form = _form(cells, person)
            found[person.pk] = form.row()
            if drawn != version_of_results(person) if drawn else is_old:
                overtaken += [
                    _("第%(row)s行：%(why)s。") % {"row": number, "why": why} for why in _otherwise(form, person)
                ]
        except NotValid as refused:
            wrong += [_("第%(row)s行：%(why)s。") % {"row": number, "why": why} for why in refused.sentences]
    if wrong:
        raise NotValid(wrong)
    if overtaken:
        raise Overtaken(
            [
                *overtaken,
                _("这些内容在您下载表格或打开页面以后已被他人修改，没有保存。请下载新的表格填写，或在网页上修改。"),
            ]
        )
    if not found:
        raise FileRefused("empty", _("文件里没有填写成绩的行。"))
    return found


def _otherwise(form: ResultForm, person: Enrolment) -> list[str]:
    """Where a row says something else than is saved now, with both values."""
    said = [
        (form.fields[field].label, _words(field, form.cleaned_data[field]), _shown(person, field))
        for field in FIELDS
        if form.cleaned_data[field] != getattr(person, field)
    ]
    return [
        _("%(name)s的%(field)s，表中是“%(said)s”，现在登记的是“%(saved)s”")
        % {
            "name": person.name,
            "field": field,
            "said": said,
            "saved": saved or _("空"),
        }
        for field, said, saved in said
    ]


def _person(by_sequence: Mapping[str, Enrolment], cells: Mapping[str, Any]) -> Enrolment:
    sequence, name = _text(cells, SEQUENCE), _text(cells, NAME)
    person = by_sequence.get(sequence)
    if person is None or not same_name(person.name, name):
        raise NotValid(
            [_("花名册中没有%(sequence)s号%(name)s，请用下载的表格填写") % {"sequence": sequence, "name": name}]
        )
    return person


def _text(cells: Mapping[str, Any], header: str) -> str:
    value = cells.get(header)
    if isinstance(value, CellProblem):
        raise NotValid([f"{header}——{value.message}"])
    return cell_text(value)


def _form(cells: Mapping[str, Any], person: Enrolment) -> ResultForm:
    """One row through the same form as the page, what it leaves blank filled in with what is saved."""
    data = {field: _text(cells, header) or _shown(person, field) for header, field in HEADERS.items()}
    for field, choices in CHOICES.items():
        data[field] = by_label(choices).get(squeeze(data[field]), data[field])
    form = ResultForm(data)
    if not form.is_valid():
        raise NotValid(
            [f"{form.fields[field].label}——{why}" for field, errors in form.errors.items() for why in errors]
        )
    return form
