"""Where its money leaves a class: 待拨付 while a line waits or is on its way, 已拨付 when none does (workflow.md)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from subsidies.enums import WAITING, LineState
from subsidies.models import SubsidyLine
from training.enums import Stage
from training.models import TrainingClass


def unpaid() -> Exists:
    """A class has lines that wait for the bank, in whichever claim."""
    return Exists(SubsidyLine.objects.filter(subsidy__training_class=OuterRef("pk"), state__in=[*WAITING, LineState.PAYING]))


def close_paid(classes: QuerySet[Any] | list[int]) -> None:
    """Those of these classes that wait for money and have all of it are paid; one statement."""
    TrainingClass.objects.filter(~unpaid(), pk__in=classes, stage=Stage.PAYABLE).update(stage=Stage.PAID)


def bring_classes_up_to_date(classes: list[int]) -> None:
    """The same both ways: what came back is to be paid again."""
    close_paid(classes)
    TrainingClass.objects.filter(unpaid(), pk__in=classes, stage=Stage.PAID).update(stage=Stage.PAYABLE)
