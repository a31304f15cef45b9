"""Attachments: kept under an unguessable name, known by their content and digest (R-SEC-1)."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from kit.storage import Unguessable


class Attachment(models.Model):
    """A file of a case, by the document's code (`slot`). A newer file in the same slot replaces it; nothing is removed.

    `valid_to` is the first day it no longer holds; people read and write the last one. `particulars` is what the paper
    says of itself where its slot asks for that (issuer, number, trade).
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    slot = models.CharField(max_length=40)
    file = models.FileField(upload_to=Unguessable("attachments"), max_length=100)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    valid_to = models.DateField(null=True, blank=True)
    particulars = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["kind", "object_id"], name="attachment_case", condition=Q(replaced_at__isnull=True)),
            models.Index(fields=["kind", "object_id", "-id"], name="attachment_history"),
        ]

    @property
    def last_valid_day(self) -> date | None:
        """The last day the paper holds, as it is written on it."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None
