"""Tokens for programs: only their digest is kept, they expire, and their owner sees and ends them
(R-SEC-1, R-SEC-2).
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ApiTokenQuerySet(models.QuerySet):
    def in_force(self) -> "ApiTokenQuerySet":
        return self.filter(ended_at__isnull=True, expires_at__gt=timezone.now())


class ApiToken(models.Model):
    """A token of one user. `digest` is the SHA-256 of 32 random bytes: whoever reads the table cannot use it."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=45, blank=True)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="token_expires_after_issue", condition=Q(expires_at__gt=models.F("issued_at"))),
            models.CheckConstraint(name="token_is_a_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
        ]
