"""Load the demo's offices, units, people and classes; does nothing when they are there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Membership, User
from demo.moves import work_off
from demo.offices import open_offices
from demo.people import Someone, crowd, employee, insured, job_seeker, shareholder
from demo.registries import registries
from demo.units import Taught, open_another_unit, open_catalogue, open_units
from demo.walk import Story, at, walk, workday_after
from eligibility.domain.letters import issue
from eligibility.models import Assistance
from training.enums import FundSource
from training.models import Enrolment, TrainingClass


class Command(BaseCommand):
    help = "Loads the demo data into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username="school").exists():
            self.stdout.write("demo data are there already")
            return
        current_app.loader.import_default_modules()
        today = timezone.localdate()
        with registries() as known:
            with at(workday_after(today, -90), 9):
                memberships = open_offices()
                open_catalogue([today.year - 1, today.year, today.year + 1])
                taught = open_units(memberships, known)
            for place, story in enumerate(sorted(stories(today, memberships, taught), key=lambda s: s.first_day)):
                story.desk = place
                walk(story, known)
            open_another_unit(memberships)
            ask_departments(memberships)
            work_off()
        self.stdout.write(f"{TrainingClass.objects.count()} classes, {Enrolment.objects.count()} trainees")


def ask_departments(memberships: dict[str, Membership]) -> None:
    """The office has asked the federation of the disabled, which has an account of its own, about the people who say
    they are.
    """
    questions = list(Assistance.objects.filter(asked_of="残联").select_related("person", "division").order_by("id"))
    if questions:
        issue(questions, by=memberships["officer1"])


def stories(today: date, memberships: dict[str, Membership], taught: dict[str, Taught]) -> list[Story]:
    """A class in every state, in three places, for two categories; one in publicity whose days are over."""
    people = crowd()
    long_ago = today - timedelta(days=700)
    school, works = taught["school"], taught["works"]
    here = {"first": memberships["officer1"], "second": memberships["officer2"], "finance": memberships["finance"]}
    uscc = works.unit.organisation.uscc or ""

    def seekers(n: int) -> list[Someone]:
        return [job_seeker(next(people), long_ago) for _ in range(n)]

    def staff(n: int) -> list[Someone]:
        return [employee(next(people), long_ago, uscc) for _ in range(n)]

    def of(teacher: Taught, hands: dict[str, Membership], project: str, days: int, n: int, until: str, **more: Any):
        day, fund = workday_after(today, days), FundSource.EMPLOYMENT
        return Story(teacher, project, "laid_off_unemployed", fund, day, seekers(n), until, **hands, **more)

    def plain(until: str, days: int, n: int = 8, project: str = "ZSPR-5", **more: Any) -> Story:
        return of(school, here, project, days, n, until, **more)

    def own(project: str, category: str, days: int, n: int, until: str, **more: Any) -> Story:
        """A class of the enterprise for its own staff, taught by the school."""
        day, fund = workday_after(today, days), FundSource.UPSKILLING
        return Story(works, project, category, fund, day, staff(n), until, **here, institution=school, **more)

    asked = Story(
        school, "YLHL-5", "disabled", FundSource.EMPLOYMENT, workday_after(today, 26), seekers(3), "in_review", **here
    )
    mixed = plain("in_review", 6, 6, project="YLHL-5")
    mixed.people += [insured(next(people), long_ago, uscc), shareholder(next(people), long_ago, uscc)]
    at_works = own("DG-4", "emp_upskill", -50, 10, "paid", weak={10})
    waiting = own("DG-4", "emp_upskill", 9, 5, "in_review")
    risky = own("QZJX-5", "emp_high_risk", 12, 5, "in_review")
    baotou = {"first": memberships["officer3"], "second": memberships["officer4"], "finance": memberships["finance2"]}
    manzhouli = {
        "first": memberships["officer5"],
        "second": memberships["officer6"],
        "finance": memberships["finance3"],
    }
    elsewhere = [
        of(taught["school2"], baotou, "YLHL-5", -45, 7, "paid"),
        of(taught["school2"], baotou, "ZSPR-5", 8, 6, "in_review"),
        of(taught["school3"], manzhouli, "MGB-0", -40, 6, "paid"),
    ]
    return [
        plain("paid", -60, 12, weak={12}),
        at_works,
        *elsewhere,
        plain("concluding", -32),
        plain("publicity", -14, project="YLHL-5"),
        plain("payable", -26, 7, project="MGB-0"),
        plain("second_review", -20, project="MGB-0"),
        plain("claim", -11, project="MGB-0", weak={3}),
        plain("completed", -8, 5, project="MGB-0"),
        plain("completion", -6, 6, project="MGB-0"),
        plain("in_training", -2, 9),
        plain("approved", 3, 5, project="MGB-0"),
        mixed,
        asked,
        waiting,
        risky,
        plain("in_review", 10, 4, project="MGB-0"),
        plain("returned", 14, 3),
        plain("refused", 16, 3),
        plain("draft", 20, 2),
    ]
