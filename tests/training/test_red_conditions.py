"""What is red is not agreed to, singly, in bulk or by API (R-ELG-1; R-OPN-1 … R-OPN-4, R-CMP-1)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from casework.domain.case_page import case_page_of
from casework.domain.flow import file_of
from casework.domain.moves import available, take
from casework.enums import State
from casework.models import Attachment, WorkItem
from kit.refusals import NotNow
from tests.factories import eligibility as people
from tests.training import walk as walks
from tests.training.test_decision_page import completed_class
from training.models import Enrolment, Listing, Project, TrainingClass, Venue

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def walk(registries):
    """A class without any exception, lying with the officer."""
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    return walk


def project_ended(walk):
    Project.objects.update(until=walk.training_class.first_day)


def school_unlisted(walk):
    Listing.objects.update(until=walk.training_class.first_day)


def lesson_missing(walk):
    walk.training_class.lessons.last().delete()


def teacher_gone(walk):
    walk.training_class.lessons.update(teacher=None)


def room_too_small(walk):
    Venue.objects.update(capacity=2)


RED = pytest.mark.parametrize(
    ("turns_red", "says"),
    [
        (project_ended, "培训项目目录内"),
        (school_unlisted, "不在培训机构目录内"),
        (lesson_missing, "课程表合计 4 课时"),
        (teacher_gone, "还没有安排教师"),
        (room_too_small, "最多容纳 2 人"),
    ],
)


@RED
def test_an_officer_cannot_agree_while_a_condition_is_red(walk, client, turns_red, says):
    turns_red(walk)
    opening = walk.opening
    button = next(one for one in available(file_of(opening), walk.officer) if one.move.name == "approve")
    red = [
        str(c.sentence)
        for c in case_page_of("opening").conditions(file_of(walk.opening), walk.officer)
        if c.blocks and not c.holds
    ]
    assert button.obstacles == red
    assert any(says in sentence for sentence in red)
    with pytest.raises(NotNow) as refused:
        take(opening, "approve", by=walk.officer)
    assert refused.value.sentences == red
    client.force_login(walk.officer.user)
    answer = client.post(
        reverse("move", args=["opening", opening.pk, "approve"]), {"expected_version": opening.version}
    )
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert walk.opening.state == State.IN_REVIEW


@RED
def test_nor_can_a_program(walk, api, turns_red, says):
    turns_red(walk)
    answer = api(walk.officer).post(
        f"/api/v1/openings/{walk.opening.pk}/moves/approve/", {"expected_version": walk.opening.version}
    )
    assert answer.status_code == 409
    assert any(says in sentence for sentence in answer.json()["obstacles"])
    assert walk.opening.state == State.IN_REVIEW


@RED
def test_nor_can_many_be_agreed_to_with_a_red_one_among_them(walk, client, turns_red, says):
    turns_red(walk)
    client.force_login(walk.officer.user)
    item = WorkItem.objects.get(kind="opening", object_id=walk.opening.pk)
    preview = client.post(reverse("inbox_agree"), {"item": [item.pk]})
    assert any(says in str(sentence) for sentence in preview.context["choices"][0].sentences)
    assert preview.context["free"] == []
    client.post(reverse("inbox_agree"), {"confirmed": "1", "case": [f"{item.pk}:{walk.opening.version}"]})
    assert walk.opening.state == State.IN_REVIEW


def test_the_office_may_still_return_and_refuse_what_is_red(walk):
    project_ended(walk)
    assert {one.move.name for one in available(file_of(walk.opening), walk.officer) if not one.obstacles} == {
        "return",
        "refuse",
    }


def test_a_paper_taken_out_of_date_since_the_submission_is_red(registries):
    walk = walks.upskill_class(status="level_recognition")
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(person, works) for person in walk.people)])
    opening = walk.to_officer()
    Attachment.objects.filter(slot="truth_promise").update(valid_to=walk.training_class.first_day)
    with pytest.raises(NotNow, match="已过有效期"):
        take(opening, "approve", by=walk.officer)


def test_a_project_closed_after_the_first_day_hinders_nobody(walk):
    Project.objects.update(until=walk.training_class.first_day + timedelta(days=1))
    Listing.objects.update(until=walk.training_class.first_day + timedelta(days=1))
    take(walk.opening, "approve", by=walk.officer)
    assert walk.opening.state == State.APPROVED


# ── begun
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def on(day, hour, minute=0):
    return time_machine.travel(datetime.combine(day, time(hour, minute), ZONE), tick=False)


def test_a_class_whose_first_lesson_has_begun_is_agreed_to_by_nobody_and_returned_to_move_its_days(walk, client):
    first = walk.training_class.first_day
    with on(first, 9):
        with pytest.raises(NotNow) as refused:
            take(walk.opening, "approve", by=walk.officer)
        assert refused.value.sentences == [
            f"班次已于{first} 09:00开始上课，不能再同意开班；请退回补正，由申请单位调整日期后重新提交。"
        ]
        client.force_login(walk.officer.user)
        page = client.get(reverse("case", args=["opening", walk.opening.pk])).content.decode()
        assert "不能再同意开班" in page
        take(walk.opening, "return", by=walk.officer, reason="班次已开始，请调整日期")
    assert walk.opening.state == State.RETURNED


def test_a_minute_before_the_first_lesson_the_class_can_still_be_agreed_to(walk):
    with on(walk.training_class.first_day, 8, 59):
        take(walk.opening, "approve", by=walk.officer)
    assert walk.opening.state == State.APPROVED


def test_an_approved_class_does_not_turn_red_when_it_begins(walk, client):
    take(walk.opening, "approve", by=walk.officer)
    with on(walk.training_class.last_day, 12):
        assert [
            c.sentence for c in case_page_of("opening").conditions(file_of(walk.opening), walk.officer) if not c.holds
        ] == []


def test_a_returned_class_submitted_again_is_judged_as_of_that_day(walk):
    take(walk.opening, "return", by=walk.officer, reason="请补正")
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(first_day=timezone.localdate())
    with pytest.raises(NotNow, match="已到或已过"):
        take(walk.opening, "submit", by=walk.applicant)


# ── completion
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_completion_whose_lesson_lost_its_attendance_is_not_agreed_to(registries):
    walk, completion = completed_class(registries, 1)
    lesson = walk.training_class.lessons.first()
    lesson.sheet.delete()
    with pytest.raises(NotNow, match="没有登记考勤"):
        take(completion, "approve", by=walk.officer)
    completion.refresh_from_db()
    assert completion.state == State.IN_REVIEW


# ── clean
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ticked(client, walk):
    client.force_login(walk.officer.user)
    item = WorkItem.objects.get(kind="opening", object_id=walk.opening.pk)
    return client.post(reverse("inbox_agree"), {"item": [item.pk]}).context["choices"][0]


def test_a_class_without_exception_red_condition_and_signal_is_clean(walk, client):
    assert ticked(client, walk).sentences == []


def test_a_class_with_a_signal_is_not_clean_and_opened_by_itself(walk, client):
    other = walks.laid_off_class(["苏和"], first=walk.training_class.first_day)
    other.training_class.lessons.update(starts="14:00", ends="17:00")
    Enrolment.objects.create(training_class=other.training_class, person=walk.people[0], sequence=9)
    other.submit()
    choice = ticked(client, walk)
    assert [sentence for sentence in choice.sentences if "乌云同期还在班次" in sentence] == choice.sentences != []
    client.post(reverse("inbox_agree"), {"confirmed": "1", "case": [f"{choice.item.pk}:{walk.opening.version}"]})
    assert walk.opening.state == State.IN_REVIEW
    take(walk.opening, "approve", by=walk.officer)
    assert walk.opening.state == State.APPROVED
