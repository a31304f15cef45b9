"""Nothing is booked twice: the database holds the timetable, people are held when a class is agreed to (R-OPN-1)."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from casework.domain.moves import take
from casework.enums import State
from kit.ids import citizen_number_from
from kit.refusals import NotNow, Refused
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training import migrations
from training.domain.classes.bookings import conflicts
from training.domain.decision.strikes import strike_out
from training.domain.units.upkeep import save_teacher
from training.enums import Stage
from training.models import Enrolment, Lesson, Opening, Teacher, TrainingClass, Venue

NUMBER = citizen_number_from("150102", date(1970, 5, 5), 7)


def twin(walk, *names: str, applicant=None, **fields) -> walks.Walk:
    """A draft class of the same school with the same project, room, teacher and hours."""
    by, model = applicant or walk.applicant, walk.training_class
    venue, teachers = model.venue, list(model.teachers.all())
    values = {name: getattr(model, name) for name in ("project", "category", "fund_source", "first_day", "last_day")}
    made = walks.create_class(by=by, name="同时的班", **values | {"venue": venue, "teachers": teachers} | fields)
    walks.lessons(made)
    return walks.Walk(made, by, walk.officer, walks.roster(made, list(names or ("苏和",))))


def put_forward(walk) -> None:
    """Past every guard, as a hand in the database would."""
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(
        stage=Stage.OPENING, number=f"示例-{walk.training_class.pk}"
    )


def held(training_class) -> set[tuple[bool, bool]]:
    return {(one.held_teacher is not None, one.held_venue is not None) for one in training_class.lessons.all()}


@pytest.fixture
def walk(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    return walk


# ── teachers and rooms
# ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_submission_books_teacher_and_room_and_what_ends_it_releases_them(walk):
    assert held(walk.training_class) == {(False, False)}
    walk.submit()
    assert held(walk.training_class) == {(True, True)}
    take(walk.opening, "withdraw", by=walk.applicant)
    assert held(walk.training_class) == {(False, False)}
    for ending in ("return", "refuse"):
        walk.to_officer()
        assert held(walk.training_class) == {(True, True)}
        take(walk.opening, ending, by=walk.officer, reason="示例")
        assert held(walk.training_class) == {(False, False)}


@pytest.mark.django_db
def test_a_class_in_training_keeps_its_teacher_and_a_stopped_one_lets_them_go(walk):
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    TrainingClass.objects.update(stage=Stage.COMPLETED)
    assert held(walk.training_class) == {(True, True)}
    TrainingClass.objects.update(stage=Stage.STOPPED)
    assert held(walk.training_class) == {(False, False)}


@pytest.mark.django_db
@pytest.mark.parametrize(("other", "says"), [("teacher", "场地“一号教室”"), ("venue", "教师教师")])
def test_a_second_class_with_the_same_teacher_or_the_same_room_is_not_submitted(walk, other, says):
    """The other of the two is free."""
    walk.submit()
    second = twin(walk)
    free = {
        "teacher": Teacher(unit=walk.training_class.venue.unit, name="另一教师"),
        "venue": Venue(unit=walk.training_class.venue.unit, name="二号教室", address="—", capacity=60),
    }[other]
    free.save()
    second.training_class.lessons.update(**{other: free})
    with pytest.raises(NotNow) as refused:
        second.submit()
    assert [says in one and walk.reload().number in one for one in refused.value.sentences] == [True, True]
    assert (second.opening.state, held(second.training_class)) == (State.DRAFT, {(False, False)})


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["held_teacher", "held_venue"])
def test_the_database_itself_refuses_a_second_booking(walk, column):
    walk.submit()
    second = twin(walk)
    if column == "held_venue":
        second.training_class.lessons.update(teacher=None)
    with pytest.raises(IntegrityError, match=f"lesson_{column.removeprefix('held_')}_once"), transaction.atomic():
        put_forward(second)


@pytest.mark.django_db
def test_lessons_that_only_touch_are_both_booked(walk):
    walk.submit()
    second = twin(walk)
    second.training_class.lessons.update(starts=time(12), ends=time(15))
    second.submit()
    assert held(second.training_class) == {(True, True)}


@pytest.mark.django_db
def test_a_lesson_without_teacher_clashes_with_nobody(walk):
    """A row repaired by hand, say: submission would ask for a teacher."""
    walk.submit()
    Lesson.objects.update(teacher=None, venue=None)
    second = twin(walk)
    second.training_class.lessons.update(teacher=None, venue=None)
    put_forward(second)
    assert held(second.training_class) == {(False, False)}


@pytest.mark.django_db
def test_one_person_on_file_with_two_units_is_one_teacher(walk):
    """The lesson books the person behind the citizen number, not the row; and to the other unit the class stays
    unnamed.
    """
    mine = walk.training_class.teachers.get()
    mine.number = NUMBER
    save_teacher(mine, by=walk.applicant)
    walk.submit()
    other = walks.laid_off_class(["苏和"], first=walk.training_class.first_day)
    theirs = other.training_class.teachers.get()
    assert conflicts(other.training_class) == []
    theirs.number = NUMBER
    save_teacher(theirs, by=other.applicant)
    with pytest.raises(NotNow) as refused:
        other.submit()
    day = walk.training_class.first_day
    assert refused.value.sentences[0] == f"教师教师 {day} 09:00–12:00：该时段已被其他班次占用。"
    assert walk.reload().number not in " ".join(refused.value.sentences)
    told = [clash.sentence_for(walk.officer) for clash in conflicts(other.training_class)]
    assert walk.reload().number in told[0]


@pytest.mark.django_db
def test_a_number_filed_later_moves_the_bookings_and_is_refused_where_the_person_is_booked_twice(walk):
    mine = walk.training_class.teachers.get()
    other = walks.laid_off_class(["苏和"], first=walk.training_class.first_day)
    theirs = other.training_class.teachers.get()
    walk.submit()
    other.submit()
    mine.number = theirs.number = NUMBER
    save_teacher(mine, by=walk.applicant)
    assert {one.held_teacher for one in walk.training_class.lessons.all()} == {
        Teacher.objects.get(pk=mine.pk).person_key
    }
    with pytest.raises(Refused, match="同一时间已排在其他班次"):
        save_teacher(theirs, by=other.applicant)
    theirs.refresh_from_db()
    assert (theirs.number, theirs.person_key) == (None, None)


@pytest.mark.django_db
def test_of_lessons_that_stood_double_before_the_older_class_keeps_its_booking_and_the_other_shows_red(
    walk, registries
):
    """The rows as they could be before there was a constraint: the migration does not fail, and does not choose by
    chance.
    """
    second = twin(walk)
    third = twin(walk, "查干")
    third.training_class.lessons.update(starts=time(14), ends=time(17))
    registries.load([people.job_seeker(person) for other in (second, third) for person in other.people])
    bookings = import_module(
        next(f"training.migrations.{path.stem}" for path in Path(migrations.__file__).parent.glob("*_bookings.py"))
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(bookings.HOLD_BACK)
        for other in (third, walk, second):
            put_forward(other)
        cursor.execute(bookings.FILL)
        cursor.execute(bookings.HOLD)
    assert [held(other.training_class) for other in (walk, second, third)] == [
        {(True, True)},
        {(False, False)},
        {(True, True)},
    ]
    assert len(conflicts(second.training_class)) == 4
    assert conflicts(walk.training_class) == conflicts(third.training_class) == []


@pytest.mark.django_db
def test_an_approval_holds_what_the_older_class_has_let_go(walk):
    walk.to_officer()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE training_lesson DISABLE TRIGGER hold")
        cursor.execute("UPDATE training_lesson SET held_teacher = NULL, held_venue = NULL")
        cursor.execute("ALTER TABLE training_lesson ENABLE TRIGGER hold")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert held(walk.training_class) == {(False, False)}
    take(walk.opening, "approve", by=walk.officer)
    assert held(walk.training_class) == {(True, True)}


# ── people
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def beside(walk, *, pupil):
    """Another school's class at the same hours with one of the same people."""
    other = walks.laid_off_class(["苏和"], first=walk.training_class.first_day)
    Enrolment.objects.create(training_class=other.training_class, person=pupil, sequence=9)
    return other


@pytest.mark.django_db
def test_a_school_does_not_shut_another_out_by_submitting_first(walk, registries):
    """Until somebody agrees it is a dispute: both are told, neither is named to the other, and no officer agrees to
    either.
    """
    walk.to_officer()
    other = beside(walk, pupil=walk.people[0])
    registries.load([people.job_seeker(person) for person in other.people])
    other.to_officer()
    assert other.opening.state == State.IN_REVIEW
    day = walk.training_class.first_day
    for one, against in ((walk, other), (other, walk)):
        with pytest.raises(NotNow) as refused:
            take(one.opening, "approve", by=walk.officer)
        assert refused.value.sentences == [
            (
                f"乌云 {day} 09:00 同时报在班次 {against.reload().number}（开班审批中）上课，"
                "请与该班的审核部门商定在哪一班，另一班剔除此人。"
            )
        ]


@pytest.mark.django_db
def test_units_are_told_of_a_dispute_without_the_others_class(walk, client):
    walk.submit()
    other = beside(walk, pupil=walk.people[0])
    client.force_login(other.applicant.user)
    page = client.get(reverse("case", args=["opening", other.opening.pk])).content.decode()
    assert f"乌云 {walk.training_class.first_day} 09:00 同时报在其他班次上课，由审核部门确定在哪一班。" in page
    assert walk.reload().number not in page
    timetable = client.get(reverse("class_timetable", args=[other.training_class.pk])).content.decode()
    assert "同时报在其他班次上课" in timetable
    assert walk.reload().number not in timetable


@pytest.mark.django_db
def test_who_is_in_an_approved_class_is_in_no_other_at_the_same_hours(walk):
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    other = beside(walk, pupil=walk.people[0])
    with pytest.raises(NotNow) as refused:
        other.submit()
    assert refused.value.sentences == [f"乌云 {walk.training_class.first_day} 09:00 同时在其他班次上课。"]


@pytest.mark.django_db
def test_striking_the_person_out_of_one_settles_the_dispute_for_the_other(walk, registries):
    walk.to_officer()
    other = beside(walk, pupil=walk.people[0])
    registries.load([people.job_seeker(person) for person in other.people])
    other.to_officer()
    strike_out(walk.enrolments[0], "已在其他班次参加培训", by=walk.officer)
    take(other.opening, "approve", by=walk.officer)
    take(walk.opening, "approve", by=walk.officer)
    assert (walk.opening.state, other.opening.state) == (State.APPROVED, State.APPROVED)


# ── at once
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

at_the_same_time = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Start all acts together, each in a connection of its own; what each gave, or the exception it ended with."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            barrier.wait(timeout=60)
            results[place] = acts[place]()
        except Exception as problem:  # noqa: BLE001 - handed to the test
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def double_bookings() -> int:
    """Pairs of lessons of two classes in force with one teacher or one room at one time, counted by the plain
    definition.
    """
    rows = [
        one
        for one in Lesson.objects.select_related("training_class")
        if one.training_class.stage not in (Stage.DRAFT, Stage.REFUSED, Stage.STOPPED)
    ]
    return sum(
        a.pk < b.pk
        and a.day == b.day
        and a.starts < b.ends
        and b.starts < a.ends
        and (a.teacher_id == b.teacher_id or a.venue_id == b.venue_id)
        for a in rows
        for b in rows
    )


@at_the_same_time
def test_fifty_submissions_at_once_book_nothing_twice(registries):
    """Fifty classes on five days; every other one with its lessons in the other order: no deadlock, one class a day."""
    first = walks.laid_off_class(["学员0"])
    classes = [first, *(twin(first, f"学员{n}") for n in range(1, 50))]
    for n, one in enumerate(classes):
        begins = first.training_class.first_day + timedelta(days=2 * (n % 5))
        days = [begins, begins + timedelta(days=1)]
        TrainingClass.objects.filter(pk=one.training_class.pk).update(first_day=begins, last_day=days[1])
        lessons = list(one.training_class.lessons.order_by("pk" if n % 2 else "-pk"))
        Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons]).update(starts=time(1), ends=time(4))
        for lesson, day in zip(lessons, days, strict=True):
            Lesson.objects.filter(pk=lesson.pk).update(day=day, starts=time(9), ends=time(12))

    def submit(one):
        return lambda: take(Opening.objects.get(training_class=one.training_class), "submit", by=one.applicant)

    results = at_once([submit(one) for one in classes])
    refused = [one for one in results if isinstance(one, NotNow)]
    assert [one for one in results if isinstance(one, Exception) and not isinstance(one, NotNow)] == []
    assert Counter(Opening.objects.values_list("state", flat=True)) == {State.CHECKING: 5, State.DRAFT: 45}
    assert all("已排在班次" in sentence or "已排给班次" in sentence for one in refused for sentence in one.sentences)
    assert double_bookings() == 0


@at_the_same_time
def test_two_tabs_that_submit_twins_at_once_submit_one(registries):
    for turn in range(5):
        first = walks.laid_off_class([f"学员{turn}"])
        second = twin(first, f"别人{turn}")
        results = at_once([lambda one=one: one.submit() for one in (first, second)])
        assert sorted(type(one).__name__ for one in results) == ["NotNow", "Opening"]
        assert {first.opening.state, second.opening.state} == {State.CHECKING, State.DRAFT}


@at_the_same_time
def test_a_person_is_not_agreed_into_two_classes_at_once(registries, monkeypatch):
    """Both officers have looked at the page and see nothing red; the lock on the person lets one of them through."""
    one = walks.laid_off_class(["乌云", "巴特尔"])
    other = beside(one, pupil=one.people[0])
    registries.load([people.job_seeker(person) for walk in (one, other) for person in walk.people])
    for walk in (one, other):
        walk.to_officer()
    monkeypatch.setattr("training.domain.decision.openings.in_the_way", lambda opening, membership: [])
    second = factories.officer("150102")
    results = at_once(
        [lambda: take(one.opening, "approve", by=one.officer), lambda: take(other.opening, "approve", by=second)]
    )
    assert sorted(type(found).__name__ for found in results) == ["NotNow", "Step"]
    assert sorted([one.opening.state, other.opening.state]) == [State.APPROVED, State.IN_REVIEW]
