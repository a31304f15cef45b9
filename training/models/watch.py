"""What the nightly watch found of the trainees of running and unpaid classes (R-ELG-8)."""

from django.db import models
from django.db.models import Q

from accounts.models import ScopedQuerySet
from training.enums import ChangeKind


class Change(models.Model):
    """One fact about a trainee that was not there when they were last judged; it decides nothing by itself.

    `key` tells one fact from another, so that the same one is reported once; the officer in charge marks it as dealt
    with, saying how and, where it stopped money, on which `document`; `uscc` is the employer or enterprise it names.
    """

    enrolment = models.ForeignKey("training.Enrolment", models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=ChangeKind.choices)
    registry = models.CharField(max_length=20)
    since = models.DateField()
    uscc = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=200)
    seen_at = models.DateTimeField()
    dealt_at = models.DateTimeField(null=True)
    dealt_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    document = models.CharField(max_length=120, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division = "enrolment__training_class__division"
    scope_desk = "enrolment__training_class__body"

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("enrolment", "key", name="change_once"),
            models.CheckConstraint(
                name="change_dealt_has_author_and_note",
                condition=Q(dealt_at__isnull=True, dealt_by__isnull=True)
                | (Q(dealt_at__isnull=False, dealt_by__isnull=False) & Q(note__regex=r"\S")),
            ),
        ]
        indexes = [models.Index(fields=["-seen_at", "-id"], name="change_newest")]
