"""The timetable: planned from days of the week, edited lesson by lesson (R-OPN-1)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes, values_of
from accounts.enums import Role
from accounts.models import Membership
from casework.domain.routing import parameter
from casework.domain.workdays import calendar
from kit.refusals import NotAllowed, NotValid
from training.domain.classes.drafting import locked_for_editing
from training.domain.classes.numbers import plain
from training.models import Lesson, Teacher, TrainingClass, Unit, Venue

LESSON_MINUTES = 45
OF_LESSON = ("day", "starts", "ends", "hours", "content", "teacher", "venue")
LONGEST = timedelta(days=730)


@dataclass(frozen=True)
class Slot:
    """When a day's teaching begins and how many lesson hours 课时 it lasts."""

    starts: time
    hours: Decimal

    @property
    def ends(self) -> time:
        return ends_after(self.starts, self.hours)


def ends_after(starts: time, hours: Decimal) -> time:
    """The end of so many lesson hours of 45 minutes; NotValid when that is past midnight."""
    begin = datetime.combine(date.min, starts)
    end = begin + timedelta(minutes=float(hours) * LESSON_MINUTES)
    if end.date() != begin.date():
        raise NotValid(_("这一节课要上到午夜以后，请调整开始时间或课时。"))
    return end.time()


def generate_timetable(
    training_class: TrainingClass,
    *,
    weekdays: Iterable[int],
    slots: Sequence[Slot],
    by: Membership,
    teacher: Teacher | None = None,
    venue: Venue | None = None,
    content: str = "",
) -> int:
    """Lessons from the first day on these days of the week (0 = Monday), public holidays left out, until the project's
    hours are full.

    The timetable there was is replaced, the last day follows the last lesson. Gives the number of lessons.
    """
    days, slots = set(weekdays), sorted(slots, key=lambda slot: slot.starts)
    with transaction.atomic():
        _open_for(training_class, by)
        training_class = TrainingClass.objects.select_related("project", "division", "venue").get(pk=training_class.pk)
        _refuse_plan(training_class, days, slots)
        _refuse_others_things(training_class, teacher, venue)
        lessons = _planned(training_class, days, slots)
        for lesson in lessons:
            lesson.teacher, lesson.venue = teacher, venue or training_class.venue
            lesson.content = content or training_class.project.name
        training_class.lessons.all().delete()
        Lesson.objects.bulk_create(lessons)
        TrainingClass.objects.filter(pk=training_class.pk).update(last_day=lessons[-1].day)
        record(
            "timetable.generated", by=by, on=training_class, lessons=len(lessons), last_day=lessons[-1].day.isoformat()
        )
    return len(lessons)


def _open_for(training_class: TrainingClass, by: Membership) -> None:
    if by.role != Role.OPERATOR or by.organisation_id != training_class.applicant_id:
        raise NotAllowed(_("只有申请单位的经办人可以排课。"))
    locked_for_editing(training_class)


def _refuse_plan(training_class: TrainingClass, days: set[int], slots: Sequence[Slot]) -> None:
    if not training_class.project or not training_class.first_day:
        raise NotValid(_("请先选择培训项目并填写开始日期，再生成课程表。"))
    if not days or not slots:
        raise NotValid(_("请至少选择一个上课日和一个时段。"))
    if any(slot.hours <= 0 for slot in slots):
        raise NotValid(_("每个时段的课时须大于零。"))
    for before, after in itertools.pairwise(slots):
        if after.starts < before.ends:
            raise NotValid(
                _("时段 %(a)s 和 %(b)s 重叠，请调整。") % {"a": f"{before.starts:%H:%M}", "b": f"{after.starts:%H:%M}"}
            )
    most = parameter("lesson_hours_a_day", division=training_class.division, day=training_class.first_day)
    if (total := sum(slot.hours for slot in slots)) > most:
        raise NotValid(
            _("每天排了 %(total)s 课时，最多 %(most)s 课时。") % {"total": plain(total), "most": plain(most)}
        )


def _refuse_others_things(training_class: TrainingClass, teacher: Teacher | None, venue: Venue | None) -> None:
    """Teachers and rooms are those of the institution or the employer of this class."""
    owners = [training_class.institution_id, training_class.employer_id]
    units = set(Unit.objects.filter(organisation__in=[owner for owner in owners if owner]).values_list("pk", flat=True))
    if any(thing and thing.unit_id not in units for thing in (teacher, venue)):
        raise NotValid(_("教师和场地须是本班培训机构或企业登记的。"))


def _planned(training_class: TrainingClass, days: set[int], slots: Sequence[Slot]) -> list[Lesson]:
    """The last lesson is cut so that the sum is exactly the project's hours."""
    left, day, lessons, days_off = Decimal(training_class.project.hours), training_class.first_day, [], calendar()
    while left > 0:
        if day - training_class.first_day > LONGEST:
            raise NotValid(
                _("按这个安排两年也上不完 %(hours)s 课时，请增加上课日或课时。")
                % {"hours": training_class.project.hours}
            )
        if day.weekday() in days and not days_off.day_off(day):
            for slot in slots:
                hours = min(slot.hours, left)
                if hours > 0:
                    lessons.append(
                        Lesson(
                            training_class=training_class,
                            day=day,
                            starts=slot.starts,
                            ends=ends_after(slot.starts, hours),
                            hours=hours,
                        )
                    )
                    left -= hours
        day += timedelta(days=1)
    return lessons


def save_lesson(lesson: Lesson, *, by: Membership) -> Lesson:
    """Add or change one lesson of a draft; hours of 45 minutes must fit between start and end."""
    with transaction.atomic():
        _open_for(lesson.training_class, by)
        _refuse_others_things(lesson.training_class, lesson.teacher, lesson.venue)
        minutes = (
            datetime.combine(date.min, lesson.ends) - datetime.combine(date.min, lesson.starts)
        ).total_seconds() / 60
        if minutes <= 0:
            raise NotValid(_("结束时间须晚于开始时间。"))
        if float(lesson.hours) * LESSON_MINUTES > minutes:
            raise NotValid(
                _("%(hours)s 课时至少要 %(need)s 分钟，这里只有 %(minutes)s 分钟。")
                % {
                    "hours": plain(lesson.hours),
                    "need": plain(lesson.hours * LESSON_MINUTES),
                    "minutes": f"{minutes:g}",
                }
            )
        same = Lesson.objects.filter(
            training_class=lesson.training_class, day=lesson.day, starts__lt=lesson.ends, ends__gt=lesson.starts
        )
        if same.exclude(pk=lesson.pk).exists():
            raise NotValid(_("本班这一天的这个时间已经有课。"))
        former = Lesson.objects.select_related("teacher", "venue").filter(pk=lesson.pk).first()
        lesson.save()
        record(
            "lesson.saved",
            by=by,
            on=lesson.training_class,
            day=lesson.day.isoformat(),
            starts=f"{lesson.starts:%H:%M}",
            hours=str(lesson.hours),
            changed=changes(values_of(former, OF_LESSON), values_of(lesson, OF_LESSON)) if former else {},
        )
    return lesson


def remove_lesson(lesson: Lesson, *, by: Membership) -> None:
    with transaction.atomic():
        _open_for(lesson.training_class, by)
        record(
            "lesson.removed",
            by=by,
            on=lesson.training_class,
            day=lesson.day.isoformat(),
            starts=f"{lesson.starts:%H:%M}",
        )
        lesson.delete()
