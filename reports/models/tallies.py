"""What each class adds to the monthly figures, beside the rows it is counted from (R-RPT-4;
docs/performance.md, P3).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Counted(models.Model):
    """What a figure is counted by: a code of `reports.domain.figures`, the place, and what the forms' columns and
    limits part it by.
    """

    figure = models.CharField(max_length=12)
    division = models.ForeignKey(
        "accounts.Division", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    category = models.CharField(max_length=30, blank=True)
    training_type = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=20, blank=True)
    fund = models.CharField(max_length=24, blank=True)
    item = models.CharField(max_length=12, blank=True)

    class Meta:
        abstract = True


class Tally(Counted):
    """How many rows, and how much money in fen, one class adds to one figure in one month; good for classes that are
    not in `Touched`.
    """

    training_class = models.ForeignKey(
        "training.TrainingClass", models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    month = models.DateField()
    count = models.PositiveIntegerField()
    fen = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["division", "month"], name="tally_place_month")]


class YearTally(Counted):
    """The tallies of a place and year added up, by month from January to December.

    Every number stands here once for each level of the reporting line: a place alone (本级), and with all that report to
    it (`whole`).
    """

    whole = models.BooleanField()
    year = models.PositiveSmallIntegerField()
    counts = ArrayField(models.IntegerField(), size=12)
    fen = ArrayField(models.BigIntegerField(), size=12)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["year", "division", "whole"], name="yeartally_year_place_whole")]


class Touched(models.Model):
    """A mark the database itself sets, in the same transaction, when something a class is counted from changes.

    Until the class is tallied anew it is counted from its rows, so a figure is never late (reports/domain/tallies.py).
    """

    training_class_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()
