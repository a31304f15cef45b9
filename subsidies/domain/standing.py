"""Where its money leaves a class: 待拨付 while a line waits or is on its way, 已拨付 when none does."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from casework.enums import State
from subsidies.enums import WAITING, LineState
from subsidies.models import Subsidy, SubsidyLine
from training.enums import Stage
from training.models import TrainingClass


def unpaid() -> Exists:
    """A class has lines that wait for the bank, in whichever claim."""
    return Exists(
        SubsidyLine.objects.filter(subsidy__training_class=OuterRef("pk"), state__in=[*WAITING, LineState.PAYING])
    )


def stage_at_rest(training_class: TrainingClass, *, refused: bool = False) -> Stage:
    """Where a class stands when none of its claims is under review; `refused`: one is being refused just now."""
    lines = set(SubsidyLine.objects.filter(subsidy__training_class=training_class).values_list("state", flat=True))
    if lines & {*WAITING, LineState.PAYING}:
        return Stage.PAYABLE
    if LineState.PAID in lines:
        return Stage.PAID
    decided = (
        refused
        or Subsidy.objects.filter(training_class=training_class, state__in=[State.APPROVED, State.REFUSED]).exists()
    )
    return Stage.CLOSED if decided else Stage.COMPLETED


def close_paid(classes: QuerySet[Any] | list[int]) -> None:
    """Those of these classes that wait for money and have all of it are paid; one statement."""
    TrainingClass.objects.filter(~unpaid(), pk__in=classes, stage=Stage.PAYABLE).update(stage=Stage.PAID)


def bring_classes_up_to_date(classes: list[int]) -> None:
    """The same both ways: what came back is to be paid again."""
    close_paid(classes)
    TrainingClass.objects.filter(unpaid(), pk__in=classes, stage=Stage.PAID).update(stage=Stage.PAYABLE)
