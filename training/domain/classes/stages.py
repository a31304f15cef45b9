"""Where a class stands; set only by the effects of moves and by the calendar."""

from training.models import TrainingClass


def set_stage(training_class: TrainingClass, stage: str) -> None:
    """Write the stage at once, on the row and on the instance."""
    TrainingClass.objects.filter(pk=training_class.pk).update(stage=stage)
    training_class.stage = stage
