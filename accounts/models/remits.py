"""MAY: a remit is a place and a trainee category; grants on it go to officers and departments (R-AUT-1, R-AUT-3,
R-AUT-4).
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.enums import Act


class Remit(models.Model):
    """A division × a trainee category; the empty category stands for all of them."""

    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="remits")
    category = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        default_permissions = ()
        permissions = Act.choices
        constraints = [models.UniqueConstraint("division", "category", name="remit_once")]

    def __str__(self) -> str:
        return f"{self.division_id}:{self.category or '*'}"


class Grant(models.Model):
    """What our grants carry beyond guardian's: who gave it, when, and until when. A grant whose last day has passed is
    void.
    """

    granted_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def in_force(today: date | None = None) -> Q:
        return Q(expires_on__isnull=True) | Q(expires_on__gt=today or timezone.localdate())


class RemitUserGrant(Grant, UserObjectPermissionBase):
    content_object = models.ForeignKey(Remit, models.CASCADE, related_name="user_grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class RemitGroupGrant(Grant, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Remit, models.CASCADE, related_name="group_grants")

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
