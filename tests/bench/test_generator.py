"""A sample of the generated data passes what the portal itself demands of its cases (docs/performance.md)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum

from bench.calendar import calendar
from bench.generator import fill
from bench.indexes import MARKS, lifted
from bench.scales import DAY, SCALES, TINY
from casework.domain.flow import flow_of, flows
from casework.domain.inbox import _barred, case_url, standing_of
from casework.domain.workdays import due_on
from casework.enums import ENDED, State
from casework.models import Application, Attachment, Step, WorkItem
from eligibility.domain.examine import results_of
from eligibility.domain.people import number_hash
from eligibility.engine.judgement import verdict_of
from eligibility.models import Examination, Person
from kit.ids import check_bank_card, check_phone, parse_citizen_number
from kit.workdays import Calendar
from reports.domain.figures import FIGURES, Asked
from reports.domain.periods import Period
from reports.enums import Span
from reports.models import Tally, Touched
from subsidies.domain.amounts import standard_for
from subsidies.domain.publicity import snapshot_digest
from subsidies.enums import LIVE, LineState
from subsidies.models import Budget, Payment, Publicity, Subsidy, SubsidyLine
from training.domain.classes.bookings import conflicts, overlaps
from training.domain.decision.completeness import what_is_missing
from training.domain.decision.conditions import papers_needed
from training.enums import PUBLIC_STAGES, Result, Stage
from training.models import Completion, Enrolment, Lesson, Opening, TrainingClass

SAMPLE = 40


pytestmark = pytest.mark.usefixtures("tiny")


def sample(rows: QuerySet, most: int = SAMPLE) -> list:
    """About so many rows, spread evenly over all of them."""
    rows = list(rows.order_by("pk"))
    return rows[:: max(1, len(rows) // most)]


def applications() -> list[Application]:
    return [one for flow in flows().values() for one in sample(flow.model.objects.all(), 12)]


def test_constraints_and_indexes_are_back_as_the_migrations_made_them():
    def schema() -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
                " WHERE contype IN ('f', 'u', 'p') UNION ALL SELECT tablename, indexname, indexdef, true FROM"
                " pg_indexes WHERE schemaname = 'public' UNION ALL SELECT tgrelid::regclass::text, tgname,"
                " pg_get_triggerdef(oid), tgenabled = 'O' FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2, 3"
            )
            return cursor.fetchall()

    before = schema()
    with lifted(connection):
        assert len(schema()) < len(before) - 50
    assert schema() == before
    assert all(valid for *_what, valid in before)


def test_there_are_as_many_enrolments_as_the_scale_says():
    assert Enrolment.objects.count() == TINY.enrolments


def test_people_have_numbers_and_telephones_that_can_be():
    for person in sample(Person.objects.all()):
        read = parse_citizen_number(person.number, DAY)
        assert (read.birth_date, read.sex, read.number[:3], read.number[-4:]) == (
            person.birth_date,
            person.sex,
            person.head,
            person.tail,
        )
        assert person.number_hash == number_hash(person.number)
        assert person.letters == sorted(set(person.name))
    for enrolment in sample(Enrolment.objects.filter(bank_account__isnull=False)):
        assert check_phone(enrolment.phone) == enrolment.phone
        assert check_bank_card(enrolment.bank_account) == enrolment.bank_account


def test_the_story_of_every_application_follows_its_flow_table():
    for application in applications():
        flow = flow_of(application)
        steps = list(Step.objects.filter(kind=flow.kind, object_id=application.pk).order_by("id"))
        assert [step.version for step in steps] == list(range(len(steps))) == list(range(application.version))
        assert all(before.to_state == after.from_state and before.at <= after.at for before, after in pairwise(steps))
        for step in steps:
            move = flow.move(step.move)
            assert move is not None
            assert step.from_state in move.sources
            assert (step.decides, step.needs_reason) == (move.decides, move.reason)
            assert bool(step.reviewer_id) == move.decides
        assert application.state == (steps[-1].to_state if steps else State.DRAFT)
        assert application.decided_at == (steps[-1].at if application.state in ENDED else None)


def test_first_and_second_review_are_different_people():
    reviewers = Counter(Step.objects.filter(decides=True).values_list("kind", "object_id", "round", "reviewer"))
    assert max(reviewers.values()) == 1


def test_the_cover_sheets_say_what_the_applications_say():
    assert WorkItem.objects.count() == sum(flow.model.objects.count() for flow in flows().values())
    for application in applications():
        flow = flow_of(application)
        item, cover = WorkItem.objects.get(kind=flow.kind, object_id=application.pk), flow.cover(application)
        assert (item.title, item.url, item.people, item.exceptions) == (
            cover.title,
            case_url(application),
            cover.people,
            cover.exceptions,
        )
        assert (item.amount or 0) == (cover.amount or 0)
        assert (item.number, item.state, item.desk_id, item.need, item.due_on, item.category) == (
            application.number,
            application.state,
            application.desk_id,
            application.need,
            application.due_on,
            application.category,
        )
        assert item.standing == standing_of(application.state)
        assert item.letters == sorted(set(cover.title))
        assert item.barred == _barred(application, flow)


def test_deadlines_are_counted_in_working_days():
    waiting = [one for one in applications() if one.state == State.IN_REVIEW]
    assert waiting
    for application in waiting:
        since = Step.objects.filter(kind=flow_of(application).kind, object_id=application.pk).latest("id").at
        assert application.due_on == due_on((since + timedelta(hours=8)).date(), 5)


def test_what_was_submitted_lacks_nothing():
    submitted = Opening.objects.exclude(state__in=[State.DRAFT, State.RETURNED]).select_related(
        "training_class__project", "training_class__venue"
    )
    for opening in sample(submitted):
        training_class = opening.training_class
        assert what_is_missing(training_class) == []
        assert all(papers(opening) & set(any_of) for any_of in papers_needed(training_class))
        assert opening.submitted_at.date() < training_class.first_day


def papers(opening: Opening) -> set[str]:
    return set(Attachment.objects.filter(kind="opening", object_id=opening.pk).values_list("slot", flat=True))


def test_no_teacher_and_no_room_is_in_two_places_at_once():
    for training_class in sample(TrainingClass.objects.exclude(stage=Stage.DRAFT)):
        assert conflicts(training_class) == []


def test_nobody_left_in_a_decided_class_sits_in_two_lessons_at_once():
    decided = TrainingClass.objects.filter(stage__in=PUBLIC_STAGES)
    assert [overlap.sentence for training_class in decided for overlap in overlaps(training_class)] == []


def test_lessons_lie_on_working_days_and_add_up_to_the_project():
    for training_class in sample(TrainingClass.objects.select_related("project")):
        lessons = list(training_class.lessons.all())
        assert sum(lesson.hours for lesson in lessons) == training_class.project.hours
        assert (lessons[0].day, lessons[-1].day) == (training_class.first_day, training_class.last_day)
    assert all(
        Calendar().is_workday(lesson.day) for lesson in sample(Lesson.objects.filter(day__lte=date(2026, 12, 31)))
    )


def test_hours_attended_are_those_on_the_sheets():
    for training_class in sample(
        TrainingClass.objects.filter(stage__in=[Stage.IN_TRAINING, Stage.COMPLETED, Stage.PAID]), 8
    ):
        held = [
            (lesson.hours, lesson.sheet.marks)
            for lesson in training_class.lessons.filter(day__lte=DAY).select_related("sheet")
        ]
        for enrolment in training_class.enrolments.filter(struck_out_at__isnull=True):
            assert enrolment.attended_hours == sum(
                hours for hours, marks in held if marks[str(enrolment.pk)] == "present"
            )


def test_nobody_passes_who_was_absent_too_often():
    for enrolment in sample(Enrolment.objects.filter(result=Result.PASS).select_related("training_class__project")):
        assert enrolment.attended_hours >= enrolment.training_class.project.hours * Decimal("0.8")


def test_started_covers_passed_and_passed_covers_certified():
    living = Q(enrolments__struck_out_at__isnull=True)
    for row in TrainingClass.objects.values("pk").annotate(
        started=Count("enrolments", living),
        passed=Count("enrolments", living & Q(enrolments__result=Result.PASS)),
        certified=Count("enrolments", Q(enrolments__certificate_verified=True)),
    ):
        assert row["certified"] <= row["passed"] <= row["started"]
    assert not Enrolment.objects.exclude(result="").exclude(training_class__completion__isnull=False).exists()


def test_verdicts_are_those_of_the_judgements_kept():
    for enrolment in sample(
        Enrolment.objects.filter(examination__isnull=False).select_related("examination", "training_class")
    ):
        examination = enrolment.examination
        assert (examination.subject_id, examination.person_id) == (enrolment.pk, enrolment.person_id)
        assert enrolment.verdict == examination.verdict == verdict_of(results_of(examination))
        assert examination.category == enrolment.training_class.category
    latest = dict(Examination.objects.order_by("id").values_list("subject_id", "id"))
    assert latest == dict(Enrolment.objects.filter(examination__isnull=False).values_list("pk", "examination"))


def test_about_three_in_a_hundred_are_out_of_order():
    dirty = Enrolment.objects.filter(~Q(strike_reason="") | Q(verdict__in=["ineligible", "needs_verification"])).count()
    assert 5 <= dirty <= TINY.enrolments * 0.06


def test_lines_add_up_to_their_claims_and_cost_what_the_standard_says():
    for subsidy in Subsidy.objects.all():
        live = subsidy.lines.filter(state__in=LIVE).aggregate(sum=Sum("amount"))["sum"] or 0
        assert subsidy.amount == live
        assert subsidy.lines.count() == subsidy.training_class.enrolments.filter(struck_out_at__isnull=True).count()
    for line in sample(
        SubsidyLine.objects.filter(state__in=LIVE).select_related("subsidy__training_class__project", "standard")
    ):
        assert line.standard == standard_for(line.subsidy.training_class)
        assert line.amount == line.standard.amount == Decimal(line.basis["standard_amount"])


def test_budgets_hold_what_was_approved_and_batches_what_is_paid():
    for budget in Budget.objects.exclude(committed=0):
        assert budget.committed == budget.claims.aggregate(sum=Sum("amount"))["sum"]
    assert Subsidy.objects.filter(state=State.APPROVED).exists()
    assert not Subsidy.objects.filter(state=State.APPROVED, budget__isnull=True).exists()
    for payment in Payment.objects.all():
        assert (
            payment.amount
            == payment.lines.aggregate(sum=Sum("amount"))["sum"]
            == payment.parts.aggregate(sum=Sum("line__amount"))["sum"]
        )
    batches = Payment.objects.values("batch").annotate(sum=Sum("amount"), whole=F("batch__amount"))
    assert all(batch["sum"] == batch["whole"] for batch in batches)
    paid = SubsidyLine.objects.filter(state=LineState.PAID).aggregate(sum=Sum("amount"))["sum"]
    approved = Subsidy.objects.filter(state=State.APPROVED).aggregate(sum=Sum("amount"))["sum"]
    assert 0 < paid <= approved


def test_a_publicity_shows_who_is_to_be_paid_under_its_digest():
    for publicity in Publicity.objects.select_related("subsidy"):
        assert publicity.digest == snapshot_digest(publicity.snapshot)
        assert len(publicity.snapshot["rows"]) == publicity.subsidy.lines.exclude(state=LineState.REFUSED).count()
        assert publicity.ends == due_on(publicity.begins, publicity.working_days)


def test_months_add_up_to_the_year():
    for code in ("started", "passed", "subsidised"):
        figure, place = FIGURES[code], TrainingClass.objects.first().division
        for year in (2024, 2025):
            months = [figure.asked(Asked(place, Period(year, month)), Span.MONTH).count() for month in range(1, 13)]
            assert sum(months) == figure.asked(Asked(place, Period(year, 12)), Span.YEAR).count()


def test_what_is_tallied_is_what_the_rows_say():
    assert Touched.objects.count() == 0
    assert [code for code, figure in FIGURES.items() if not figure.rows().exists()] == ["sent_back"], (
        "no bank of the data takes money back"
    )
    for code, figure in FIGURES.items():
        rows = figure.rows()
        assert total(Tally.objects.filter(figure=code), "count") == rows.count()
        if figure.money:
            assert total(Tally.objects.filter(figure=code), "fen") == total(rows, figure.money) * 100


def total(rows: QuerySet, column: str) -> Decimal | int:
    """The sum of a column, of no rows 0."""
    return rows.aggregate(sum=Sum(column))["sum"] or 0


def test_the_measured_desks_have_work():
    assert (
        WorkItem.objects.filter(standing="todo", division="150102", need="first_review_opening").count()
        >= TINY.held_at_banner
    )
    assert (
        WorkItem.objects.filter(standing="todo", desk__division="150100", need="file_opening").count()
        == TINY.held_at_league
    )
    assert WorkItem.objects.filter(standing="todo", desk__division="150000").count() >= TINY.held_at_region


def test_the_year_has_its_busy_months():
    months = Counter(
        day.month for day, share in zip(calendar().days[calendar().first - 1 :], calendar().shares, strict=False)
    )
    assert months[11] > 0
    begun = Counter(TrainingClass.objects.values_list("first_day__month", flat=True))
    assert begun[11] + begun[12] > begun[1] + begun[2]


def test_completions_were_decided_after_the_last_lesson():
    assert not Completion.objects.filter(submitted_at__date__lte=F("training_class__last_day")).exists()


def test_the_same_seed_gives_the_same_data():
    def fingerprint() -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.number, c.name, c.first_day, c.stage, md5(string_agg(concat_ws(':', e.sequence, p.name,"
                " p.tail, p.birth_date, e.verdict, e.result, e.attended_hours), ',' ORDER BY e.sequence)) FROM"
                " training_trainingclass c JOIN training_enrolment e ON e.training_class_id = c.id JOIN"
                " eligibility_person p ON p.id = e.person_id GROUP BY c.id ORDER BY c.id"
            )
            return cursor.fetchall()

    first = fingerprint()
    with connection.cursor() as cursor, transaction.atomic():
        empty(cursor)
        fill(TINY)
        again = fingerprint()
        transaction.set_rollback(True)
    assert first == again


def empty(cursor) -> None:
    """Nothing but the reference rows, as after the migrations; the triggers that rest while a region is loaded rest
    here too.
    """
    cursor.execute(MARKS)
    for table, name in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    for guarded in ("accounts_event", "casework_step"):
        cursor.execute(f"ALTER TABLE {guarded} DISABLE TRIGGER refuse_truncate")
    kept = {
        "accounts_division",
        "casework_parameter",
        "casework_routestep",
        "casework_reason",
        "training_occupation",
        "training_assessment",
    }
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~"
        " '^(accounts|casework|eligibility|training|subsidies|reports)_'"
    )
    tables = [name for (name,) in cursor.fetchall() if name not in kept]
    cursor.execute(f"TRUNCATE {', '.join(tables)}, auth_group CASCADE")


def test_the_scales_are_those_of_the_design():
    assert {name: scale.enrolments for name, scale in SCALES.items()} == {
        "small": 20_000,
        "league": 200_000,
        "region": 2_000_000,
    }
    assert (SCALES["region"].units, round(SCALES["region"].classes, -2)) == (2_000, 60_100)
