"""What a department recognised of an employer: once for it, used by all its classes (R-ELG-5)."""

from django.db import models
from django.db.models import F, Q

from eligibility.enums import Answer


class Recognition(models.Model):
    """One answer of the recognising area's department about one employer; a newer one takes its place, nothing is
    removed.

    `since` to `until` is its period, `until` the first day it no longer holds; `area` recognised it, `division` is
    whose officer entered it.
    """

    uscc = models.CharField(max_length=18, db_index=True)
    check_code = models.CharField(max_length=40)
    answer = models.CharField(
        max_length=10, choices=[choice for choice in Answer.choices if choice[0] in (Answer.CONFIRMED, Answer.REFUTED)]
    )
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    area = models.ForeignKey("accounts.Division", models.PROTECT, null=True, related_name="+")
    department = models.CharField(max_length=60)
    letter = models.CharField(max_length=80)
    note = models.TextField(blank=True, max_length=500)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="recognition_has_period_and_area",
                condition=Q(answer=Answer.REFUTED)
                | Q(answer=Answer.CONFIRMED, since__isnull=False, area__isnull=False),
            ),
            models.CheckConstraint(
                name="recognition_period_in_order", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(
                name="recognition_has_evidence", condition=Q(letter__regex=r"\S") & Q(department__regex=r"\S")
            ),
        ]
