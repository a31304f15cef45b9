"""A class on its way: approved units, a project in the catalogue, a timetable, people the registries know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.enums import Act, OrganisationKind
from accounts.models import Membership, Organisation
from casework.domain.moves import take
from casework.models import Application, Attachment, Job
from eligibility.models import Person
from tests import factories
from tests.factories import eligibility as people
from tests.factories import training as make
from training.domain.classes.drafting import create_class
from training.domain.decision.completions import open_completion
from training.domain.roster.attendance import record_sheet
from training.enums import FundSource, OccupationStatus, Stage
from training.models import (
    Enrolment,
    Lesson,
    Listing,
    Occupation,
    Opening,
    Project,
    Teacher,
    TrainingClass,
    Unit,
    Venue,
)
from training.tasks.checks import check_certificate, check_completion, check_roster, check_unit

TASKS = {task.name: task for task in (check_roster, check_completion, check_certificate, check_unit)}
SINCE = date(2020, 7, 1)
HOURS = 8


def unit_on_file(organisation: Organisation) -> Unit:
    """An approved unit with a teacher and a room."""
    kind = "training_body" if organisation.kind == OrganisationKind.INSTITUTION else "legal_person"
    unit = Unit.objects.create(
        organisation=organisation,
        entity_type=kind,
        legal_representative="法人",
        contact="联系人",
        phone="13904710001",
        address="新城区1号",
        established_on=date(2010, 1, 1),
        licence_number="示例许可证",
        facilities="教室两间",
        approved_at=timezone.now(),
    )
    make.account(unit, "6222020200112233445")
    Teacher.objects.create(unit=unit, name="教师")
    Venue.objects.create(unit=unit, name="一号教室", address="新城区1号", capacity=60)
    return unit


def project(category: str, **fields: object) -> Project:
    """A project of the catalogue with a certificate."""
    occupation = Occupation.objects.order_by("code").first()
    values = {
        "code": f"P{Project.objects.count() + 1:03d}",
        "name": "育婴员",
        "occupation": occupation,
        "level": 5,
        "hours": HOURS,
        "training_type": "employment_skills",
        "certificate_kind": "skill_level",
        "categories": [category],
        "since": SINCE,
        "source": "示例",
    }
    return Project.objects.create(**values | fields)


@dataclass
class Walk:
    """One class with everyone around it."""

    training_class: TrainingClass
    applicant: Membership
    officer: Membership
    people: list[Person]
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def opening(self) -> Opening:
        return Opening.objects.get(training_class=self.training_class)

    @property
    def enrolments(self) -> list[Enrolment]:
        return list(self.training_class.enrolments.order_by("sequence"))

    def submit(self) -> Opening:
        take(self.opening, "submit", by=self.applicant)
        return self.opening

    def check(self) -> Job:
        """Run the newest check job of the opening, as a worker would."""
        return run_newest(self.opening)

    def to_officer(self) -> Opening:
        self.submit()
        self.check()
        return self.opening

    def reload(self) -> TrainingClass:
        return TrainingClass.objects.get(pk=self.training_class.pk)


def newest_job(application: Application) -> Job:
    return Job.objects.filter(kind=application._meta.model_name, object_id=application.pk).latest("pk")


def run_newest(application: Application) -> Job:
    job = newest_job(application)
    TASKS[job.task](job.pk)
    job.refresh_from_db()
    return job


def roster(training_class: TrainingClass, names: list[str]) -> list[Person]:
    found = [people.person(name) for name in names]
    Enrolment.objects.bulk_create(
        Enrolment(training_class=training_class, person=person, sequence=place, phone="13904710001")
        for place, person in enumerate(found, start=1)
    )
    return found


def lessons(training_class: TrainingClass) -> None:
    """Two lessons of four hours on the first and the last day."""
    venue, teacher = training_class.venue, training_class.teachers.first()
    for day in (training_class.first_day, training_class.last_day):
        Lesson.objects.create(
            training_class=training_class,
            day=day,
            starts=time(9),
            ends=time(12),
            hours=Decimal(4),
            content="实操",
            teacher=teacher,
            venue=venue,
        )


def laid_off_class(
    names: list[str] | None = None,
    *,
    first: date | None = None,
    acts: tuple[str, ...] | None = None,
    **of_project: object,
) -> Walk:
    """A class of a school for people out of work, complete but for being submitted; `of_project` are fields of its
    project.
    """
    school = factories.unit(kind=OrganisationKind.INSTITUTION, name="示范培训学校")
    unit = unit_on_file(school)
    Listing.objects.create(organisation=school, since=SINCE, source="示例")
    clerk = factories.operator(school)
    officer = factories.officer(**({"acts": acts} if acts else {}))
    first = first or timezone.localdate() + timedelta(days=7)
    training_class = create_class(
        by=clerk,
        name="育婴员一班",
        project=project("laid_off_unemployed", **of_project),
        category="laid_off_unemployed",
        fund_source=FundSource.EMPLOYMENT,
        first_day=first,
        last_day=first + timedelta(days=1),
        venue=unit.venues.get(),
        teachers=[unit.teachers.get()],
    )
    lessons(training_class)
    return Walk(training_class, clerk, officer, roster(training_class, names or ["乌云", "巴特尔", "其其格"]))


def upskill_class(*, status: str = OccupationStatus.NATIONAL_STANDARD, level: int = 4) -> Walk:
    """A class an enterprise holds for its own workers; with a national standard only, it needs a league filing
    (R-OPN-6).
    """
    works = factories.unit(kind=OrganisationKind.ENTERPRISE, name="示范机械厂")
    unit = unit_on_file(works)
    Listing.objects.create(organisation=works, since=SINCE, source="示例")
    clerk, officer = factories.operator(works), factories.officer()
    league = factories.officer("150100", acts=(Act.FILE_OPENING,))
    occupation = Occupation.objects.order_by("code").last()
    make.assessed(occupation, status)
    first = timezone.localdate() + timedelta(days=7)
    training_class = create_class(
        by=clerk,
        name="车工提升班",
        institution=works,
        category="emp_upskill",
        fund_source=FundSource.UPSKILLING,
        project=project("emp_upskill", occupation=occupation, level=level, training_type="on_the_job"),
        first_day=first,
        last_day=first + timedelta(days=1),
        venue=unit.venues.get(),
        teachers=[unit.teachers.get()],
    )
    lessons(training_class)
    walk = Walk(
        training_class, clerk, officer, roster(training_class, ["工人甲", "工人乙"]), {"league": league, "works": works}
    )
    for slot in ("truth_promise", "training_plan"):
        attach(walk.opening, slot, clerk)
    return walk


PDF = b"%PDF-1.4"


def attach(application: Application, slot: str, by: Membership, valid_to: date | None = None) -> Attachment:
    return Attachment.objects.create(
        kind=application._meta.model_name,
        object_id=application.pk,
        slot=slot,
        name=f"{slot}.pdf",
        media_type="application/pdf",
        file=ContentFile(PDF, name="x"),
        size=len(PDF),
        sha256=sha256(PDF).hexdigest(),
        by=by,
        valid_to=valid_to,
    )


def in_training(walk: Walk) -> TrainingClass:
    """The same class as if it had been approved and had run: its days lie in the past (set where only the calendar
    could).
    """
    first = timezone.localdate() - timedelta(days=3)
    for index, lesson in enumerate(walk.training_class.lessons.order_by("day")):
        Lesson.objects.filter(pk=lesson.pk).update(day=first + timedelta(days=index))
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(
        first_day=first,
        last_day=first + timedelta(days=1),
        stage=Stage.IN_TRAINING,
        number=f"150102-2026-{walk.training_class.pk:06d}",
    )
    walk.training_class.refresh_from_db()
    return walk.training_class


def held(registries: Any, **of_project: object) -> Walk:
    """A class of three, held to its last lesson with everybody there; its completion is drafted."""
    walk = laid_off_class(**of_project)
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    in_training(walk)
    for lesson in walk.reload().lessons.all():
        record_sheet(lesson, {e.pk: "present" for e in walk.enrolments}, by=walk.applicant)
    walk.extra["completion"] = open_completion(walk.reload(), by=walk.applicant)
    return walk
