"""Attachments: judged by content, served by scope, replaced but never removed (R-SEC-1, R-SEC-2)."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.domain.form_tokens import FIELD
from accounts.models import Event
from casework.domain.files import attach, clean_name, documents
from casework.domain.moves import take
from casework.models import Attachment
from kit.sheets import FileRefused
from tests.accounts.test_forms import token
from tests.factories import officer, operator, unit
from tests.factories.casework import draft, submitted
from tests.kit.files import JPEG, LOCKED_PDF, LOCKED_XLSX, OLD_XLS, PDF, sheet_of

pytestmark = pytest.mark.django_db


def upload(content: bytes, name: str = "许可证.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def send(client: Client, registration, content: bytes, name: str = "许可证.pdf", slot: str = "licence"):
    """As a browser does: by the form of the case's page."""
    drawn = token(client, reverse("case", args=["registration", registration.pk]))
    form = {FIELD: drawn, "slot": slot, "file": upload(content, name)}
    return client.post(reverse("case_files", args=["registration", registration.pk]), form)


def test_a_licence_is_kept_with_its_digest_and_shown(browser):
    registration, membership = draft()
    client = browser(membership)
    assert send(client, registration, PDF).status_code == 302
    kept = documents("registration", registration.pk)["licence"]
    assert (kept.name, kept.media_type, kept.size) == ("许可证.pdf", "application/pdf", len(PDF))
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert "许可证" not in kept.file.name
    assert Event.objects.get(act="file.attached").data["sha256"] == kept.sha256
    assert "许可证.pdf" in client.get(reverse("case", args=["registration", registration.pk])).content.decode()


def test_the_download_is_never_run_or_kept_by_the_browser(browser):
    registration, membership = draft()
    kept = attach("registration", registration.pk, "licence", upload(PDF), by=membership)
    answer = browser(membership).get(reverse("file", args=[kept.pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"hello, this is text", "学员.xlsx", "不是可以上传的文件"),
        (b"<html><script>alert(1)</script></html>", "照片.jpg", "不是可以上传的文件"),
        (LOCKED_XLSX, "学员.xlsx", "打开密码"),
        (LOCKED_PDF, "许可证.pdf", "密码"),
        (OLD_XLS, "学员.xls", "旧版"),
        (JPEG[:-2], "照片.jpg", "没有传完整"),
        (b"", "空.pdf", "空"),
        (JPEG[:-2] + b"\0" * (10 * 1024 * 1024) + b"\xff\xd9", "照片.jpg", "10 MB"),
    ],
    ids=[
        "text as xlsx",
        "page as jpg",
        "locked workbook",
        "locked pdf",
        "old xls",
        "half a photo",
        "empty",
        "too large",
    ],
)
def test_a_refused_file_leaves_a_sentence_and_the_page(browser, content, name, words):
    registration, membership = draft()
    attach("registration", registration.pk, "licence", upload(PDF, "原件.pdf"), by=membership)
    answer = send(browser(membership), registration, content, name)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert words in shown
    assert "原件.pdf" in shown
    assert Attachment.objects.count() == 1


def test_a_newer_file_replaces_the_older_which_stays_readable(browser):
    registration, membership = draft()
    client = browser(membership)
    send(client, registration, PDF, "旧.pdf")
    send(client, registration, sheet_of(["序号"]), "新.xlsx")
    assert documents("registration", registration.pk)["licence"].name == "新.xlsx"
    old = Attachment.objects.get(name="旧.pdf")
    assert old.replaced_at is not None
    assert client.get(reverse("file", args=[old.pk])).status_code == 200
    assert "以前的 1 份" in client.get(reverse("case", args=["registration", registration.pk])).content.decode()


def test_files_follow_the_scope_of_their_case(browser):
    registration, membership = draft()
    kept = attach("registration", registration.pk, "licence", upload(PDF), by=membership)
    address = reverse("file", args=[kept.pk])
    assert browser(officer()).get(address).status_code == 200
    assert browser(officer("150103")).get(address).status_code == 404
    assert browser(operator(unit())).get(address).status_code == 404
    assert Client().get(address).url.startswith(reverse("account_login"))
    assert browser(membership).get(reverse("file", args=[kept.pk + 1000])).status_code == 404


def test_another_school_cannot_attach_to_this_case(browser):
    registration, _seat = draft()
    assert send(browser(operator(unit())), registration, PDF).status_code == 404
    assert Attachment.objects.count() == 0


def test_an_officer_cannot_attach_for_the_unit(browser):
    registration, _seat = draft()
    assert send(browser(officer()), registration, PDF).status_code == 403
    assert Attachment.objects.count() == 0


def test_after_submission_nothing_is_exchanged_until_it_is_returned(browser):
    registration, membership = submitted()
    client = browser(membership)
    answer = send(client, registration, PDF)
    assert answer.status_code == 409
    assert "申请已提交" in answer.content.decode()
    take(registration, "return", by=officer(), reason="许可证看不清", expected_version=1)
    assert send(client, registration, PDF).status_code == 302


def test_only_slots_the_case_asks_for_are_filled(browser):
    registration, membership = draft()
    assert send(browser(membership), registration, PDF, slot="anything").status_code == 404


def test_a_form_without_a_file_says_so(browser):
    registration, membership = draft()
    answer = browser(membership).post(
        reverse("case_files", args=["registration", registration.pk]), {"slot": "licence"}
    )
    assert answer.status_code == 400
    assert "请先选择要上传的文件。" in answer.content.decode()


def test_a_document_past_its_validity_is_not_taken():
    registration, membership = draft()
    day = registration.unit.established_on
    with pytest.raises(FileRefused, match="已过有效期"):
        attach("registration", registration.pk, "licence", upload(PDF), by=membership, valid_to=day)
    assert documents("registration", registration.pk) == {}


def test_things_that_hold_no_files_cannot_be_given_one():
    _registration, membership = draft()
    with pytest.raises(LookupError):
        attach("nothing", 1, "licence", upload(PDF), by=membership)


def test_a_file_name_is_made_harmless():
    assert clean_name("..\\..\\etc\\许可证\n.pdf") == "许可证.pdf"
    assert clean_name("a" * 300 + ".xlsx") == "a" * 115 + ".xlsx"
    assert clean_name("") == "未命名文件"
