"""What a passed trainee is worth, as dated rows (R-SUB-1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.policy import Dated
from kit.fields import CodeField, MoneyField
from subsidies.enums import Item


class Standard(Dated):
    """The amount per person for an item; empty columns match anything, the most specific row wins.

    `hours_from`: the row is for projects of at least so many lesson hours. `without_certificate_percent`: what a pass
    without a certificate is worth where the project does not demand one.
    """

    item = models.CharField(max_length=12, choices=Item.choices, default=Item.TRAINING)
    project_code = CodeField(max_length=30, blank=True, default="")
    occupation = CodeField(max_length=12, blank=True, default="")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    training_type = models.CharField(max_length=20, blank=True, default="")
    category = models.CharField(max_length=30, blank=True, default="")
    hours_from = models.PositiveSmallIntegerField(default=0)
    amount = MoneyField()
    without_certificate_percent = models.PositiveSmallIntegerField(default=100)

    class Meta(Dated.Meta):
        default_permissions = ()
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="standard_not_negative",
                condition=models.Q(amount__gte=0),
                violation_error_message=_("金额不能小于零。"),
            ),
            models.CheckConstraint(
                name="standard_percent_to_hundred",
                condition=models.Q(without_certificate_percent__lte=100),
                violation_error_message=_("比例不能超过百分之百。"),
            ),
            models.UniqueConstraint(
                "item",
                "project_code",
                "occupation",
                "level",
                "training_type",
                "category",
                "hours_from",
                "since",
                name="standard_once",
                nulls_distinct=False,
            ),
        ]
