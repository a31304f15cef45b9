"""Completed classes and claims on their way to the bank; everything past the completion goes through the doors people
use.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook

from accounts.domain.audit import record
from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation
from casework.domain.moves import take
from casework.enums import JobState, State
from casework.models import Application, Job, Step
from eligibility.engine.judgement import Judgement, Result
from eligibility.enums import Gate, Verdict
from eligibility.models import Examination, Person
from eligibility.registries.protocol import Answer, BatchOutcome, NoAnswer, Silence, Subject
from subsidies.domain.bank import RESULT_HEADERS
from subsidies.domain.claims import draw_up
from subsidies.domain.payments import draw_up_batch
from subsidies.models import Budget, PaymentBatch, Standard, Subsidy, SubsidyLine
from tests import factories
from tests.factories import eligibility as people
from tests.factories import training
from training.domain.classes.enrolments import KIND
from training.enums import CertificateKind, FundSource, Stage
from training.models import Completion, Enrolment, Opening, Project, TrainingClass

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 16)  # a Monday; the weeks around it have no holiday
FIRST_DAY, LAST_DAY = date(2026, 2, 2), date(2026, 2, 6)
SINCE = date(2020, 7, 1)
AMOUNT = "1200.00"
_numbers = count(1)


def at(day: date, clock: time = time(10)) -> time_machine.travel:
    """The clock of Inner Mongolia at a moment."""
    return time_machine.travel(datetime.combine(day, clock, ZONE), tick=True)


class Registries:
    """What the outside systems answer, in memory: everybody is a job-seeker unless told otherwise."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.silent: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    def know(self, person: Person, registry: str, *records: dict[str, Any]) -> None:
        self.known[registry, person.number] = list(records)

    def gathered(self, questions: Mapping[str, Sequence[Subject]], **options: Any) -> Iterator[list[BatchOutcome]]:
        """In place of `eligibility.registries.ask.gathered`: each batch is a group of its own."""
        for outcome in self.outcomes(questions, **options):
            yield [outcome]

    def outcomes(self, questions: Mapping[str, Sequence[Subject]], **_options: Any) -> Iterator[BatchOutcome]:
        for registry, subjects in questions.items():
            self.asked += [(registry, subject.key) for subject in subjects]
            found = Answer({s: tuple(self._records(registry, s)) for s in subjects})
            result = NoAnswer(Silence.TIMEOUT) if registry in self.silent else found
            yield BatchOutcome(registry, tuple(subjects), result, datetime.now(UTC))

    def _records(self, registry: str, subject: Subject) -> list[dict[str, Any]]:
        seeker = [
            {"type": "person", "name": subject.name, "household": "urban"},
            {"type": "job_seeking", "registered_on": "2020-06-01"},
        ]
        return self.known.get((registry, subject.key), seeker if registry == "employment" else [])


@dataclass
class Case:
    """One class with everyone who handles its money."""

    training_class: TrainingClass
    clerk: Membership
    first: Membership
    second: Membership
    finance: Membership
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def subsidy(self) -> Subsidy:
        """The latest claim of the class."""
        claims = Subsidy.objects.filter(training_class=self.training_class)
        return claims.order_by("sequence").last()  # type: ignore[return-value]

    @property
    def lines(self) -> list[SubsidyLine]:
        return list(self.subsidy.lines.select_related("enrolment__person").order_by("enrolment__sequence"))

    @property
    def stage(self) -> str:
        return TrainingClass.objects.get(pk=self.training_class.pk).stage

    def line(self, sequence: int) -> SubsidyLine:
        return self.subsidy.lines.select_related("enrolment__person").get(enrolment__sequence=sequence)

    def take(self, move: str, by: Membership | None, reason: str = "") -> Subsidy:
        take(self.subsidy, move, by=by, reason=reason)
        return self.subsidy

    def submitted(self) -> Case:
        """Drawn up and handed in; the check has not run."""
        self.extra["drawn_up"] = draw_up(self.training_class, by=self.clerk)
        self.take("submit", self.clerk)
        return self

    def in_review(self) -> Case:
        self.submitted()
        run_jobs(self.subsidy)
        return self

    def published(self) -> Case:
        self.in_review()
        return self.agreed()

    def agreed(self) -> Case:
        """Both reviews."""
        self.take("approve", self.first)
        self.take("approve", self.second)
        return self

    def over(self) -> time_machine.travel:
        """The morning after the publicity's last day."""
        return at(self.subsidy.publicity.ends + timedelta(days=1), time(8))

    def ended(self) -> Case:
        """The publicity is over and everybody was compared once more; call it with the clock there."""
        self.take("publicity_over", None)
        run_jobs(self.subsidy)
        return self

    def approved(self) -> Case:
        """Through everything; leaves the clock where it was."""
        self.published()
        with self.over():
            self.ended()
            self.take("conclude", self.second)
        return self


def run_jobs(application: Application) -> list[Job]:
    """Run the queued jobs of a case, as a worker would."""
    jobs = list(
        Job.objects.filter(kind=application._meta.model_name, object_id=application.pk, state=JobState.QUEUED).order_by(
            "pk"
        )
    )
    current_app.loader.import_default_modules()
    for job in jobs:
        current_app.tasks[job.task](job.pk)
        job.refresh_from_db()
    return jobs


def staff(code: str = "150102") -> tuple[Membership, Membership, Membership]:
    """First reviewer, second reviewer, finance officer of a place; the same three for every class of a test."""
    memberships = list(
        factories.office(code)
        .memberships.filter(role=Role.OFFICER)
        .select_related("user", "organisation__division")
        .order_by("pk")[:2]
    )
    if len(memberships) < 2:
        first = factories.officer(code)
        memberships = [first, factories.member(first.organisation)]
    money = (
        factories.office(code, OrganisationKind.FINANCE)
        .memberships.select_related("user", "organisation__division")
        .order_by("pk")
        .first()
    )
    return memberships[0], memberships[1], money or finance(code)


def finance(code: str = "150102") -> Membership:
    return factories.member(factories.office(code, OrganisationKind.FINANCE), Role.FINANCE)


def project(**fields: Any) -> Project:
    """A project whose certificate is the training's own, so that no registry has to know it."""
    return training.project(**{"certificate_kind": CertificateKind.COMPLETION} | fields)


def completed_class(
    people_count: int = 3,
    *,
    code: str = "150102",
    first_day: date = FIRST_DAY,
    fund: str = FundSource.EMPLOYMENT,
    persons: Sequence[Person] = (),
    school: Organisation | None = None,
    **fields: Any,
) -> Case:
    """A class whose completion is approved and where everybody passed; officers and money of its place beside it."""
    school = school or factories.unit(code)
    clerk = school.memberships.first() or factories.operator(school)
    if not hasattr(school, "unit"):
        training.on_file(school)
    first, second, money = staff(code)
    made = TrainingClass.objects.create(
        number=f"{code}-2026-{next(_numbers):06d}",
        name="育婴员一班",
        applicant=school,
        division=school.division,
        body=first.organisation,
        created_by=clerk,
        stage=Stage.COMPLETED,
        **{
            "institution": school,
            "category": "laid_off_unemployed",
            "fund_source": fund,
            "first_day": first_day,
            "last_day": first_day + timedelta(days=4),
            "project": fields.pop("project", None) or project(),
            **fields,
        },
    )
    _approved(Opening, made, "K", first_day - timedelta(days=3), second)
    _approved(Completion, made, "J", first_day + timedelta(days=7), first)
    for place, person in enumerate(
        persons or [people.person(f"乌云其木格{'甲乙丙丁戊己庚辛'[n % 8]}") for n in range(people_count)], 1
    ):
        enrol(made, person, place)
    return Case(made, clerk, first, second, money)


def _approved(model: type[Application], training_class: TrainingClass, letter: str, day: date, by: Membership) -> None:
    when = datetime.combine(day, time(10), ZONE)
    with transaction.atomic():
        made = model.objects.create(
            number=f"{training_class.number}-{letter}",
            division=training_class.division,
            applicant=training_class.applicant,
            category=training_class.category,
            state=State.APPROVED,
            version=3,
            round=1,
            desk=by.organisation,
            decided_at=when,
            training_class=training_class,
        )
        record(f"{model._meta.model_name}.approve", by=by, on=made, before=State.IN_REVIEW, after=State.APPROVED)
    Step.objects.create(
        kind=model._meta.model_name,
        object_id=made.pk,
        number=made.number,
        round=1,
        version=2,
        move="approve",
        from_state=State.IN_REVIEW,
        to_state=State.APPROVED,
        decides=True,
        by=by,
        reviewer=by.user,
        actor=str(by),
        at=when,
    )


def enrol(training_class: TrainingClass, person: Person, place: int) -> Enrolment:
    """A pass with a certificate the portal issued, eligible at opening and completion."""
    enrolment = Enrolment.objects.create(
        training_class=training_class,
        person=person,
        sequence=place,
        phone="13904710001",
        result="pass",
        attended_hours=40,
        certificate_kind=CertificateKind.COMPLETION,
        certificate_number=f"H{training_class.number}-{place:03d}",
        certificate_on=training_class.last_day,
        certificate_verified=True,
    )
    for gate, day in ((Gate.OPENING, training_class.first_day), (Gate.COMPLETION, training_class.last_day)):
        enrolment.examination = examined(enrolment, gate, day)
    enrolment.verdict = Verdict.ELIGIBLE
    enrolment.save()
    return enrolment


def examined(enrolment: Enrolment, gate: str, day: date) -> Examination:
    """A judgement on record: looking for work, eligible."""
    seeking = Result(
        code="job_seeking_registered",
        label_zh="求职登记",
        label_en="Job-seeking",
        clause="N二(二)1(1)",
        registry="employment",
        outcome="pass",
        sentence_zh="2020-06-01办理了求职登记。",
        sentence_en="Registered.",
    )
    judgement = Judgement(Verdict.ELIGIBLE, (seeking,), (), "2020-07", "laid_off_unemployed", day, day, day)
    return Examination.objects.create(
        person=enrolment.person,
        subject_kind=KIND,
        subject_id=enrolment.pk,
        gate=gate,
        category=judgement.category,
        table=judgement.table_code,
        as_of=day,
        verdict=judgement.verdict,
        results=judgement.to_json(),
        examined_at=datetime.combine(day, time(9), ZONE),
    )


def standard(amount: str = AMOUNT, **fields: Any) -> Standard:
    return Standard.objects.create(
        **{"amount": Decimal(amount), "since": SINCE, "source": "示例标准", "is_example": True} | fields
    )


def budget(
    amount: str = "100000.00", code: str = "150102", fund: str = FundSource.EMPLOYMENT, year: int = TODAY.year
) -> Budget:
    return Budget.objects.create(
        fund_source=fund, division_id=code, year=year, amount=Decimal(amount), source="示例预算"
    )


def approved_claim(people_count: int = 3, **fields: Any) -> Case:
    """A claim that waits for a batch, with a standard and a budget where there is none."""
    if not Standard.objects.exists():
        standard()
    code = fields.get("code", "150102")
    fund = fields.get("fund", FundSource.EMPLOYMENT)
    if not Budget.objects.filter(division=code, fund_source=fund).exists():
        budget(code=code, fund=fund)
    return completed_class(people_count, **fields).approved()


def new_account(case: Case, number: str = "6222020602000099999") -> None:
    """Another account of the claim's payee, in force from now on."""
    training.account(case.subsidy.payee.unit, number)


def frozen_batch(*cases: Case) -> PaymentBatch:
    """A batch of these claims with its bank file out."""
    batch = draw_up_batch([case.subsidy for case in cases], by=cases[0].finance)
    take(batch, "freeze", by=cases[0].finance)
    return batch


def answers(batch: PaymentBatch, word: str = "成功", **cells: Any) -> list[tuple[int, dict[str, Any]]]:
    """The bank's rows for every payment of a batch, as they come out of a workbook."""
    return [
        (
            row,
            {
                "业务编号": payment.reference,
                "金额（元）": f"{payment.amount:.2f}",
                "结果": word,
                "到账日期": timezone.localdate().isoformat() if word == "成功" else None,
                "银行流水号": f"ICBC{payment.pk:08d}" if word == "成功" else None,
                "失败原因": None if word == "成功" else "户名不符",
            }
            | cells,
        )
        for row, payment in enumerate(batch.payments.select_related("batch").order_by("sequence"), start=2)
    ]


def result_file(
    rows: Sequence[tuple[int, Mapping[str, Any]]], heads: Sequence[str] = RESULT_HEADERS
) -> SimpleUploadedFile:
    """The same as the workbook a bank sends."""
    book = Workbook()
    book.active.append(list(heads))
    for _number, cells in rows:
        book.active.append([cells.get(head) for head in heads])
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("回执.xlsx", target.getvalue())
