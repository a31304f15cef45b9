"""What belongs to a claim, and to a class once money is claimed for it, for their lines of time
(casework.domain.history).
"""

from __future__ import annotations

from casework.domain.case_file import CaseFile
from casework.domain.history import Trail
from subsidies.domain.claim_file import ClaimFile
from subsidies.models import Payment, PaymentBatch, Subsidy
from training.domain.classes.enrolments import KIND
from training.domain.trails import around, names_of
from training.models import Completion, Enrolment, Opening, TrainingClass

TOLD_TO_UNITS = (
    "subsidy.line_refused",
    "subsidy.line_restored",
    "objection.filed",
    "objection.answered",
    "publicity.recounted",
    "paymentbatch.freeze",
    "paymentbatch.result",
    "paymentbatch.settle",
    "paymentbatch.corrected",
)


def of_claim(file: ClaimFile) -> Trail:
    """The claim's payments, and everything of its class."""
    subsidy = file.application
    people = Enrolment.objects.filter(training_class=subsidy.training_class_id)
    payments = Payment.objects.filter(subsidy=subsidy.pk)
    return Trail(
        [
            ("trainingclass", [subsidy.training_class_id]),
            ("paymentbatch", payments.values("batch")),
            ("payment", payments.values("pk")),
            ("opening", Opening.objects.filter(training_class=subsidy.training_class_id).values("pk")),
            ("completion", Completion.objects.filter(training_class=subsidy.training_class_id).values("pk")),
            *around(file.training_class),
            (KIND, people.values("pk")),
            ("person", people.values("person")),
        ],
        names_of([line.enrolment for line in file.lines]),
    )


def of_class(training_class: TrainingClass) -> Trail:
    claims = Subsidy.objects.filter(training_class=training_class)
    payments = Payment.objects.filter(subsidy__in=claims)
    return Trail(
        [
            ("subsidy", claims.values("pk")),
            ("paymentbatch", payments.values("batch")),
            ("payment", payments.values("pk")),
        ]
    )


def of_batch(file: CaseFile[PaymentBatch]) -> Trail:
    """The corrected answers of its payments."""
    return Trail([("payment", file.application.payments.values("pk"))])
