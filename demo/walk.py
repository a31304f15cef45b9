"""The demo's classes: each is walked through the same moves as in life, on the days it would have happened, and left
where it is told.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from reportlab.pdfgen.canvas import Canvas

from accounts.models import Membership
from casework.domain.files import attach, particulars_of
from casework.domain.flow import file_of
from demo.moves import move
from demo.people import Someone
from demo.registries import Registries
from demo.units import Taught
from kit.workdays import Calendar
from subsidies.domain.bank import read_result
from subsidies.domain.claims import draw_up
from subsidies.domain.payments import draw_up_batch, take_result
from subsidies.models import Subsidy
from training.domain.classes.drafting import create_class
from training.domain.classes.stages import begin_classes
from training.domain.classes.timetable import Slot, generate_timetable
from training.domain.decision.completions import Row, open_completion, save_results
from training.domain.decision.conditions import document_slots
from training.domain.decision.issuing import is_issued_here
from training.domain.roster.attendance import record_sheet
from training.domain.roster.enrolling import add_trainee
from training.enums import Mark, Result
from training.models import Completion, Enrolment, Project, TrainingClass

ZONE = ZoneInfo("Asia/Shanghai")
STAGES = [
    "draft",
    "returned",
    "in_review",
    "refused",
    "approved",
    "in_training",
    "results",
    "completion",
    "completed",
    "claim",
    "second_review",
    "publicity",
    "concluding",
    "payable",
    "batch",
    "paid",
]
LICENCE = {"issuer": "示范应急管理局", "number": "示范证字0001号", "trade": "危险化学品"}


@dataclass
class Story:
    """One class: who teaches whom, when it begins, how far it has come."""

    taught: Taught
    project: str
    category: str
    fund: str
    first_day: date
    people: list[Someone]
    until: str
    first: Membership
    second: Membership
    finance: Membership
    institution: Taught | None = None
    weak: set[int] = field(default_factory=set)
    desk: int = 0
    number: int = 0

    def goes_on(self, stage: str) -> bool:
        return STAGES.index(self.until) >= STAGES.index(stage)


def at(day: date, hour: int = 10) -> time_machine.travel:
    """The clock on a day at an hour of Inner Mongolia."""
    return time_machine.travel(datetime.combine(day, time(hour, 7), ZONE), tick=True)


def workday_after(day: date, days: int = 1) -> date:
    return Calendar().add(day, days).day


def paper(title: str) -> SimpleUploadedFile:
    """A one-page PDF to attach."""
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawString(72, 760, f"Demo document: {title}")
    canvas.save()
    return SimpleUploadedFile(f"{title}.pdf", page.getvalue(), content_type="application/pdf")


def walk(story: Story, known: Registries) -> TrainingClass:
    """Walk a class as far as its story goes."""
    known.know(someone.entry() for someone in story.people)
    submitted = _open(story)
    if submitted and story.goes_on("approved"):
        decided = workday_after(submitted)
        with at(decided, 14):
            move(_class(story).opening, "approve", by=story.first, reason="材料齐全，人员比对符合")
    training_class = _class(story)
    if story.goes_on("in_training"):
        with at(story.first_day, 8):
            begin_classes(story.first_day)
        _teach(story, training_class)
    if story.goes_on("results"):
        _complete(story, training_class, known)
    if story.goes_on("claim"):
        _claim(story, training_class)
    return training_class


def _class(story: Story) -> TrainingClass:
    return TrainingClass.objects.get(pk=story.number)


def _open(story: Story) -> date | None:
    day = min(
        workday_after(story.first_day, -8), workday_after(timezone.localdate(), -2)
    )  # nothing is done in days to come
    teaching = story.institution or story.taught
    operator = story.taught.operator
    teacher, venue = teaching.teachers[story.desk % 3], teaching.venues[story.desk % 3]
    with at(day, 9):
        training_class = create_class(
            by=operator,
            project=Project.objects.get(code=story.project),
            category=story.category,
            fund_source=story.fund,
            first_day=story.first_day,
            planned_people=len(story.people),
            venue=venue,
            fee=Decimal("0.00"),
            teachers=[teacher],
            **({"institution": teaching.unit.organisation} if teaching is not story.taught else {}),
        )
        story.number = training_class.pk
        generate_timetable(
            training_class,
            weekdays=range(5),
            slots=[Slot(time(8, 30), Decimal(4)), Slot(time(14, 0), Decimal(4))],
            by=operator,
            teacher=teacher,
            venue=venue,
        )
        for someone in story.people:
            add_trainee(training_class, someone.cells(), by=operator)
        training_class.refresh_from_db()
        opening = training_class.opening
        for slot, label, required in document_slots(file_of(opening)):
            if required or slot == "promise":
                said = LICENCE if particulars_of(slot) else {}
                attach(
                    "opening",
                    opening.pk,
                    slot,
                    paper(label),
                    by=operator,
                    valid_to=date(2035, 1, 1) if said else None,
                    particulars=said,
                )
        if story.until == "draft":
            return None
        move(opening, "submit", by=operator)
    if story.until in ("returned", "refused"):
        with at(workday_after(day), 15):
            opening.refresh_from_db()
            verdict = "return" if story.until == "returned" else "refuse"
            move(
                opening,
                verdict,
                by=story.first,
                reason="课程安排与项目课时不符，请核对" if verdict == "return" else "人员类别与比对结果不符",
            )
        return None
    return day


def _teach(story: Story, training_class: TrainingClass) -> None:
    """Attendance lesson by lesson up to today; the weak ones stay away from time to time."""
    operator = (story.institution or story.taught).operator
    people = list(Enrolment.objects.filter(training_class=training_class).order_by("sequence"))
    for place, lesson in enumerate(training_class.lessons.select_related("training_class")):
        if lesson.day >= timezone.localdate():
            break
        marks = {e.pk: Mark.ABSENT if e.sequence in story.weak and place % 3 == 0 else Mark.PRESENT for e in people}
        with at(lesson.day, 20):
            record_sheet(lesson, marks, by=operator)


def _complete(story: Story, training_class: TrainingClass, known: Registries) -> None:
    training_class.refresh_from_db()
    operator, done = story.taught.operator, workday_after(training_class.last_day)
    project = training_class.project
    with at(done, 9):
        completion = open_completion(training_class, by=operator)
        rows = {}
        for enrolment in Enrolment.objects.filter(training_class=training_class).select_related("person"):
            passed = enrolment.sequence not in story.weak
            named = passed and not is_issued_here(training_class)
            number = f"S{training_class.number}-{enrolment.sequence:03d}"
            rows[enrolment.pk] = Row(
                Decimal(82) if passed else Decimal(41),
                Decimal(88) if passed else Decimal(50),
                Result.PASS if passed else Result.FAIL,
                *((project.certificate_kind, number, done) if named else ("", "", None)),
            )
            if named:
                known.certify(
                    enrolment.person.number,
                    {
                        "type": "certificate",
                        "number": number,
                        "kind": project.certificate_kind,
                        "occupation": project.occupation_id,
                        "level": project.level,
                        "issued_on": done.isoformat(),
                        "issuer": "示范评价机构",
                    },
                )
        save_results(completion, rows, by=operator)
        for slot, label in (("score_sheet", "考核成绩单"), ("other", "考勤表")):
            attach("completion", completion.pk, slot, paper(label), by=operator)
        if story.goes_on("completion"):
            move(completion, "submit", by=operator)
    if story.goes_on("completed"):
        with at(workday_after(done), 15):
            completion = Completion.objects.get(pk=completion.pk)
            move(completion, "approve", by=story.second)


def _claim(story: Story, training_class: TrainingClass) -> None:
    operator = story.taught.operator
    days = _days(workday_after(training_class.last_day, 4))
    with at(next(days), 9):
        training_class = TrainingClass.objects.get(pk=training_class.pk)
        subsidy = draw_up(training_class, by=operator)
        move(subsidy, "submit", by=operator)
    if story.goes_on("second_review"):
        with at(next(days), 15):
            move(_again(subsidy), "approve", by=story.first)
    if story.goes_on("publicity"):
        with at(next(days), 16):
            move(_again(subsidy), "approve", by=story.second)
    if story.goes_on("concluding"):
        over = _again(subsidy).publicity.ends + timedelta(days=1)
        with at(over, 6):
            move(_again(subsidy), "publicity_over", by=None)
        if story.goes_on("payable"):
            days = _days(over)
            with at(next(days), 11):
                move(_again(subsidy), "conclude", by=story.second)
    if story.goes_on("batch"):
        with at(next(days), 10):
            batch = draw_up_batch([_again(subsidy)], by=story.finance)
            move(batch, "freeze", by=story.finance)
        if story.goes_on("paid"):
            with at(next(days), 10):
                answers = [
                    (
                        row,
                        {
                            "业务编号": payment.reference,
                            "金额（元）": f"{payment.amount:.2f}",
                            "结果": "成功",
                            "到账日期": timezone.localdate().isoformat(),
                            "银行流水号": f"ABC{payment.pk:09d}",
                        },
                    )
                    for row, payment in enumerate(batch.payments.select_related("batch"), start=2)
                ]
                take_result(batch, read_result(batch, answers), by=story.finance)
                batch.refresh_from_db()
                move(batch, "settle", by=story.finance)


def _again(subsidy: Subsidy) -> Subsidy:
    return Subsidy.objects.select_related("training_class").get(pk=subsidy.pk)


def _days(start: date) -> Iterator[date]:
    day = start
    while True:
        yield day
        day = workday_after(day)
