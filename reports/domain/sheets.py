"""Exports as xlsx, in the form's layout or as a list of people, watermarked (R-RPT-8; docs/performance.md, P5)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.categories import categories
from eligibility.models import Person
from kit.sheets import write_table
from reports.domain.figures import FIGURES, Asked, Figure
from reports.domain.forms import form_on
from reports.domain.periods import Period
from reports.domain.tables import behind, find_cell, work_out
from reports.enums import Measure, Span
from reports.models import Export
from subsidies.enums import Item
from training.enums import CertificateKind, FundSource, Result, SkillLevel, TrainingType

INDENT = "　　"
BEAT = 2000
Progress = Callable[[int], None]


def write_export(export: Export, progress: Progress = lambda done: None) -> Export:
    """Write the file of an export, with its rows and digest; does nothing when it is there already
    (safe to run twice).
    """
    if export.file:
        return export
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        export.rows = (_write_people if export.is_people else _write_form)(export, path, progress)
        with path.open("rb") as written:
            export.digest = hashlib.file_digest(written, "sha256").hexdigest()
            written.seek(0)
            export.file.save(export.file_name, File(written), save=False)
    export.save(update_fields=["rows", "digest", "file"])
    return export


def asked_by(export: Export) -> Asked:
    return Asked(export.division, Period(export.year, export.month), export.body_id)


def title_of(export: Export, title: str) -> str:
    return _("%(title)s　%(place)s　%(year)d年%(month)d月") % {
        "title": title,
        "place": export.division.name,
        "year": export.year,
        "month": export.month,
    }


def _write_form(export: Export, path: Path, progress: Progress) -> int:
    form, rules = form_on(export.form, Period(export.year, export.month))
    table = work_out(form, rules, asked_by(export), export.axis, banners=export.banners)
    headers = {f"{Span(span).label}·{column.label}": column for span in Span.values for column in form.columns}
    first = str(_("项目"))
    lines = ([INDENT * row.depth + row.label, *map(_number, cells)] for row, cells in table.lines(form.columns))
    rows = write_table(
        path,
        [first, *headers],
        lines,
        title=f"{title_of(export, str(form.title))}　{form.source}",
        watermark=export.watermark,
        widths={first: 34.0},
        money_columns=[name for name, column in headers.items() if column.measure == Measure.AMOUNT],
        sheet_name=form.code,
    )
    progress(rows)
    return rows


def _number(cell: Any) -> Any:
    return cell.text if cell.column.measure == Measure.RATIO else cell.value


def _write_people(export: Export, path: Path, progress: Progress) -> int:
    form, rules = form_on(export.form, Period(export.year, export.month))
    asked = asked_by(export)
    row, column = find_cell(form, rules, asked, export.axis, export.row, export.column)
    figure = FIGURES[column.figure]
    columns = people_columns(figure, full_numbers=export.full_numbers)
    people = behind(form, rules, row, column, export.span, asked, export.axis).order_by("pk")
    if not export.full_numbers:
        people = people.annotate(masked=masked_number(figure))
    rows = people.values_list(*(column.look_up for column in columns)).iterator(chunk_size=BEAT)
    return write_table(
        path,
        [column.header for column in columns],
        _lines(rows, [column.shown for column in columns], progress),
        title=f"{title_of(export, str(form.title))}　{row.label}　{Span(export.span).label}　{column.label}",
        watermark=export.watermark,
        text_columns=[column.header for column in columns if column.is_text],
        money_columns=[column.header for column in columns if column.look_up == figure.money],
        widths={column.header: column.width for column in columns},
    )


@dataclass(frozen=True)
class PeopleColumn:
    """A column of a list of people: where it is read from the row, and how a code becomes words."""

    header: str
    look_up: str
    shown: Callable[[Any], Any] | None = None
    width: float = 14.0
    is_text: bool = False


def masked_number(figure: Figure) -> Concat:
    """150***********1234 from the two ends kept beside the encrypted number, which is not read at all."""
    person = f"{figure.to_enrolment}person__"
    return Concat(f"{person}head", Value("*" * 11), f"{person}tail")


def people_columns(figure: Figure, *, full_numbers: bool) -> list[PeopleColumn]:
    """Everything the page shows and more; the number is masked unless seeing it was granted as well."""
    klass, one = figure.of_class, figure.to_enrolment
    columns = [
        PeopleColumn(_("姓名"), f"{one}person__name"),
        PeopleColumn(_("证件号码"), f"{one}person__number" if full_numbers else "masked", width=21.0, is_text=True),
        PeopleColumn(_("性别"), f"{one}person__sex", _words(Person.sex.field.choices)),
        PeopleColumn(_("班次编号"), klass("number"), width=21.0, is_text=True),
        PeopleColumn(_("班次名称"), klass("name"), width=28.0),
        PeopleColumn(_("人员类别"), klass("category"), _words(categories().items()), width=21.0),
        PeopleColumn(_("培训类别"), klass("project__training_type"), _words(TrainingType.choices)),
        PeopleColumn(_("培训项目"), klass("project__name"), width=21.0),
        PeopleColumn(_("等级"), klass("project__level"), _words(SkillLevel.choices)),
        PeopleColumn(_("培训机构"), klass("institution__name"), width=28.0),
        PeopleColumn(_("用工企业"), klass("employer__name"), width=28.0),
        PeopleColumn(_("地区"), klass("division__name")),
        PeopleColumn(_("资金来源"), klass("fund_source"), _words(FundSource.choices)),
        PeopleColumn(_("开始日期"), klass("first_day")),
        PeopleColumn(_("结束日期"), klass("last_day")),
        PeopleColumn(_("计入日期"), figure.when, None if figure.is_date else lambda at: timezone.localtime(at).date()),
        PeopleColumn(_("培训结果"), f"{one}result", _words(Result.choices)),
        PeopleColumn(_("证书类别"), f"{one}certificate_kind", _words(CertificateKind.choices)),
        PeopleColumn(_("证书编号"), f"{one}certificate_number", width=21.0, is_text=True),
        PeopleColumn(_("证书已核验"), f"{one}certificate_verified", _words([(True, _("是")), (False, _("否"))])),
    ]
    if figure.money:
        columns += [
            PeopleColumn(_("补贴项目"), "line__item", _words(Item.choices)),
            PeopleColumn(_("补贴金额（元）"), figure.money),
            PeopleColumn(_("银行流水号"), "payment__bank_reference", width=21.0, is_text=True),
        ]
    return columns


def _words(choices: Iterable[tuple[Any, Any]]) -> Callable[[Any], Any]:
    """Code → words in the reader's language, looked up once for the whole file."""
    words = {code: str(label) for code, label in choices}
    return lambda code: words.get(code, "" if code is None else code)


def _lines(
    rows: Iterable[Sequence[Any]], shown: list[Callable[[Any], Any] | None], progress: Progress
) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        if number % BEAT == 0:
            progress(number)
        yield [show(value) if show else value for show, value in zip(shown, row, strict=True)]
