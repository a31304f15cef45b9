"""What belongs to a claim, and to a class once money is claimed for it, for their lines of time (casework.domain.history)."""

from __future__ import annotations

from casework.domain.history import Trail
from subsidies.domain.sheet import sheet_of
from subsidies.models import Payment, Subsidy
from training.domain.cases import KIND
from training.domain.trails import names_of
from training.models import Completion, Enrolment, Opening, TrainingClass

TOLD_TO_UNITS = (
    "subsidy.line_refused", "subsidy.line_restored", "objection.filed", "objection.answered", "publicity.recounted",
    "paymentbatch.freeze", "paymentbatch.result", "paymentbatch.settle",
)  # fmt: skip


def of_claim(subsidy: Subsidy) -> Trail:
    """The claim's payments, and everything of its class."""
    people = Enrolment.objects.filter(training_class=subsidy.training_class_id)
    return Trail([
        ("trainingclass", [subsidy.training_class_id]), ("paymentbatch", Payment.objects.filter(subsidy=subsidy.pk).values("batch")),
        ("opening", Opening.objects.filter(training_class=subsidy.training_class_id).values("pk")),
        ("completion", Completion.objects.filter(training_class=subsidy.training_class_id).values("pk")),
        (KIND, people.values("pk")), ("person", people.values("person")),
    ], names_of([line.enrolment for line in sheet_of(subsidy).lines]))


def of_class(training_class: TrainingClass) -> Trail:
    claims = Subsidy.objects.filter(training_class=training_class)
    return Trail([("subsidy", claims.values("pk")), ("paymentbatch", Payment.objects.filter(subsidy__in=claims).values("batch"))])
