"""What was done to a case, move by move; append-only (a trigger refuses UPDATE and DELETE)."""

from django.db import models
from django.db.models import Q

from casework.enums import State


class Step(models.Model):
    """One move. `version` is the application's version before it, so a repeated request finds its own step again."""

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    number = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    move = models.CharField(max_length=30)
    from_state = models.CharField(max_length=10, choices=State.choices)
    to_state = models.CharField(max_length=10, choices=State.choices)
    decides = models.BooleanField(default=False)
    needs_reason = models.BooleanField(default=False)
    by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    due_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("kind", "object_id", "version", name="step_once_per_version"),
            models.UniqueConstraint(
                "kind",
                "object_id",
                "round",
                "reviewer",
                name="step_one_review_per_person",
                condition=Q(decides=True, reviewer__isnull=False),
            ),
            models.CheckConstraint(name="step_reason_given", condition=Q(needs_reason=False) | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["kind", "object_id", "id"], name="step_story")]
