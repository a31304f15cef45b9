"""Exports are a granted, logged, watermarked act (R-AUT-3, R-RPT-8)."""

from django.db import models
from django.db.models import Q

from accounts.models import ScopedQuerySet
from kit.storage import Unguessable
from reports.enums import Axis, Span


class Export(models.Model):
    """What was exported, for what purpose, by whom. `row`, `column` and `span` name a cell; without them it is the
    whole form.

    The file hangs here and not on the job, so it is taken one way only. `digest` is empty until the file is written.
    """

    form = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    body = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    axis = models.CharField(max_length=10, choices=Axis.choices)
    banners = models.BooleanField(default=False)
    row = models.CharField(max_length=60, blank=True)
    column = models.CharField(max_length=60, blank=True)
    span = models.CharField(max_length=5, choices=Span.choices, blank=True)
    full_numbers = models.BooleanField(default=False)
    purpose = models.CharField(max_length=300)
    watermark = models.CharField(max_length=600)
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    job = models.ForeignKey("casework.Job", models.PROTECT, null=True, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to=Unguessable("exports", ".xlsx"), max_length=120, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "division", ()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="export_has_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(name="export_has_watermark", condition=~Q(watermark="")),
            models.CheckConstraint(
                name="export_cell_is_whole",
                condition=Q(row="", column="", span="") | (~Q(row="") & ~Q(column="") & ~Q(span="")),
            ),
            models.CheckConstraint(name="export_file_has_digest", condition=Q(file="") | ~Q(digest="")),
        ]
        indexes = [
            models.Index(fields=["division", "-id"], name="export_place"),
            models.Index(fields=["by", "-id"], name="export_by"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.form} {self.year}-{self.month:02d}"
            f" {self.division}{f' {self.row}/{self.column}' if self.row else ''}"
        )

    @property
    def is_people(self) -> bool:
        """A list of people behind a cell, not the form itself."""
        return bool(self.row)

    @property
    def file_name(self) -> str:
        what = f"{self.row}-{self.column}".replace(":", "-") if self.is_people else "form"
        return f"{self.form}-{self.year}{self.month:02d}-{self.division_id}-{what}.xlsx"
