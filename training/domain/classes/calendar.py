"""What the calendar does to a class: on its first day an approved class is in training."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.domain.audit import record
from training.domain.classes.stages import set_stage
from training.enums import Stage
from training.models import TrainingClass


def begin_classes(today: date) -> int:
    """Approved classes whose first day has come; gives how many. Safe to run twice and side by side."""
    due = TrainingClass.objects.filter(stage=Stage.APPROVED, first_day__lte=today)
    begun = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            training_class = (
                TrainingClass.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=pk, stage=Stage.APPROVED)
                .first()
            )
            if training_class:
                set_stage(training_class, Stage.IN_TRAINING)
                record("class.begun", by=None, on=training_class, first_day=training_class.first_day.isoformat())
                begun += 1
    return begun
