"""A claim read once: what its page and the guards of one move look at, so that neither asks the database twice.
Nothing that changes lines reads it.
"""

from __future__ import annotations

from functools import cached_property

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from eligibility.models import Assistance, Examination
from subsidies.domain.budgets import budget_for
from subsidies.domain.returns import shown_lines
from subsidies.enums import LIVE, LineState, ObjectionOutcome
from subsidies.models import Budget, Objection, Publicity, Subsidy, SubsidyLine
from training.domain.classes.enrolments import KIND
from training.domain.verification.class_file import ClassFile, changes_of
from training.models import Change, TrainingClass

AROUND = (
    "training_class__project",
    "training_class__division",
    "training_class__opening",
    "training_class__completion",
    "payee",
)


class ClaimFile(ClassFile):
    """The lines, publicities, judgements and the budget of one claim beside what is known of its class; each one query,
    asked when it is first needed.
    """

    @cached_property
    def subsidy(self) -> Subsidy:
        """The claim with its class and its payee, which the case page has read along."""
        subsidy: Subsidy = self.application
        if not Subsidy.payee.is_cached(subsidy):
            loaded = Subsidy.objects.select_related(*AROUND).get(pk=subsidy.pk)
            subsidy.training_class, subsidy.payee = loaded.training_class, loaded.payee
        return subsidy

    @cached_property
    def training_class(self) -> TrainingClass:
        return self.subsidy.training_class

    @cached_property
    def lines(self) -> list[SubsidyLine]:
        rows = with_watch(shown_lines(self.subsidy.lines.all()).select_related("enrolment__examination"))
        return list(rows.order_by("enrolment__sequence", "item"))

    @cached_property
    def claimed(self) -> list[SubsidyLine]:
        return [line for line in self.lines if line.state == LineState.CLAIMED]

    @cached_property
    def living(self) -> list[SubsidyLine]:
        return [line for line in self.lines if line.state in LIVE]

    @cached_property
    def watched(self) -> list[Change]:
        """What the nightly watch found of the people still in the claim; mostly nobody has any (R-ELG-8)."""
        return changes_of({line.enrolment_id for line in self.living if line.is_watched})

    @cached_property
    def publicities(self) -> list[Publicity]:
        """The latest first, each with its objections."""
        objections = Objection.objects.select_related("line__enrolment__person", "handled_by__user").order_by("id")
        found = list(self.subsidy.publicities.prefetch_related(Prefetch("objections", objections)).order_by("-round"))
        for publicity in found:
            publicity.subsidy = self.subsidy
        return found

    @cached_property
    def objections(self) -> list[Objection]:
        return [objection for publicity in self.publicities for objection in publicity.objections.all()]

    @property
    def open_objections(self) -> list[Objection]:
        return [objection for objection in self.objections if objection.outcome == ObjectionOutcome.OPEN]

    @cached_property
    def budget(self) -> Budget | None:
        return budget_for(self.subsidy)

    @cached_property
    def examined(self) -> dict[int, list[Examination]]:
        """Every judgement of the people still in the claim, oldest first, by enrolment."""
        found: dict[int, list[Examination]] = {}
        ids = [line.enrolment_id for line in self.living]
        for examination in (
            Examination.objects.filter(subject_kind=KIND, subject_id__in=ids).order_by("id") if ids else ()
        ):
            found.setdefault(examination.subject_id, []).append(examination)
        return found

    @cached_property
    def assistances(self) -> dict[tuple[int, str], Assistance]:
        """What people were asked about those still in the claim, by enrolment and check."""
        rows = Assistance.objects.filter(subject_kind=KIND, subject_id__in=[line.enrolment_id for line in self.living])
        return {(row.subject_id, row.check_code): row for row in rows.select_related("answered_by__user")}


def with_watch(lines: QuerySet[SubsidyLine]) -> QuerySet[SubsidyLine]:
    """Each line with `is_watched`: whether the nightly watch found something of its trainee, which mostly it did not;
    and the `verdict` of today.
    """
    return lines.annotate(
        is_watched=Exists(Change.objects.filter(enrolment=OuterRef("enrolment"))), verdict=F("enrolment__verdict")
    )
