"""The running numbers of classes and registrations, per prefix."""

from django.db import models


class NumberSeries(models.Model):
    """The last number given under a prefix such as "150102-2026"; the row lock of the upsert keeps numbers unique, gaps are allowed."""

    prefix = models.CharField(primary_key=True, max_length=30)
    last = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
