"""R-SEC-1, R-SEC-2: papers are given out under a name that ends as what they are, compared with their digest, and on
record; by page and API.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.models import Event
from casework.domain.files import attach, named_as
from casework.models import Attachment
from tests.factories import officer
from tests.factories.casework import draft
from tests.kit.files import JPEG, PDF, sheet_of

pytestmark = pytest.mark.django_db


def kept(content: bytes = PDF, name: str = "许可证.pdf") -> tuple[Attachment, object]:
    registration, membership = draft()
    return attach(
        "registration", registration.pk, "licence", SimpleUploadedFile(name, content), by=membership
    ), membership


def program(membership) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(membership.user)[0]}")
    return client


@pytest.fixture(params=["page", "api"])
def fetch(request, browser):
    """The file by either door."""

    def get(attachment, membership):
        if request.param == "page":
            return browser(membership).get(reverse("file", args=[attachment.pk]))
        return program(membership).get(f"/api/v1/files/{attachment.pk}/")

    return get


@pytest.mark.parametrize(
    ("content", "name", "shown"),
    [
        (PDF, "通知.hta", "通知.hta.pdf"),
        (PDF, "通知.js", "通知.js.pdf"),
        (PDF, "通知.lnk", "通知.lnk.pdf"),
        (PDF, "通知", "通知.pdf"),
        (PDF, "通知.pdf.exe", "通知.pdf.exe.pdf"),
        (PDF, "通知.PDF", "通知.PDF"),
        (PDF, "通知.pdf. .", "通知.pdf"),
        (PDF, "通知.jpg", "通知.jpg.pdf"),
        (PDF, "通\u202efdp.hta", "通fdp.hta.pdf"),
        (PDF, "通知.pdf:真.hta", "通知.pdf_真.hta.pdf"),
        (PDF, "通知.pdf\u200b.hta", "通知.pdf.hta.pdf"),
        (JPEG, "照片.jpeg", "照片.jpeg"),
        (JPEG, "照片.png", "照片.png.jpg"),
        (sheet_of(["序号"]), "名册.xlsm", "名册.xlsm.xlsx"),
    ],
)
def test_a_kept_name_ends_as_what_the_file_is(fetch, content, name, shown):
    attachment, membership = kept(content, name)
    assert attachment.name == shown
    answer = fetch(attachment, membership)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert Event.objects.get(act="file.attached").data["name"] == shown


def test_names_kept_before_are_given_out_safely_too(fetch):
    attachment, membership = kept()
    Attachment.objects.filter(pk=attachment.pk).update(name="old.hta")
    assert 'filename="old.hta.pdf"' in fetch(attachment, membership).headers["Content-Disposition"]


def test_a_long_name_keeps_its_ending_and_its_length():
    assert named_as("名" * 118 + ".h", "pdf") == "名" * 118 + ".pdf"


def test_every_download_is_on_record(fetch):
    attachment, membership = kept()
    reader = officer()
    for one in (membership, reader):
        assert b"".join(fetch(attachment, one).streaming_content) == PDF
    events = Event.objects.filter(act="file.taken").order_by("pk")
    assert [(event.membership, event.data["sha256"], event.subject_kind) for event in events] == [
        (membership, attachment.sha256, "registration"),
        (reader, attachment.sha256, "registration"),
    ]


@pytest.mark.parametrize("how", ["exchanged", "lengthened", "gone"])
def test_a_file_that_is_not_the_one_kept_is_not_given_out(fetch, how):
    attachment, membership = kept()
    if how == "gone":
        attachment.file.storage.delete(attachment.file.name)
    else:
        with attachment.file.storage.open(attachment.file.name, "rb") as file:
            content = file.read()
        attachment.file.storage.delete(attachment.file.name)
        attachment.file.storage.save(
            attachment.file.name,
            SimpleUploadedFile("x", content.replace(b"%PDF", b"%PDG") if how == "exchanged" else content + b" "),
        )
    answer = fetch(attachment, membership)
    assert answer.status_code == 409
    assert "校验值不一致" in answer.content.decode()
    assert Event.objects.filter(act="file.altered", membership=membership).count() == 1
    assert not Event.objects.filter(act="file.taken").exists()


def test_what_is_shown_to_somebody_logged_in_is_kept_by_no_browser(browser):
    registration, membership = draft()
    pages = [
        reverse("home"),
        reverse("case", args=["registration", registration.pk]),
        reverse("tokens"),
        "/no/such/page/",
    ]
    for page in pages:
        assert "no-store" in browser(membership).get(page)["Cache-Control"], page
    for path in (
        "/api/v1/auth/memberships/",
        f"/api/v1/registrations/{registration.pk}/",
        "/api/v1/registrations/",
        "/api/v1/files/0/",
    ):
        answer = program(membership).get(path)
        assert "no-store" in answer["Cache-Control"], (path, answer.status_code)


def test_public_pages_may_be_kept(client):
    assert "no-store" not in client.get(reverse("public_home")).get("Cache-Control", "")
