"""The fixed words of the reports."""

from django.utils.translation import gettext_lazy as _

from kit.choices import TextChoices


class Span(TextChoices):
    """A form shows the month and the year up to its end, side by side."""

    MONTH = "month", _("本月")
    YEAR = "year", _("本年累计")


class Axis(TextChoices):
    """What the rows of a form are."""

    CATEGORY = "category", _("按人员类别")
    DIVISION = "division", _("按地区")


class Measure(TextChoices):
    """What a cell says about the rows behind it."""

    COUNT = "count", _("人次")
    AMOUNT = "amount", _("金额（元）")
    RATIO = "ratio", _("比率")
