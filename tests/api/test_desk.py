"""Inbox, late work, jobs and notices through the API (R-SEC-3, R-ELG-6)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Event
from casework.enums import JobState
from casework.models import Job, Notice, WorkItem
from tests import factories
from tests.factories import casework as cases

pytestmark = pytest.mark.django_db


def results(program, path: str) -> list[dict]:
    answer = program.get(path)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["results"]


def test_the_inbox_shows_what_lies_with_the_desk_and_may_be_decided(api):
    registration, membership = cases.submitted()
    officer = factories.officer()
    (item,) = results(api(officer), "/api/v1/inbox/")
    assert (item["kind"], item["object_id"], item["state_label"], item["need"]) == (
        "registration",
        registration.pk,
        "审核中",
        "review_registration",
    )
    assert (
        results(api(officer), "/api/v1/inbox/?standing=done")
        == results(api(officer), "/api/v1/inbox/?kind=opening")
        == []
    )
    assert results(api(factories.officer("150203")), "/api/v1/inbox/") == []
    assert [one["object_id"] for one in results(api(membership), "/api/v1/inbox/")] == [registration.pk]
    assert api(officer).get("/api/v1/inbox/?standing=never").status_code == 400


def test_the_inbox_comes_in_pages_by_deadline(api):
    cases.submitted()
    item, today = WorkItem.objects.get(), timezone.localdate()
    for n in range(1, 61):
        item.pk, item.object_id, item.due_on = None, 1000 + n, today + timedelta(days=n % 7)
        item.save(force_insert=True)
    program = api(factories.officer())
    first = program.get("/api/v1/inbox/").json()
    rest = program.get(first["next"]).json()
    rows = first["results"] + rest["results"]
    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (50, 11, None)
    assert len({row["id"] for row in rows}) == 61
    assert [row["due_on"] for row in rows] == sorted(row["due_on"] for row in rows)


def test_work_past_its_day_shows_at_the_level_above(api):
    registration, _seat = cases.submitted()
    league = api(factories.administrator("150100"))
    assert results(league, "/api/v1/overdue/") == []
    WorkItem.objects.filter(object_id=registration.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert [one["object_id"] for one in results(league, "/api/v1/overdue/")] == [registration.pk]
    assert results(api(factories.administrator("150200")), "/api/v1/overdue/") == []


def job(membership, state: str, **fields) -> Job:
    return Job.objects.create(
        title="导出",
        task="none",
        owner=membership.organisation,
        division=membership.division,
        by=membership,
        state=state,
        total=10,
        done=4,
        **fields,
    )


def test_a_job_tells_how_far_it_is(api):
    membership = factories.operator(factories.unit())
    found = job(membership, JobState.RUNNING)
    answer = api(membership).get(f"/api/v1/jobs/{found.pk}/").json()
    assert {
        key: answer[key] for key in ("state", "state_label", "total", "done", "percent", "file_url", "can_take_up")
    } == {
        "state": "running",
        "state_label": "进行中",
        "total": 10,
        "done": 4,
        "percent": 40,
        "file_url": None,
        "can_take_up": False,
    }


def test_a_failed_job_is_taken_up_once(api):
    membership = factories.operator(factories.unit())
    found, program = job(membership, JobState.FAILED, message="处理中断"), api(membership)
    assert program.get(f"/api/v1/jobs/{found.pk}/").json()["can_take_up"] is True
    again = program.post(f"/api/v1/jobs/{found.pk}/take_up/")
    assert (again.status_code, again.json()["state"], again.json()["message"]) == (200, "queued", "")
    assert program.post(f"/api/v1/jobs/{found.pk}/take_up/").status_code == 409
    assert Event.objects.filter(act="job.taken_up_again").count() == 1


def test_a_result_goes_to_who_asked_for_it(api):
    membership = factories.officer()
    found = job(membership, JobState.DONE, file_name="名单.xlsx")
    found.file.save("x", ContentFile(b"rows"))
    colleague = factories.member(membership.organisation, Role.OFFICER)
    mine = api(membership).get(f"/api/v1/jobs/{found.pk}/").json()
    answer = api(membership).get(mine["file_url"])
    assert (b"".join(answer.streaming_content), answer["Cache-Control"]) == (b"rows", "private, no-store")
    assert api(colleague).get(f"/api/v1/jobs/{found.pk}/").json()["file_url"] is None
    assert api(colleague).get(f"/api/v1/jobs/{found.pk}/file/").status_code == 403


def test_a_notice_is_seen_by_each_reader_for_himself(api):
    unit = factories.unit()
    one, two = factories.operator(unit), factories.operator(unit)
    notice = Notice.objects.create(organisation=unit, text="已退回补正", url="/", kind="opening", object_id=1)
    assert api(one).post(f"/api/v1/notices/{notice.pk}/seen/").json()["seen"] is True
    assert [row["seen"] for membership in (one, two) for row in results(api(membership), "/api/v1/notices/")] == [
        True,
        False,
    ]
    assert api(factories.operator(factories.unit())).post(f"/api/v1/notices/{notice.pk}/seen/").status_code == 404
