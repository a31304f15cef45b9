"""How each outside system is connected, and the files exchanged with those that are not online (R-ELG-1)."""

from __future__ import annotations

from typing import Self

from django.db import models

from accounts.models import Membership
from eligibility.engine.records import REGISTRIES
from eligibility.enums import Mode


class Connection(models.Model):
    """The way one registry is asked; a registry without a row is online."""

    registry = models.CharField(max_length=20, primary_key=True)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.ONLINE)
    reason = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.registry


class RegionOnly(models.QuerySet):
    """Whole numbers go out and come back in these files: the region's administrators have them, nobody else."""

    def visible_to(self, membership: Membership | None) -> Self:
        return self.all() if membership is not None and membership.administers_region else self.none()


class Exchange(models.Model):
    """One file that went out to a registry: by whom, about how many, and what came back; it holds the files that came
    back.
    """

    registry = models.CharField(max_length=20)
    subjects = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered = models.PositiveIntegerField(default=0)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")

    objects = RegionOnly.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["registry", "-id"], name="exchange_registry")]

    def __str__(self) -> str:
        return f"{REGISTRIES[self.registry].zh} {self.pk}"
