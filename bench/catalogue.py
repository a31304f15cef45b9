"""What is taught and what it is worth: projects, standards, listings, and which class may be
offered by whom to whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from bench.offices import SINCE
from eligibility.rules.table import table_on
from subsidies.domain.amounts import standard_for
from subsidies.models import Standard
from training.domain.decision.conditions import papers_needed
from training.enums import CertificateKind, OccupationStatus, TrainingType
from training.models import Assessment, Listing, Occupation, Project, TrainingClass

SOURCE = "示例：性能测量"
ASSESSED_SINCE = date(2020, 7, 2)
FILED = ("6-29-01-01", "6-29-01-03", "6-29-01-04")  # 岗位技能提升 in these is filed with the league (R-OPN-6)
HOURS = (40, 56, 80, 96, 120)
STARTUPS = {
    TrainingType.SIYB_GYB: 40,
    TrainingType.SIYB_SYB: 80,
    TrainingType.SIYB_IYB: 80,
    TrainingType.SIYB_EYB: 80,
    TrainingType.ONLINE_STARTUP: 56,
    TrainingType.STARTUP_PRACTICE: 80,
    TrainingType.STARTUP_LEADER: 40,
}
WORTH = {5: 1000, 4: 1500, 3: 2000}
EMPLOYEES = "employees"
DAY = date(2021, 1, 4)


@dataclass(frozen=True)
class Offer:
    """A project for a category: one row of what classes are drawn from."""

    project: Project
    category: str
    employees: bool
    filing: bool
    standard: Standard
    papers: tuple[str, ...]


def open_catalogue() -> list[Offer]:
    """Projects, standards and listings; gives what may be taught to whom, in a fixed order."""
    former = Assessment.objects.filter(occupation__in=FILED, until=None).exclude(since=ASSESSED_SINCE)
    followed = list(former.values_list("occupation", flat=True))
    former.update(until=ASSESSED_SINCE)
    Assessment.objects.bulk_create(
        Assessment(occupation_id=code, status=OccupationStatus.NATIONAL_STANDARD, since=ASSESSED_SINCE, source=SOURCE)
        for code in followed
    )
    categories = table_on(DAY).categories
    employees = [category.code for category in categories if category.section == EMPLOYEES]
    others = [category.code for category in categories if category.section != EMPLOYEES]
    projects = Project.objects.bulk_create([*skills(employees, others), *startups(others)])
    Standard.objects.bulk_create(
        [
            Standard(level=level, amount=Decimal(yuan), since=SINCE, source=SOURCE, is_example=True)
            for level, yuan in WORTH.items()
        ]
        + [
            Standard(training_type=kind, amount=Decimal(1200), since=SINCE, source=SOURCE, is_example=True)
            for kind in STARTUPS
        ]
    )
    listed = Organisation.objects.exclude(kind__in=[OrganisationKind.HR_OFFICE, OrganisationKind.FINANCE])
    Listing.objects.bulk_create(
        Listing(organisation=unit, since=SINCE, source=SOURCE, is_example=True) for unit in listed
    )
    return list(offers(projects))


def skills(employees: list[str], others: list[str]) -> Iterator[Project]:
    """Every occupation at two levels, in turn for the unemployed and for employees."""
    for place, occupation in enumerate(Occupation.objects.order_by("pk")):
        for level in (5, 4) if place % 2 else (4, 3):
            on_the_job = place % 2 == 0
            yield Project(
                code=f"X{occupation.pk}-{level}",
                name=f"{occupation.name}（{level}级）",
                occupation=occupation,
                level=level,
                training_type=TrainingType.ON_THE_JOB if on_the_job else TrainingType.EMPLOYMENT_SKILLS,
                hours=HOURS[(place + level) % len(HOURS)],
                certificate_kind=certificate(place),
                certificate_required=True,
                categories=employees if on_the_job else others,
                since=SINCE,
                source=SOURCE,
                is_example=True,
            )


def certificate(place: int) -> str:
    kinds = (
        CertificateKind.SKILL_LEVEL,
        CertificateKind.SKILL_LEVEL,
        CertificateKind.SPECIAL_ABILITY,
        CertificateKind.QUALIFICATION,
        CertificateKind.SPECIAL_OPERATION,
    )
    return kinds[place % len(kinds)]


def startups(others: list[str]) -> Iterator[Project]:
    for kind, hours in STARTUPS.items():
        yield Project(
            code=f"C-{kind}",
            name=str(TrainingType(kind).label),
            training_type=kind,
            hours=hours,
            certificate_required=False,
            certificate_kind=CertificateKind.COMPLETION,
            categories=others,
            since=SINCE,
            source=SOURCE,
            is_example=True,
        )


def offers(projects: list[Project]) -> Iterator[Offer]:
    """Each project for each of its categories, worth what the standard of the portal says, with the papers an opening
    needs.
    """
    table, papers = table_on(DAY), {}
    for project in projects:
        standard = standard_for(TrainingClass(project=project, first_day=DAY))
        if standard is None:
            raise LookupError(f"{project.code} has no standard")
        for category in project.categories:
            employees = table.category(category).section == EMPLOYEES
            filing = category == "emp_upskill" and project.occupation_id in FILED
            if (category, filing) not in papers:
                papers[category, filing] = papers_of(project, category, employees)
            yield Offer(project, category, employees, filing, standard, papers[category, filing])


def papers_of(project: Project, category: str, employees: bool) -> tuple[str, ...]:
    """The papers the portal would ask for; employees' classes are applied for by the enterprise itself."""
    sample = TrainingClass(project=project, category=category, first_day=DAY, last_day=DAY)
    if employees:
        sample.applicant = sample.employer = Organisation(kind=OrganisationKind.ENTERPRISE, pk=0)
    return tuple(any_of[0] for any_of in papers_needed(sample))
