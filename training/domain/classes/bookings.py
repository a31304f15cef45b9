"""Teachers, rooms and people in two places at once: found, told, and kept from happening (R-OPN-1, R-RISK-1).

Teachers and rooms are held from submission on, by the database: triggers keep `Lesson.held_teacher` and
`Lesson.held_venue` in step with the class's stage, and exclusion constraints refuse a second lesson at the time. A
person is held when a class is agreed to, so that no school shuts another out by submitting first; until then two
classes at the same hours are a dispute that the offices settle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import ExclusionViolation

from accounts.models import Membership
from eligibility.models import Person
from kit.fast.prepared import prepared_sql
from kit.refusals import NotNow
from training.enums import IDLE, Stage
from training.models import Enrolment, TrainingClass


@dataclass(frozen=True)
class Other:
    """The class on the other side; a unit learns the number of its own classes only, an office of any.

    `under_one_name`: of a person who is in both, both have entered the record's name.
    """

    number: str
    stage: str
    owners: tuple[int | None, ...]
    under_one_name: bool = True

    def is_named_to(self, membership: Membership | None) -> bool:
        return membership is not None and (not membership.is_unit or membership.organisation_id in self.owners)

    def is_shown_to(self, membership: Membership | None) -> bool:
        """Whether the reader learns that there is such a class at all: a unit only where name and number agree
        (R-SEC-1).
        """
        return self.under_one_name or self.is_named_to(membership)


@dataclass(frozen=True)
class Clash:
    """Two bookings of one teacher or room: `kind` is teacher or venue."""

    kind: str
    name: str
    lesson_id: int
    day: date
    starts: time
    ends: time
    other_starts: time
    other_ends: time
    other: Other

    def sentence_for(self, membership: Membership | None) -> str:
        words = {
            "name": self.name,
            "day": self.day.isoformat(),
            "time": f"{self.starts:%H:%M}–{self.ends:%H:%M}",
            "number": self.other.number,
            "other": f"{self.other_starts:%H:%M}–{self.other_ends:%H:%M}",
        }
        if self.other.is_named_to(membership):
            if self.kind == "teacher":
                return _("教师%(name)s %(day)s %(time)s 已排在班次 %(number)s（%(other)s）。") % words
            return _("场地“%(name)s” %(day)s %(time)s 已排给班次 %(number)s（%(other)s）。") % words
        if self.kind == "teacher":
            return _("教师%(name)s %(day)s %(time)s：该时段已被其他班次占用。") % words
        return _("场地“%(name)s” %(day)s %(time)s：该时段已被其他班次占用。") % words


@dataclass(frozen=True)
class Overlap:
    """A trainee of this class with a lesson in another class at the same time: a dispute until that
    one was agreed to.
    """

    enrolment_id: int
    name: str
    day: date
    starts: time
    other: Other

    @property
    def is_disputed(self) -> bool:
        return self.other.stage == Stage.OPENING

    def sentence_for(self, membership: Membership | None) -> str:
        words = {
            "name": self.name,
            "day": self.day.isoformat(),
            "time": f"{self.starts:%H:%M}",
            "number": self.other.number,
            "stage": Stage(self.other.stage).label,
        }
        if self.other.is_named_to(membership):
            if not self.is_disputed:
                return _("%(name)s %(day)s %(time)s 同时在班次 %(number)s 上课。") % words
            if membership and membership.is_unit:
                return (
                    _("%(name)s %(day)s %(time)s 同时报在班次 %(number)s（%(stage)s）上课，由审核部门确定在哪一班。")
                    % words
                )
            return (
                _(
                    "%(name)s %(day)s %(time)s 同时报在班次 %(number)s（%(stage)s）上课，请与该班的审核部门商定在哪一班，另一班剔除此人。"
                )
                % words
            )
        if self.is_disputed:
            return _("%(name)s %(day)s %(time)s 同时报在其他班次上课，由审核部门确定在哪一班。") % words
        return _("%(name)s %(day)s %(time)s 同时在其他班次上课。") % words


@dataclass(frozen=True)
class Meanwhile:
    """A trainee of this class whose other class runs within the same weeks, at whichever hours."""

    name: str
    until: date
    other: Other

    def sentence_for(self, membership: Membership | None) -> str:
        words = {"name": self.name, "number": self.other.number, "until": self.until.isoformat()}
        if self.other.is_named_to(membership):
            return _("%(name)s同期还在班次%(number)s（至%(until)s）。") % words
        return _("%(name)s同期还在其他班次（至%(until)s）。") % words


# My lessons beside every lesson that holds the same teacher (room) at the same time, by the index of the exclusion
# constraint. A teacher is the person, wherever on file.
_CLASHES = """
    (SELECT '{thing}', t.name, m.id, m.day, m.starts, m.ends, o.starts, o.ends, c.number, c.stage, c.applicant_id,
      c.institution_id, c.employer_id
    FROM training_lesson m
    JOIN training_{thing} t ON t.id = m.{thing}_id
    JOIN training_lesson o ON int8range(o.held_{thing}, o.held_{thing}, '[]') && int8range({key}, {key}, '[]')
        AND tsrange(o.day + o.starts, o.day + o.ends) && tsrange(m.day + m.starts, m.day + m.ends)
        AND o.held_{thing} IS NOT NULL AND o.training_class_id <> m.training_class_id
    JOIN training_trainingclass c ON c.id = o.training_class_id
    WHERE m.training_class_id = %s ORDER BY m.day, m.starts LIMIT 50)
"""
_KEYS = {"teacher": "coalesce(t.person_key, t.id)", "venue": "t.id"}

# The whole roster at once, each under the name this class entered: my people's other classes first (by person), then
# the first lesson of both at the same time, if any.
_ELSEWHERE = """
    SELECT e.id, coalesce(nullif(e.entered_name, ''), p.name), c.id, c.last_day, c.first_day <= k.last_day
      AND c.last_day >= k.first_day, l.day, l.starts,
        c.number, c.stage, e.entered_name = '' AND x.entered_name = '', c.applicant_id, c.institution_id, c.employer_id
    FROM training_enrolment e
    JOIN training_trainingclass k ON k.id = e.training_class_id
    JOIN training_enrolment x ON x.person_id = e.person_id AND x.training_class_id <> e.training_class_id
      AND x.struck_out_at IS NULL
    JOIN training_trainingclass c ON c.id = x.training_class_id AND NOT (c.stage = ANY(%s))
    JOIN eligibility_person p ON p.id = e.person_id
    LEFT JOIN LATERAL (
        SELECT m.day, m.starts FROM training_lesson m
        JOIN training_lesson o ON o.training_class_id = c.id AND o.day = m.day AND o.starts < m.ends
          AND m.starts < o.ends
        WHERE m.training_class_id = k.id ORDER BY m.day, m.starts LIMIT 1
    ) l ON true
    WHERE k.id = %s AND e.struck_out_at IS NULL
    ORDER BY e.sequence, e.id, c.number
"""

_clashes = prepared_sql(
    "clashes", " UNION ALL ".join(_CLASHES.format(thing=thing, key=key) for thing, key in _KEYS.items())
)
_elsewhere = prepared_sql("elsewhere", _ELSEWHERE)


def conflicts(training_class: TrainingClass) -> list[Clash]:
    """Teachers and rooms held elsewhere at the same time, across all classes; one query."""
    return [
        Clash(*(*row[:8], Other(row[8], row[9], row[10:]))) for row in _clashes(training_class.pk, training_class.pk)
    ]


def elsewhere(training_class: TrainingClass) -> tuple[list[Overlap], list[Meanwhile]]:
    """Trainees with a lesson in another class at the same time, and those whose other class runs within the same weeks;
    one query for the whole roster (R-OPN-1; R-RISK-1).
    """
    same_hours, meanwhile = [], []
    for enrolment, name, _pk, until, same_weeks, day, starts, number, stage, one_name, *owners in _elsewhere(
        list(IDLE), training_class.pk
    ):
        other = Other(number, stage, tuple(owners), one_name)
        if day:
            same_hours.append(Overlap(enrolment, name, day, starts, other))
        if same_weeks:
            meanwhile.append(Meanwhile(name, until, other))
    return same_hours, sorted(meanwhile, key=lambda one: (one.other.number, one.name))


def overlaps(training_class: TrainingClass) -> list[Overlap]:
    """Trainees with a lesson in another class at the same time."""
    return elsewhere(training_class)[0]


# ── held
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


# Every row of the same person, and every room, in one order: two submissions wait for each other and never in a circle.
_lock_teachers = prepared_sql(
    "lock teachers",
    """
    WITH used AS (SELECT t.id, t.person_key FROM training_lesson l JOIN training_teacher t
      ON t.id = l.teacher_id WHERE l.training_class_id = %s)
    SELECT id FROM training_teacher WHERE id IN (SELECT id FROM used) OR person_key IN (SELECT person_key
      FROM used) ORDER BY id FOR NO KEY UPDATE
""",
)
_lock_venues = prepared_sql(
    "lock venues",
    """
    SELECT id FROM training_venue WHERE id IN (SELECT venue_id FROM training_lesson
      WHERE training_class_id = %s) ORDER BY id FOR NO KEY UPDATE
""",
)


@contextmanager
def booked_once(training_class: TrainingClass, *, by: Membership | None) -> Iterator[None]:
    """Around what makes a class hold its teachers and rooms: whoever comes second waits, and gets a sentence. Raises
    NotNow.
    """
    _lock_teachers(training_class.pk)
    _lock_venues(training_class.pk)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        if not isinstance(refused.__cause__, ExclusionViolation):
            raise
        told = [clash.sentence_for(by) for clash in conflicts(training_class)]
        raise NotNow(told or [_("教师或场地的时段已被占用，请调整课程表后再提交。")]) from refused


def hold_people(training_class: TrainingClass, *, by: Membership | None) -> None:
    """Nobody is agreed into two classes at the same hours: the people are locked in one order, then asked about once.
    Raises NotNow.
    """
    people = Enrolment.objects.filter(training_class=training_class, struck_out_at__isnull=True).values("person")
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    if double := [overlap.sentence_for(by) for overlap in overlaps(training_class) if not overlap.is_disputed]:
        raise NotNow(double)
