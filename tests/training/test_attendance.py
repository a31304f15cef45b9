"""Attendance per lesson, and the calendar that begins classes (R-SUP-1)."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from casework.domain.moves import take
from kit.refusals import NotAllowed, NotNow
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.classes.stages import begin_classes
from training.domain.roster.attendance import attendance_percent, record_sheet
from training.enums import Stage
from training.models import AttendanceSheet, Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk():
    walk = walks.laid_off_class()
    walks.in_training(walk)
    return walk


def marks(walk, **by_sequence: str) -> dict[int, str]:
    """Everyone present but for those named: `s2="absent"`."""
    return {e.pk: by_sequence.get(f"s{e.sequence}", "present") for e in walk.enrolments}


def lesson(walk, place: int = 0):
    return list(walk.reload().lessons.order_by("day"))[place]


def hours(walk) -> list[Decimal]:
    return [e.attended_hours for e in walk.enrolments]


def test_the_hours_attended_follow_each_sheet(walk):
    record_sheet(lesson(walk), marks(walk, s2="absent"), by=walk.applicant)
    assert hours(walk) == [4, 0, 4]
    record_sheet(lesson(walk, 1), marks(walk, s3="leave"), by=walk.applicant)
    assert hours(walk) == [8, 4, 4]
    assert attendance_percent(walk.enrolments[1], Decimal(8)) == 50


def test_a_correction_needs_a_reason_and_is_on_record(walk):
    record_sheet(lesson(walk), marks(walk, s2="absent"), by=walk.applicant)
    with pytest.raises(NotNow, match="理由"):
        record_sheet(lesson(walk), marks(walk), by=walk.applicant)
    record_sheet(lesson(walk), marks(walk), by=walk.applicant, correction="签到表漏签")
    assert hours(walk) == [4, 4, 4]
    event = Event.objects.get(act="attendance.corrected")
    assert (event.reason, event.data["changed"]) == ("签到表漏签", {"2.mark": ["absent", "present"]})


def test_saving_the_same_sheet_again_changes_nothing(walk):
    first = record_sheet(lesson(walk), marks(walk), by=walk.applicant)
    assert record_sheet(lesson(walk), marks(walk), by=walk.applicant).recorded_at == first.recorded_at
    assert Event.objects.filter(act__startswith="attendance.").count() == 1


def test_not_before_the_lessons_day(walk):
    walk.training_class.lessons.filter(pk=lesson(walk, 1).pk).update(day=timezone.localdate() + timedelta(days=1))
    with pytest.raises(NotNow, match="上课当天"):
        record_sheet(lesson(walk, 1), marks(walk), by=walk.applicant)
    walk.training_class.lessons.filter(pk=lesson(walk, 1).pk).update(day=timezone.localdate())
    record_sheet(lesson(walk, 1), marks(walk), by=walk.applicant)


def test_not_before_approval_and_not_after_completion(walk):
    for stage in (Stage.OPENING, Stage.COMPLETION, Stage.COMPLETED):
        walk.training_class.__class__.objects.update(stage=stage)
        with pytest.raises(NotNow, match="不能登记考勤"):
            record_sheet(lesson(walk), marks(walk), by=walk.applicant)
    assert not AttendanceSheet.objects.exists()


def test_only_the_teaching_units_operator(walk):
    for stranger in (walk.officer, factories.operator(factories.unit()), factories.administrator()):
        with pytest.raises(NotAllowed):
            record_sheet(lesson(walk), marks(walk), by=stranger)


def test_everyone_living_has_a_mark_and_nobody_else(walk):
    some = marks(walk)
    some.pop(walk.enrolments[1].pk)
    with pytest.raises(NotNow, match="巴特尔"):
        record_sheet(lesson(walk), some, by=walk.applicant)
    with pytest.raises(NotNow):
        record_sheet(lesson(walk), marks(walk, s1="asleep"), by=walk.applicant)
    with pytest.raises(NotNow, match="花名册"):
        record_sheet(lesson(walk), marks(walk) | {999_999: "present"}, by=walk.applicant)
    Enrolment.objects.filter(pk=walk.enrolments[1].pk).update(
        struck_out_at=timezone.now(), struck_out_by=walk.officer, strike_reason="剔除"
    )
    record_sheet(lesson(walk), some, by=walk.applicant)


def test_just_under_the_threshold_is_under_it():
    assert attendance_percent(Enrolment(attended_hours=Decimal("79.96")), Decimal(100)) == Decimal("79.9")


def test_the_page_marks_everyone_present_until_changed(client, walk):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("lesson_attendance", args=[walk.training_class.pk, lesson(walk).pk])
    text = client.get(address).content.decode()
    assert text.count("checked") == 3
    data = {f"mark-{pk}": mark for pk, mark in marks(walk, s1="leave").items()}
    assert client.post(address, data).status_code == 302
    assert hours(walk) == [0, 4, 4]
    answer = client.post(address, data | {f"mark-{walk.enrolments[0].pk}": "present"})
    assert (answer.status_code, hours(walk)) == (409, [0, 4, 4])
    assert "更正须说明理由" in answer.content.decode()
    for name in ("class_attendance", "attendance_print"):
        assert client.get(reverse(name, args=[walk.training_class.pk])).status_code == 200


def test_a_long_timetable_goes_on_the_next_sheet_of_paper(client, walk):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    first = lesson(walk)
    for hour in range(10):
        first.pk = None
        first.starts, first.ends = time(12 + hour), time(12 + hour, 45)
        first.save()
    door = reverse("attendance_print", args=[walk.training_class.pk])
    page = client.get(door)
    assert [len(sheet) for sheet in page.context["sheets"]] == [10, 2]
    assert page.content.decode().count("教师签字") == 2
    assert [len(sheet) for sheet in client.get(door, {"day": first.day.isoformat()}).context["sheets"]] == [10, 1]
    walk.training_class.lessons.all().delete()
    assert "排好以后才能打印签到表" in client.get(door).content.decode()


def test_hours_are_shown_without_empty_decimals(client, walk):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(reverse("lesson_attendance", args=[walk.training_class.pk, lesson(walk).pk])).content.decode()
    assert "4 课时" in html
    html += client.get(reverse("class_attendance", args=[walk.training_class.pk])).content.decode()
    assert ">4.0" not in html


def test_the_page_is_not_found_elsewhere_and_forbidden_to_the_officer(client, walk):
    address = reverse("lesson_attendance", args=[walk.training_class.pk, lesson(walk).pk])
    assert client.get(address).status_code == 302
    for membership, status in (
        (walk.officer, 403),
        (factories.officer("150103"), 404),
        (factories.operator(factories.unit()), 404),
    ):
        client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(address, {}).status_code == status


def test_an_approved_class_begins_on_its_first_day_and_once(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    first = walk.training_class.first_day
    assert begin_classes(first) == 0
    take(walk.opening, "approve", by=walk.officer)
    assert begin_classes(first - timedelta(days=1)) == 0
    assert (begin_classes(first), begin_classes(first)) == (1, 0)
    assert walk.reload().stage == Stage.IN_TRAINING
