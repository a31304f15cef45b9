"""Where a class stands; set only by the effects of moves, and by the calendar on its first day."""

from datetime import date

from django.db import transaction

from accounts.domain.audit import record
from training.enums import Stage
from training.models import TrainingClass


def set_stage(training_class: TrainingClass, stage: str) -> None:
    """Write the stage at once, on the row and on the instance."""
    TrainingClass.objects.filter(pk=training_class.pk).update(stage=stage)
    training_class.stage = stage


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
