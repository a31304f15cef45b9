"""The fixed words of the reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Span(models.TextChoices):
    """A form shows the month and the year up to its end, side by side."""

    MONTH = "month", _("本月")
    YEAR = "year", _("本年累计")


class Axis(models.TextChoices):
    """What the rows of a form are."""

    CATEGORY = "category", _("按人员类别")
    DIVISION = "division", _("按地区")


class Measure(models.TextChoices):
    """What a cell says about the rows behind it."""

    COUNT = "count", _("人次")
    AMOUNT = "amount", _("金额（元）")
    RATIO = "ratio", _("比率")
