"""Long work as a row people can watch, that survives its worker."""

from django.db import models
from django.db.models import Q

from accounts.models import ScopedQuerySet
from casework.enums import JobState
from kit.storage import Unguessable


class Job(models.Model):
    """`task` is the Celery task's name; it is called with the job's id alone and must be safe to run twice."""

    task = models.CharField(max_length=100)
    queue = models.CharField(max_length=20, default="interactive")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, blank=True)
    object_id = models.BigIntegerField(null=True)
    owner = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    division = models.ForeignKey("accounts.Division", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    file = models.FileField(upload_to=Unguessable("results"), max_length=100, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "division", ("owner",)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["heartbeat"], name="job_open", condition=Q(state__in=["queued", "running", "stuck"])),
            models.Index(fields=["kind", "object_id"], name="job_case"),
        ]

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0
