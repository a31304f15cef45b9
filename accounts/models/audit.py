"""DID: one append-only event per act, sealed by the database into a hash chain per division (R-SEC-2).

A chain per division lets two banners commit at the same time; `ChainHead` holds each chain's last number and hash, so a
missing tail is found as surely as a changed row.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from accounts.models.divisions import Division
from accounts.models.scope import ScopedQuerySet


class EventQuerySet(ScopedQuerySet):
    """The chain is the division's code, kept without a foreign key so that nothing can cascade into the trail."""

    def within(self, division: Division) -> "EventQuerySet":
        return self.filter(chain__in=Division.objects.filter(path__startswith=division.path).values("code"))


class Event(models.Model):
    """Who did what to which thing, when, from where, why. `number`, `at`, `previous` and `hash` are set by the
    database.
    """

    chain = models.CharField(max_length=6)
    number = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    membership = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=200)
    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    origin = models.CharField(max_length=45, blank=True)
    previous = models.BinaryField(default=b"")
    hash = models.BinaryField(default=b"")

    objects = EventQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("chain", "number", name="event_number_once")]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="event_subject"),
            models.Index(fields=["user", "-id"], name="event_user"),
            BrinIndex(fields=["at"], name="event_at"),
        ]


class ChainHead(models.Model):
    """Where a chain stands; locked by the trigger while an event is added."""

    chain = models.CharField(primary_key=True, max_length=6)
    number = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=b"")

    class Meta:
        default_permissions = ()
