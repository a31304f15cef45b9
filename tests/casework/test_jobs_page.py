"""Long work: seen by those it concerns, taken up again once, results only to who asked (R-ELG-6, R-SEC-1)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Event
from casework.domain import jobs as domain
from casework.enums import JobState
from casework.models import Job, WorkItem
from casework.tasks import requeue_stuck_jobs
from tests.factories import member, office, officer, operator, unit
from tests.factories.casework import submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """The jobs handed to the queue, in order."""
    found: list[int] = []
    monkeypatch.setattr(domain, "send", lambda job: found.append(job.pk))
    return found


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """What waits for the commit is done at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def job(membership, state: str = JobState.RUNNING, **fields) -> Job:
    owner = membership.organisation if membership.is_unit else None
    return Job.objects.create(
        **{
            "task": "training.tasks.check_roster",
            "title": "花名册比对",
            "by": membership,
            "owner": owner,
            "division": membership.division,
            "state": state,
            "total": 200,
            "done": 50,
            "started_at": timezone.now() - timedelta(minutes=1),
            "heartbeat": timezone.now(),
        }
        | fields
    )


def silent(membership) -> Job:
    return job(membership, heartbeat=timezone.now() - domain.SILENCE - timedelta(seconds=5))


def test_progress_is_a_bar_that_asks_again_only_while_it_runs(browser):
    membership = operator(unit())
    client, running = browser(membership), job(membership)
    shown = client.get(reverse("job_row", args=[running.pk])).content.decode()
    assert "50 / 200（25%）" in shown
    assert "预计还需约 3 分钟" in shown
    assert 'hx-trigger="every 2s"' in shown
    domain.finish(running, "全部比对完毕。")
    done = client.get(reverse("job_row", args=[running.pk])).content.decode()
    assert "全部比对完毕。" in done
    assert "hx-trigger" not in done


def test_an_industry_department_sees_the_work_of_its_own_cases_and_of_its_people_only(browser):
    department = member(office("150102", OrganisationKind.INDUSTRY, department="energy"))
    system = {"by": None, "owner": None, "division": department.division}
    mine, others = submitted(name="甲校")[0], submitted(name="乙校")[0]
    for case in (mine, others):
        job(department, title=f"{case.applicant.name}比对", kind="registration", object_id=case.pk, **system)
    WorkItem.objects.filter(object_id=mine.pk).update(desk=department.organisation)
    job(department, title="乙校花名册预审", kind="trainingclass", object_id=7, **system)
    job(member(department.organisation), title="同事的导出")
    shown = browser(department).get(reverse("jobs")).content.decode()
    assert ("甲校比对" in shown, "同事的导出" in shown, "乙校" in shown) == (True, True, False)
    hidden = Job.objects.get(title="乙校比对")
    assert [
        browser(department).get(reverse(door, args=[hidden.pk])).status_code for door in ("job", "job_row", "api_job")
    ] == [404] * 3
    assert "乙校比对" in browser(officer()).get(reverse("jobs")).content.decode()


def test_a_job_lost_with_its_worker_is_found_and_queued_again(sent, commits):
    lost = silent(officer())
    with commits():
        assert requeue_stuck_jobs() == 1
    lost.refresh_from_db()
    assert lost.state == JobState.QUEUED
    assert sent == [lost.pk]


def test_a_job_lost_five_times_waits_for_a_person(sent, commits, browser):
    membership = officer()
    lost = silent(membership)
    Job.objects.filter(pk=lost.pk).update(attempts=domain.MOST_ATTEMPTS)
    assert requeue_stuck_jobs() == 0
    client = browser(membership)
    assert "重新开始" in client.get(reverse("jobs"), {"state": "bad"}).content.decode()
    with commits():
        assert client.post(reverse("job_again", args=[lost.pk])).status_code == 302
    lost.refresh_from_db()
    assert lost.state == JobState.QUEUED
    assert sent == [lost.pk]


def test_taken_up_again_once_however_often_it_is_clicked(sent, commits, browser):
    membership = operator(unit())
    failed = job(membership, JobState.FAILED, message="处理中断")
    client = browser(membership)
    with commits():
        answers = [client.post(reverse("job_again", args=[failed.pk])).status_code for _click in range(2)]
    assert answers == [302, 409]
    assert sent == [failed.pk]
    assert Event.objects.filter(act="job.taken_up_again", subject_id=failed.pk).count() == 1


def test_a_finished_job_is_not_run_again(sent, commits, browser):
    membership = operator(unit())
    done = job(membership, JobState.DONE)
    with commits():
        answer = browser(membership).post(reverse("job_again", args=[done.pk]))
    assert answer.status_code == 409
    assert "已完成" in answer.content.decode()
    assert sent == []


def test_other_units_and_banners_do_not_see_it(browser):
    mine = job(operator(unit()), JobState.FAILED)
    for membership in (operator(unit()), officer("150103")):
        client = browser(membership)
        assert client.get(reverse("job", args=[mine.pk])).status_code == 404
        assert client.get(reverse("job_row", args=[mine.pk])).status_code == 404
        assert client.post(reverse("job_again", args=[mine.pk])).status_code == 404
        assert "花名册比对" not in client.get(reverse("jobs")).content.decode()


def test_an_auditor_may_look_but_not_restart(browser):
    failed = job(operator(unit()), JobState.FAILED)
    client = browser(member(office("150100"), Role.AUDITOR))
    assert client.get(reverse("job", args=[failed.pk])).status_code == 200
    assert client.post(reverse("job_again", args=[failed.pk])).status_code == 403


def test_a_result_goes_to_who_asked_and_to_nobody_else(browser):
    membership, colleague = officer(), member(office("150102"))
    done = job(membership, JobState.DONE, file_name="名单.xlsx")
    done.file.save("x", ContentFile(b"result"))
    address = reverse("job_file", args=[done.pk])
    answer = browser(membership).get(address)
    assert b"".join(answer.streaming_content) == b"result"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert browser(colleague).get(address).status_code == 403
    assert browser(officer("150103")).get(address).status_code == 404


def test_colleagues_of_a_unit_share_its_results(browser):
    school = unit()
    done = job(operator(school), JobState.DONE, file_name="坏行.xlsx")
    done.file.save("x", ContentFile(b"rows"))
    assert browser(operator(school)).get(reverse("job_file", args=[done.pk])).status_code == 200
    assert browser(officer()).get(reverse("job_file", args=[done.pk])).status_code == 403


def test_the_list_takes_the_same_queries_for_one_job_and_for_three(browser, django_assert_max_num_queries):
    membership = officer()
    client = browser(membership)
    job(membership)
    with django_assert_max_num_queries(9):
        client.get(reverse("jobs"))
    for _more in range(2):
        job(membership)
    with django_assert_max_num_queries(9):
        client.get(reverse("jobs"))
