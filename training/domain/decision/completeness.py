"""What submission of an opening demands: fields, timetable, people (R-OPN-1 … R-OPN-4, R-SEC-4)."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.domain.routing import not_set
from training.domain.classes.drafting import is_for_employees
from training.domain.classes.numbers import plain
from training.domain.verification.class_file import AROUND_CLASS, ClassFile
from training.models import Opening, TrainingClass


def what_is_missing(training_class: TrainingClass) -> list[str]:
    """Everything submission still demands, as sentences; the same list for the draft page and the guard (R-SEC-4)."""
    return missing_in(ClassFile(Opening.objects.select_related(*AROUND_CLASS).get(training_class=training_class)))


def missing_in(file: ClassFile) -> list[str]:
    """The same of a class already in hand."""
    return [*_missing_fields(file), *_missing_lessons(file), *_missing_people(file)]


def _missing_fields(file: ClassFile) -> list[str]:
    training_class = file.training_class
    needed = {
        _("培训机构"): training_class.institution_id,
        _("培训项目"): training_class.project_id,
        _("人员类别"): training_class.category,
        _("资金来源"): training_class.fund_source,
        _("开始日期"): training_class.first_day,
        _("结束日期"): training_class.last_day,
        _("培训场地"): training_class.venue_id,
        _("授课教师"): [teacher for teacher in file.teachers if teacher["is_active"]],
    }
    missing = [_("还没有填写“%(field)s”。") % {"field": name} for name, value in needed.items() if not value]
    if is_for_employees(training_class.category, training_class.first_day) and not training_class.employer_id:
        missing.append(_("企业职工培训须填写用工企业。"))
    unit = getattr(training_class.applicant, "unit", None)
    if unit is None or unit.approved_at is None:
        missing.append(_("本单位的基本信息还没有审核通过，不能申请开班。"))
    project = training_class.project
    if project and training_class.category and training_class.category not in project.categories:
        missing.append(_("项目“%(project)s”不面向这一人员类别，请改选项目或人员类别。") % {"project": project.name})
    return missing


def _missing_lessons(file: ClassFile) -> list[str]:
    """The timetable adds up to the project's hours, within the class's days, at most so many hours a day."""
    training_class, lessons = file.training_class, file.lessons
    project = training_class.project
    if not lessons:
        return [_("还没有排课。")]
    missing, total = [], sum(lesson.hours for lesson in lessons)
    if project and total != project.hours:
        missing.append(
            _("课程表合计 %(total)s 课时，项目要求 %(hours)s 课时。") % {"total": plain(total), "hours": project.hours}
        )
    outside = [lesson for lesson in lessons if not _within(training_class, lesson.day)]
    if outside:
        missing.append(_("%(day)s的课不在开始日期和结束日期之间。") % {"day": outside[0].day.isoformat()})
    most = file.numbers.get("lesson_hours_a_day")
    if most is None:
        return [*missing, not_set("lesson_hours_a_day", training_class.first_day)]
    by_day: dict[date, Any] = {}
    for lesson in lessons:
        by_day[lesson.day] = by_day.get(lesson.day, 0) + lesson.hours
    missing += [
        _("%(day)s排了 %(hours)s 课时，每天最多 %(most)s 课时。")
        % {
            "day": day.isoformat(),
            "hours": plain(by_day[day]),
            "most": plain(most),
        }
        for day in [day for day, hours in by_day.items() if hours > most][:3]
    ]
    for before, after in itertools.pairwise(lessons):
        if before.day == after.day and after.starts < before.ends:
            missing.append(
                _("%(day)s %(time)s的两节课时间重叠。")
                % {
                    "day": after.day.isoformat(),
                    "time": after.starts.strftime("%H:%M"),
                }
            )
    if any(lesson.teacher_id is None for lesson in lessons):
        missing.append(_("有的课还没有安排教师。"))
    if any(lesson.venue_id is None for lesson in lessons):
        missing.append(_("有的课还没有安排场地。"))
    return missing


def _within(training_class: TrainingClass, day: date) -> bool:
    first, last = training_class.first_day, training_class.last_day
    return bool(first and last and first <= day <= last)


def _missing_people(file: ClassFile) -> list[str]:
    training_class, people = file.training_class, file.headcount
    codes = ("class_least_people", "class_most_people")
    if unset := [not_set(code, training_class.first_day) for code in codes if code not in file.numbers]:
        return unset
    least, most = (int(file.numbers[code]) for code in codes)
    if people < max(least, 1):
        return [_("花名册现有 %(people)s 人，至少 %(least)s 人。") % {"people": people, "least": max(least, 1)}]
    missing = []
    if people > most:
        missing.append(_("花名册现有 %(people)s 人，每班最多 %(most)s 人。") % {"people": people, "most": most})
    if training_class.venue and people > training_class.venue.capacity:
        missing.append(
            _("场地“%(venue)s”最多容纳 %(capacity)s 人，花名册有 %(people)s 人。")
            % {
                "venue": training_class.venue.name,
                "capacity": training_class.venue.capacity,
                "people": people,
            }
        )
    return missing
