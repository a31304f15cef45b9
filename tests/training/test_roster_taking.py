"""A roster of thousands is taken by a job that shows its progress, survives its worker and takes nobody twice
(R-SEC-4).
"""

from types import SimpleNamespace

import pytest

from accounts.models import Event
from casework.domain.flow import file_of
from casework.enums import JobState, State
from casework.models import Job, Parameter
from kit.refusals import Refused
from tests import factories
from tests.factories import training as t
from tests.factories.guards import forced
from training.domain.decision.openings import guard_complete
from training.domain.roster import import_job
from training.domain.roster.enrolling import add_trainee
from training.domain.roster.staging import TAKE_ROSTER, take_good_rows
from training.models import Opening
from training.tasks.roster import take_roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return t.draft_class()


@pytest.fixture
def few_are_many(monkeypatch):
    """Three rows make a job, taken two at a time."""
    monkeypatch.setattr(import_job, "AT_ONCE", 2)
    monkeypatch.setattr(import_job, "PORTION", 2)


def five(draft):
    return t.upload(draft, [*(t.row(n) for n in range(1, 6)), t.row(6, phone="1")])


def test_a_few_rows_are_taken_at_once(draft):
    assert import_job.take_rows(t.upload(draft, [t.row(1), t.row(2)]), by=t.clerk(draft)) == 2
    assert not Job.objects.filter(task=TAKE_ROSTER).exists()


def test_many_rows_are_taken_by_a_job_that_says_how_far_it_is(draft, few_are_many):
    upload = five(draft)
    job = import_job.take_rows(upload, by=t.clerk(draft))
    assert (job.state, job.total, draft.enrolments.count()) == (JobState.QUEUED, 5, 0)
    take_roster(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.message) == (JobState.DONE, 5, "已导入 5 行，花名册现有 5 人。")
    assert list(draft.enrolments.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert list(upload.rows.values_list("row", flat=True)) == [7]
    assert list(Event.objects.filter(act="roster.taken").order_by("pk").values_list("data__people", flat=True)) == [
        2,
        2,
        1,
    ]


def test_however_often_it_is_clicked_one_job_takes_the_rows(draft, few_are_many):
    upload = five(draft)
    first, second = (import_job.take_rows(upload, by=t.clerk(draft)) for _click in (1, 2))
    assert first == second
    take_roster(first.pk)
    take_roster(first.pk)
    assert draft.enrolments.count() == 5
    assert import_job.take_rows(upload, by=t.clerk(draft)) == 0


def test_a_job_that_lost_its_worker_goes_on_with_what_is_left(draft, few_are_many, monkeypatch):
    upload = five(draft)
    job = import_job.take_rows(upload, by=t.clerk(draft))
    calls = []

    def dies_at_the_second(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise ConnectionError
        return take_good_rows(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(import_job, "take_good_rows", dies_at_the_second)
        with pytest.raises(ConnectionError):
            take_roster(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, draft.enrolments.count()) == (JobState.FAILED, 2, 2)
    assert import_job.take_rows(upload, by=t.clerk(draft)) == job
    take_roster(job.pk)
    job.refresh_from_db()
    assert (job.done, job.message) == (5, "已导入 5 行，花名册现有 5 人。")
    assert draft.enrolments.count() == 5


def test_of_a_list_too_long_not_even_a_part_is_taken(draft, few_are_many):
    with factories.world_as_it_was():
        Parameter.objects.filter(code="class_most_people").update(value=4)
    upload = five(draft)
    with pytest.raises(Refused, match="每班最多 4 人"):
        import_job.take_rows(upload, by=t.clerk(draft))
    assert (draft.enrolments.count(), Job.objects.filter(task=TAKE_ROSTER).count()) == (0, 0)


def test_whoever_joined_since_the_file_was_read_counts_once(draft, few_are_many):
    with factories.world_as_it_was():
        Parameter.objects.filter(code="class_most_people").update(value=5)
    upload = five(draft)
    add_trainee(draft, upload.rows.get(row=2).cells, by=t.clerk(draft))
    take_roster(import_job.take_rows(upload, by=t.clerk(draft)).pk)
    assert draft.enrolments.count() == 5


def test_nothing_is_submitted_while_the_roster_is_still_coming_in(draft, few_are_many):
    job = import_job.take_rows(five(draft), by=t.clerk(draft))
    waiting = "花名册正在导入，完成后再提交。"
    assert waiting in guard_complete(file_of(draft.opening), SimpleNamespace(by=t.clerk(draft)))
    take_roster(job.pk)
    assert waiting not in guard_complete(file_of(draft.opening), SimpleNamespace(by=t.clerk(draft)))


def test_a_class_submitted_meanwhile_keeps_its_roster(draft, few_are_many):
    job = import_job.take_rows(five(draft), by=t.clerk(draft))
    forced(Opening.objects.filter(training_class=draft), state=State.CHECKING)
    take_roster(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["refused"], draft.enrolments.count()) == (JobState.DONE, True, 0)
    assert "不能直接修改" in job.message


def test_nobody_else_has_the_rows_taken(draft, few_are_many):
    upload = five(draft)
    for by in (factories.officer(), factories.operator(factories.unit())):
        with pytest.raises(Refused):
            import_job.take_rows(upload, by=by)
    assert not Job.objects.filter(task=TAKE_ROSTER).exists()
