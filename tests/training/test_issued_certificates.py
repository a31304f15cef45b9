"""R-CMP-5: 培训合格证书 are numbered by the portal; a number somebody typed proves nothing."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from casework.domain.moves import take
from casework.enums import State
from kit.refusals import NotValid
from tests.training import walk as walks
from training.domain.decision.completions import Row, save_results
from training.enums import CertificateKind
from training.models import Completion, IssuedCertificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(registries):
    """A class that ends with a 培训合格证书, held to its last lesson."""
    return walks.held(registries, certificate_kind=CertificateKind.COMPLETION)


def approve(walk) -> Completion:
    completion = Completion.objects.get(pk=walk.extra["completion"].pk)
    take(completion, "submit", by=walk.applicant)
    walks.run_newest(completion)
    completion = Completion.objects.get(pk=completion.pk)
    take(completion, "approve", by=walk.officer)
    assert completion.state == State.APPROVED
    return completion


def test_everyone_who_passed_gets_a_number_of_the_banners_series_in_the_order_of_the_roster(walk):
    results = ["pass", "fail", "pass"]
    save_results(
        walk.extra["completion"],
        {e.pk: Row(result=results[n]) for n, e in enumerate(walk.enrolments)},
        by=walk.applicant,
    )
    approve(walk)
    year = timezone.localdate().year
    numbers = [f"H150102-{year}-000001", "", f"H150102-{year}-000002"]
    assert [e.certificate_number for e in walk.enrolments] == numbers
    assert [e.certificate_verified for e in walk.enrolments] == [True, False, True]
    assert {e.certificate_kind for e in walk.enrolments} == {CertificateKind.COMPLETION, ""}
    assert list(IssuedCertificate.objects.order_by("pk").values_list("number", flat=True)) == [
        number for number in numbers if number
    ]


def test_a_typed_number_is_refused_with_the_reason_and_nothing_of_the_row_is_saved(walk):
    first = walk.enrolments[0]
    row = Row(
        result="pass", certificate_kind="completion", certificate_number="HG-001", certificate_on=timezone.localdate()
    )
    with pytest.raises(NotValid, match="由系统编号，不用填写证书编号"):
        save_results(walk.extra["completion"], {first.pk: row}, by=walk.applicant)
    assert walk.enrolments[0].result == ""


def test_the_page_and_the_workbook_do_not_ask_for_what_the_portal_gives(walk, client):
    client.force_login(walk.applicant.user)
    page = client.get(reverse("completion_results", args=[walk.training_class.pk])).content.decode()
    assert "证书编号</th>" not in page
    assert "由系统给合格学员统一编号" in page
    sheet = client.get(reverse("results_download", args=[walk.training_class.pk])).content
    heads = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(sheet))["成绩"].iter_rows(max_row=6)]
    assert any("结果" in row for row in heads)
    assert not any("证书编号" in row for row in heads)
    told = [[cell.value for cell in row] for one in load_workbook(io.BytesIO(sheet)) for row in one.iter_rows()]
    assert {row[0]: row[1] for row in told if row[1] in ("必填", "选填")} == {
        "序号": "必填",
        "姓名": "必填",
        "结果": "选填",
    } | {row[0]: "选填" for row in told if row[1] == "选填"}
    assert not any("发证日期" in str(cell) for row in told for cell in row), "nothing is explained that has no column"


def test_a_sheet_of_before_with_a_number_in_it_is_refused_with_the_reason(walk, client):
    book = load_workbook(io.BytesIO(_sheet(walk, client)))
    head = next(row for row in book["成绩"].iter_rows() if any(cell.value == "结果" for cell in row))[0].row
    width = book["成绩"].max_column
    result = next(cell.column for cell in book["成绩"][head] if cell.value == "结果")
    book["成绩"].cell(head, width + 1, "证书种类")
    book["成绩"].cell(head, width + 2, "证书编号")
    book["成绩"].cell(head, width + 3, "发证日期")
    book["成绩"].cell(head + 1, result, "合格")
    book["成绩"].cell(head + 1, width + 1, "培训合格证书")
    book["成绩"].cell(head + 1, width + 2, "HG-001")
    stream = io.BytesIO()
    book.save(stream)
    answer = client.post(
        reverse("results_upload", args=[walk.training_class.pk]),
        {"file": SimpleUploadedFile("成绩.xlsx", stream.getvalue())},
    )
    assert answer.status_code == 400
    assert "由系统编号" in answer.content.decode()


def _sheet(walk, client) -> bytes:
    client.force_login(walk.applicant.user)
    return client.get(reverse("results_download", args=[walk.training_class.pk])).content


def test_a_number_is_never_changed_or_taken_away_not_even_past_the_portal(walk):
    save_results(walk.extra["completion"], {e.pk: Row(result="pass") for e in walk.enrolments}, by=walk.applicant)
    approve(walk)
    for change in ("UPDATE training_issuedcertificate SET number = 'H-1'", "DELETE FROM training_issuedcertificate"):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_a_later_comparison_with_the_registries_leaves_the_portals_certificate_proved(walk):
    """The certificate registry knows nothing of 培训合格证书: asking again must not unprove them."""
    save_results(walk.extra["completion"], {e.pk: Row(result="pass") for e in walk.enrolments}, by=walk.applicant)
    completion = approve(walk)
    walks.run_newest(completion)
    assert all(e.certificate_verified for e in walk.enrolments)
