"""What the nightly watch found of the trainees of running and unpaid classes (R-ELG-8)."""

from django.db import models

from accounts.models import ScopedQuerySet
from training.enums import ChangeKind


class Change(models.Model):
    """One fact about a trainee that was not there when they were last judged; it decides nothing by itself.

    `key` tells one fact from another, so that the same one is reported once; `uscc` is the employer or enterprise it names.
    """

    enrolment = models.ForeignKey("training.Enrolment", models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=ChangeKind.choices)
    registry = models.CharField(max_length=20)
    since = models.DateField()
    uscc = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=200)
    seen_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()
    scope_division = "enrolment__training_class__division"
    scope_desk = "enrolment__training_class__body"

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("enrolment", "key", name="change_once")]
        indexes = [models.Index(fields=["-seen_at", "-id"], name="change_newest")]
