"""What the nights leave behind: the day's digest of all chains, seals over rows that never change, and findings
(R-SEC-2).
"""

from django.db import models

from accounts.models.scope import ScopedQuerySet


class DailyDigest(models.Model):
    """Where every chain stood at a moment: `heads` is [[chain, number, hash as hex], …]; append-only, to be kept
    outside as well.
    """

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    heads = models.JSONField()
    seals = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        ordering = ["-day"]


class RecordSeal(models.Model):
    """The digest over a range of one table's rows in the columns that never change; made the night
    after, append-only.
    """

    table = models.CharField(max_length=63)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("table", "first", name="recordseal_once"),
            models.CheckConstraint(name="recordseal_in_order", condition=models.Q(last__gte=models.F("first"))),
        ]


class Finding(models.Model):
    """Something a nightly search found and that should not be; it stays until the search no longer finds it."""

    code = models.CharField(max_length=40)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(default=0)
    subject = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "division", ()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["code", "subject_kind", "subject_id", "subject"],
                name="finding_open_once",
                condition=models.Q(gone_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["division"], name="finding_open", condition=models.Q(gone_at__isnull=True))]
