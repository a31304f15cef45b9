"""The timetable: planned, edited, what stands double across all classes (R-OPN-1, R-OPN-7, R-RISK-1)."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from casework.domain.arrangements import enter, lines_of_text
from casework.domain.flow import file_of
from casework.models import WorkdayOverride
from kit.refusals import NotNow, Refused
from tests import factories
from tests.factories import training as t
from tests.factories.guards import forced
from tests.factories.subsidies import at
from training.domain.classes.bookings import conflicts, overlaps
from training.domain.classes.drafting import update_class
from training.domain.classes.timetable import Slot, generate_timetable, remove_lesson, save_lesson
from training.domain.decision.completeness import what_is_missing
from training.domain.decision.conditions import conditions
from training.domain.roster.staging import take_good_rows
from training.enums import Stage
from training.models import Lesson, Opening, TrainingClass

pytestmark = pytest.mark.django_db
MORNING, AFTERNOON = Slot(time(8, 30), Decimal(4)), Slot(time(14), Decimal(4))
WEEK = range(5)


@pytest.fixture
def draft():
    return t.draft_class()


def plan(training_class, weekdays=WEEK, slots=(MORNING, AFTERNOON), **how):
    return generate_timetable(training_class, weekdays=weekdays, slots=list(slots), by=t.clerk(training_class), **how)


def days(training_class):
    return list(training_class.lessons.order_by("day").values_list("day", flat=True).distinct())


def test_a_plan_fills_the_projects_hours_and_moves_the_last_day(draft):
    update_class(draft, by=t.clerk(draft), first_day=date(2026, 3, 2))
    assert plan(draft) == 10
    assert days(draft) == [date(2026, 3, day) for day in range(2, 7)]
    draft.refresh_from_db()
    assert draft.last_day == date(2026, 3, 6)
    assert sum(draft.lessons.values_list("hours", flat=True)) == 40
    first = draft.lessons.first()
    assert (first.starts, first.ends, first.content) == (time(8, 30), time(11, 30), "育婴员")


def test_public_holidays_are_left_out_and_a_chosen_weekend_is_kept(draft):
    update_class(draft, by=t.clerk(draft), first_day=date(2025, 9, 29), last_day=None)
    plan(draft, range(7))
    assert days(draft) == [
        date(2025, 9, 29),
        date(2025, 9, 30),
        date(2025, 10, 9),
        date(2025, 10, 10),
        date(2025, 10, 11),
    ]


def test_a_holiday_of_our_own_calendar_is_left_out(draft):
    WorkdayOverride.objects.create(day=date(2026, 3, 3), is_workday=False, source="示例：地方放假")
    update_class(draft, by=t.clerk(draft), first_day=date(2026, 3, 2), last_day=None)
    plan(draft)
    assert date(2026, 3, 3) not in days(draft)


def test_a_plan_over_spring_festival_leaves_out_the_days_the_law_names_and_says_that_the_rest_may_move(draft):
    update_class(draft, by=t.clerk(draft), first_day=date(2027, 2, 3), last_day=None)
    plan(draft)
    assert days(draft) == [date(2027, 2, day) for day in (3, 4, 9, 10, 11)]
    html = page_of(draft)
    assert html.count("暂定：2027年放假安排公布前") == 10


def test_a_lesson_on_a_day_that_became_a_day_off_says_so(draft):
    update_class(draft, by=t.clerk(draft), first_day=date(2027, 2, 3), last_day=None)
    plan(draft)
    with at(date(2026, 11, 20)):
        enter(
            2027, lines_of_text("2027-02-09 放假\n2027-02-20 上班"), document="文", by=factories.administrator("150000")
        )
    html = page_of(draft)
    assert html.count("放假（调休）") == 2
    assert "暂定" not in html


def page_of(draft):
    browser = Client()
    browser.force_login(t.clerk(draft).user)
    return browser.get(reverse("class_timetable", args=[draft.pk])).content.decode()


def test_the_last_lesson_is_cut_to_the_projects_hours():
    draft = t.draft_class(project=t.project(hours=10))
    plan(draft, slots=[MORNING])
    assert [float(hours) for hours in draft.lessons.values_list("hours", flat=True)] == [4, 4, 2]
    assert draft.lessons.last().ends == time(10)


@pytest.mark.parametrize(
    ("weekdays", "slots", "says"),
    [
        ([], [MORNING], "至少选择一个上课日"),
        (WEEK, [], "至少选择一个上课日"),
        (WEEK, [MORNING, AFTERNOON, Slot(time(19), Decimal(1))], "每天排了 9 课时，最多 8 课时"),
        (WEEK, [MORNING, Slot(time(9), Decimal(2))], "重叠"),
        (WEEK, [Slot(time(22), Decimal(4))], "午夜"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_the_old_timetable_stays(draft, weekdays, slots, says):
    plan(draft)
    with pytest.raises(Refused, match=says):
        plan(draft, weekdays, slots)
    assert draft.lessons.count() == 10


def test_a_plan_without_project_or_first_day_says_what_to_do_first(draft):
    update_class(draft, by=t.clerk(draft), project=None)
    with pytest.raises(Refused, match="请先选择培训项目"):
        plan(draft)


def test_somebody_elses_teacher_is_refused(draft):
    with pytest.raises(Refused, match="本班培训机构"):
        plan(draft, teacher=t.on_file().teachers.get())


def test_hours_that_do_not_add_up_are_said(draft):
    t.lesson(draft)
    assert "课程表合计 4 课时，项目要求 40 课时。" in what_is_missing(draft)


def test_too_many_hours_on_one_day_lessons_outside_and_without_teacher_are_said(draft):
    for starts, ends in ((time(8), time(11)), (time(12), time(15)), (time(16), time(19))):
        t.lesson(draft, starts=starts, ends=ends, teacher=None)
    t.lesson(draft, day=draft.last_day + timedelta(days=1))
    missing = what_is_missing(draft)
    assert f"{draft.first_day}排了 12 课时，每天最多 8 课时。" in missing
    assert f"{draft.last_day + timedelta(days=1)}的课不在开始日期和结束日期之间。" in missing
    assert "有的课还没有安排教师。" in missing


def lesson(draft, **fields):
    values = {
        "training_class": draft,
        "day": draft.first_day,
        "starts": time(9),
        "ends": time(12),
        "hours": Decimal(4),
        "content": "实操",
    }
    return Lesson(**values | fields)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"ends": time(9)}, "结束时间须晚于开始时间"),
        ({"hours": Decimal(5)}, "5 课时至少要 225 分钟，这里只有 180 分钟"),
        ({"starts": time(10), "ends": time(13)}, "已经有课"),
    ],
)
def test_a_lesson_that_cannot_be_is_refused(draft, fields, says):
    save_lesson(lesson(draft), by=t.clerk(draft))
    with pytest.raises(Refused, match=says):
        save_lesson(
            (
                lesson(draft, **{"starts": time(14), "ends": time(17)} | fields)
                if "starts" in fields
                else lesson(draft, **fields)
            ),
            by=t.clerk(draft),
        )
    assert draft.lessons.count() == 1


def test_lessons_of_a_submitted_class_stay(draft):
    kept = t.lesson(draft)
    forced(Opening.objects.all(), state="checking")
    for attempt in (
        lambda: remove_lesson(kept, by=t.clerk(draft)),
        lambda: save_lesson(kept, by=t.clerk(draft)),
        lambda: plan(draft),
    ):
        with pytest.raises(NotNow):
            attempt()
    assert draft.lessons.count() == 1


def test_a_timetable_is_planned_edited_and_cut_on_the_pages(browser, draft):
    client, address = browser(t.clerk(draft)), reverse("class_timetable", args=[draft.pk])
    form = {
        "weekdays": [0, 1, 2, 3, 4],
        "starts_1": "08:30",
        "hours_1": "4",
        "starts_2": "14:00",
        "hours_2": "4",
        "teacher": draft.teachers.get().pk,
        "venue": draft.venue_id,
    }
    assert client.post(address, form).status_code == 302
    first = draft.lessons.first()
    assert (draft.lessons.count(), first.teacher, first.venue) == (10, draft.teachers.get(), draft.venue)
    edited = {
        "day": first.day,
        "starts": "09:00",
        "ends": "12:00",
        "hours": "4",
        "content": "安全",
        "teacher": first.teacher_id,
        "venue": first.venue_id,
    }
    assert client.post(reverse("lesson_edit", args=[draft.pk, first.pk]), edited).status_code == 302
    first.refresh_from_db()
    assert (first.starts, first.content) == (time(9), "安全")
    client.post(reverse("lesson_remove", args=[draft.pk, first.pk]))
    assert draft.lessons.count() == 9
    wrong = client.post(address, form | {"hours_3": "2"})
    assert wrong.status_code == 400
    assert "第 3 时段" in wrong.context["form"].non_field_errors()[0]


# ── what stands double
# ──────────────────────────────────────────────────────────────────────────────────────────────────


def running(training_class, stage=Stage.IN_TRAINING):
    TrainingClass.objects.filter(pk=training_class.pk).update(
        stage=stage, number=f"150102-2026-{training_class.pk:06d}"
    )
    training_class.refresh_from_db()


def beside(draft, **fields):
    """Another class of the same school."""
    return t.draft_class(t.clerk(draft), **fields)


def test_a_teacher_and_a_room_booked_elsewhere_are_named_with_the_other_class(draft):
    other = beside(draft)
    t.lesson(draft)
    t.lesson(other, starts=time(11), ends=time(14))
    running(other)
    sentences = [clash.sentence_for(t.clerk(draft)) for clash in conflicts(draft)]
    day = draft.first_day
    assert sentences == [
        f"教师王老师 {day} 09:00–12:00 已排在班次 {other.number}（11:00–14:00）。",
        f"场地“一号教室” {day} 09:00–12:00 已排给班次 {other.number}（11:00–14:00）。",
    ]


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.REFUSED, Stage.STOPPED])
def test_classes_that_hold_nobody_do_not_clash(draft, stage):
    other = beside(draft)
    t.lesson(draft)
    t.lesson(other)
    running(other, stage)
    assert conflicts(draft) == []


def test_lessons_that_only_touch_do_not_clash(draft):
    other = beside(draft)
    t.lesson(draft)
    t.lesson(other, starts=time(12), ends=time(15))
    t.lesson(other, day=draft.first_day + timedelta(days=1))
    running(other)
    assert conflicts(draft) == []


@pytest.mark.parametrize("others", [1, 3])
def test_clashes_take_one_query_and_overlaps_one_for_the_roster(draft, django_assert_num_queries, others):
    people = [t.row(n) for n in range(1, 4)]
    take_good_rows(t.upload(draft, people), by=t.clerk(draft))
    t.lesson(draft)
    for _n in range(others):
        other = t.draft_class()
        take_good_rows(t.upload(other, people), by=t.clerk(other))
        t.lesson(other, starts=time(8), ends=time(10), hours=Decimal(2))
        running(other)
    with django_assert_num_queries(1):
        conflicts(draft)
    with django_assert_num_queries(1):
        found = overlaps(draft)
    assert len(found) == 3 * others
    assert {overlap.day for overlap in found} == {draft.first_day}


def test_a_trainee_in_another_class_at_the_same_hour_is_named_and_one_struck_out_is_not(draft):
    other = t.draft_class()
    for training_class in (draft, other):
        take_good_rows(t.upload(training_class, [t.row(1, name="乌云"), t.row(2)]), by=t.clerk(training_class))
        t.lesson(training_class)
    running(other)
    officer = factories.officer()
    other.enrolments.filter(sequence=2).update(
        struck_out_at=other.created_at, struck_out_by=officer, strike_reason="示例"
    )
    found = overlaps(draft)
    assert [overlap.sentence_for(officer) for overlap in found] == [
        f"乌云 {draft.first_day} 09:00 同时在班次 {other.number} 上课。"
    ]


def test_the_timetable_page_says_what_stands_double(browser, draft):
    other = beside(draft)
    t.lesson(draft)
    t.lesson(other)
    running(other)
    page = browser(t.clerk(draft)).get(reverse("class_timetable", args=[draft.pk])).content.decode()
    assert f"已排在班次 {other.number}" in page


def test_a_lesson_on_a_day_off_warns_the_officer_and_forbids_nothing(draft):
    update_class(draft, by=t.clerk(draft), first_day=date(2027, 2, 3), last_day=None)
    plan(draft)
    WorkdayOverride.objects.create(day=date(2027, 2, 9), is_workday=False, source="示例")
    (warning,) = [one for one in conditions(file_of(draft.opening), None) if "放假日" in one.sentence]
    assert (warning.sentence, warning.blocks) == ("有1天的课排在放假日，请核对：2027-02-09（调休）。", False)
