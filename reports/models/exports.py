"""Exports are a granted, logged, watermarked act (R-AUT-3, R-RPT-8)."""

from django.db import models
from django.db.models import Q

from accounts.models import ScopedQuerySet


class Export(models.Model):
    """What was exported, for what purpose, by whom; the file hangs on the job."""

    form = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    cell = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=300)
    watermark = models.CharField(max_length=200)
    by = models.ForeignKey("accounts.Post", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to="exports/", max_length=120, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "division", ()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="export_has_purpose", condition=~Q(purpose=""))]
