"""任务目标: how many people a place is to train in a year, in all, of a category or of a training type (R-RPT-9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.policy import Dated
from training.enums import TrainingType


class Target(Dated):
    """The number of people for a place and a year; of a trainee category, a training type, or ("" both) in all."""

    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=30, blank=True, default="")
    training_type = models.CharField(max_length=20, choices=TrainingType.choices, blank=True, default="")
    people = models.PositiveIntegerField()

    class Meta(Dated.Meta):
        default_permissions = ()
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="target_of_one_kind",
                condition=models.Q(category="") | models.Q(training_type=""),
                violation_error_message=_("人员类别和培训类别只选一个。"),
            ),
            models.UniqueConstraint("division", "year", "category", "training_type", "since", name="target_once"),
        ]
