"""The portal's own sheets come back whichever language the reader had when they were written, with dates as people
write them.
"""

import io

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from kit.refusals import NotValid
from tests.training import walk as walks
from training.imports.results import read_results, results_workbook

pytestmark = pytest.mark.django_db
HEADS = {"result": "结果", "kind": "证书种类", "number": "证书编号", "on": "发证日期"}


def filled(walk, language: str, **cells: str) -> io.BytesIO:
    """The results sheet as downloaded in a language, with cells of the first person."""
    people = list(walk.enrolments)
    with override(language):
        book = load_workbook(io.BytesIO(results_workbook(walk.training_class, people)))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "结果" for cell in row))
    columns = {cell.value: cell.column for cell in head}
    for name, text in cells.items():
        sheet.cell(head[0].row + 1, columns[HEADS[name]], text)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    ("written", "read", "words"),
    [
        ("zh-hans", "en", ("合格", "职业技能等级证书")),
        ("en", "zh-hans", ("Passed", "Vocational skill level certificate")),
    ],
)
def test_results_written_in_one_language_are_read_in_the_other(written, read, words):
    walk = walks.laid_off_class()
    stream = filled(walk, written, result=words[0], kind=words[1], number="S-0001", on="2026年11月20日")
    with override(read):
        rows = read_results(stream, "results.xlsx", walk.training_class, list(walk.enrolments))
    first = rows[walk.enrolments[0].pk]
    assert (first.result, first.certificate_kind, first.certificate_on.isoformat()) == (
        "pass",
        "skill_level",
        "2026-11-20",
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026.11.20", "2026-11-20"),
        ("20261120", "2026-11-20"),
        ("2026/11/20 08:30", "2026-11-20"),
        ("46346", "2026-11-20"),
    ],
)
def test_the_day_of_a_certificate_is_read_as_people_write_it(written, day):
    walk = walks.laid_off_class()
    rows = read_results(
        filled(walk, "zh-hans", result="合格", on=written), "成绩.xlsx", walk.training_class, list(walk.enrolments)
    )
    assert rows[walk.enrolments[0].pk].certificate_on.isoformat() == day


def test_a_day_that_is_none_is_named():
    walk = walks.laid_off_class()
    with pytest.raises(NotValid, match="2026-02-31"):
        read_results(
            filled(walk, "zh-hans", result="合格", on="2026-02-31"),
            "成绩.xlsx",
            walk.training_class,
            list(walk.enrolments),
        )
