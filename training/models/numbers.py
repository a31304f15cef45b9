"""The running numbers of classes and registrations, per prefix."""

from django.db import models


class NumberSeries(models.Model):
    """The last number given under a prefix such as "150102-2026"; the row lock of the upsert keeps numbers unique, gaps
    are allowed.
    """

    prefix = models.CharField(primary_key=True, max_length=30)
    last = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()


class NumbersEntered(models.Model):
    """How many citizen numbers a unit entered on a day, right or wrong: who tries numbers out is stopped and seen
    (R-SEC-1).
    """

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("organisation", "day", name="numbers_entered_once")]
