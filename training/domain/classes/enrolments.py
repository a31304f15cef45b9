"""The people of a class: `KIND` is what an enrolment is called as the subject of a judgement."""

from __future__ import annotations

from django.db.models import QuerySet

from training.models import Enrolment, TrainingClass

KIND = "enrolment"


def living(training_class: TrainingClass) -> QuerySet[Enrolment]:
    """Everyone of the class who was not struck out, in the order of the roster."""
    return (
        training_class.enrolments.filter(struck_out_at__isnull=True).select_related("person").order_by("sequence", "id")
    )
