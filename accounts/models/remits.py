"""MAY: a remit is a place, a trainee category and a training type; grants on it go to officers and
departments (R-AUT-1, R-AUT-3, R-AUT-4, R-AUT-7).
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.enums import Act


class Remit(models.Model):
    """A division × a trainee category × a training type; an empty one stands for all of them."""

    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="remits")
    category = models.CharField(max_length=30, blank=True, default="")
    training_type = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        default_permissions = ()
        permissions = Act.choices
        constraints = [models.UniqueConstraint("division", "category", "training_type", name="remit_once")]

    def __str__(self) -> str:
        return f"{self.division_id}:{self.category or '*'}:{self.training_type or '*'}"


class Grant(models.Model):
    """What our grants carry beyond guardian's: who gave it and when, its first day (none: at once) and the day it ends.

    Outside these days a grant is void, and while it awaits a second administrator (`enums.SECOND_PERSON_ACTS`).
    """

    granted_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    awaits_second = models.BooleanField(default=False, db_default=False)
    confirmed_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    begins_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_days_in_order", condition=Q(expires_on__gt=models.F("begins_on")))
        ]

    def __str__(self) -> str:
        holder = getattr(self, "group", None) or self.user
        return f"{self.content_object.division} {holder} {Act(self.permission.codename).label}"

    @staticmethod
    def in_force(today: date | None = None) -> Q:
        today = today or timezone.localdate()
        return (
            Q(awaits_second=False)
            & (Q(expires_on__isnull=True) | Q(expires_on__gt=today))
            & (Q(begins_on__isnull=True) | Q(begins_on__lte=today))
        )


class RemitUserGrant(Grant, UserObjectPermissionBase):
    content_object = models.ForeignKey(Remit, models.CASCADE, related_name="user_grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        constraints = Grant.Meta.constraints


class RemitGroupGrant(Grant, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Remit, models.CASCADE, related_name="group_grants")

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        constraints = Grant.Meta.constraints
