"""A full disk: a sentence on the page and in the API (507), nothing half-written, what was there stays."""

import errno
import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse
from psycopg2.errors import DiskFull

from accounts.models import Event
from casework.domain import jobs
from casework.domain.files import attach, documents
from casework.enums import JobState
from casework.models import Attachment, Job
from casework.problems import server_error
from tests.factories.casework import draft
from tests.kit.files import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_disk(monkeypatch):
    """From here on the disk takes the first bytes of a new file; the kernel refuses the rest as it
    does on a full one.
    """

    def begun(descriptor, mode="r", *args, **kwargs):
        os.write(descriptor, b"%PDF")
        os.close(descriptor)
        return open("/dev/full", mode, buffering=0)

    return lambda: monkeypatch.setattr("django.core.files.storage.filesystem.os.fdopen", begun)


def files(settings) -> list[str]:
    return [name for _folder, _folders, names in os.walk(settings.MEDIA_ROOT) for name in names]


def test_a_licence_that_found_no_room_leaves_the_case_as_it_was(browser, settings, tmp_path, full_disk):
    settings.MEDIA_ROOT = str(tmp_path)
    registration, membership = draft()
    before = attach("registration", registration.pk, "licence", SimpleUploadedFile("原件.pdf", PDF), by=membership)
    client, events, kept = browser(membership), Event.objects.count(), files(settings)
    client.raise_request_exception = False
    full_disk()
    address = reverse("case_files", args=["registration", registration.pk])
    answer = client.post(address, {"slot": "licence", "file": SimpleUploadedFile("新证.pdf", PDF)})
    assert (answer.status_code, "存储空间已满" in answer.content.decode()) == (507, True)
    assert documents("registration", registration.pk)["licence"] == before
    assert (Attachment.objects.count(), Event.objects.count(), files(settings)) == (1, events, kept)


def test_a_program_gets_the_sentence_as_a_problem(client, settings, tmp_path, full_disk):
    settings.MEDIA_ROOT = str(tmp_path)
    registration, membership = draft()
    client.force_login(membership.user)
    client.raise_request_exception = False
    full_disk()
    answer = client.post(
        f"/api/v1/registrations/{registration.pk}/files/",
        {"slot": "licence", "file": SimpleUploadedFile("证.pdf", PDF)},
    )
    assert (answer.status_code, answer["Content-Type"]) == (507, "application/problem+json")
    assert "存储空间已满" in answer.json()["detail"]
    assert (Attachment.objects.count(), files(settings)) == (0, [])


def test_a_database_without_room_is_told_the_same():
    try:
        try:
            raise DiskFull
        except DiskFull as full:
            raise ValueError from full
    except ValueError:
        assert server_error(RequestFactory().post("/classes/new/")).status_code == 507
    try:
        raise OSError(errno.EACCES, "no")
    except OSError:
        assert server_error(RequestFactory().post("/classes/new/")).status_code == 500


def test_long_work_that_found_no_room_says_so_and_can_be_taken_up_again(settings, tmp_path, full_disk):
    settings.MEDIA_ROOT = str(tmp_path)
    _registration, membership = draft()
    job = Job.objects.create(task="training.tasks.what_if", title="测算", by=membership, division=membership.division)
    full_disk()
    with pytest.raises(OSError, match="No space"), jobs.running(job.pk) as running:
        running.file.save("x", ContentFile(b"x" * 9000), save=False)
    job.refresh_from_db()
    assert (job.state, "存储空间已满" in job.message, files(settings)) == (JobState.FAILED, True, [])
