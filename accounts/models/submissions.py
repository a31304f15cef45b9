"""Forms that were handed in and did what they ask for, so that the same one handed in again does nothing (R-OPN-5)."""

from django.db import models

from kit.fields import EncryptedJSONField


class Submission(models.Model):
    """`key` is a digest of form, address and content; `location` is where the first one led.

    A program gives its own key (`Idempotency-Key`): `content` is then the digest of what it sent, `answer` what it was
    answered.
    """

    key = models.CharField(primary_key=True, max_length=64)
    location = models.CharField(max_length=300, blank=True)
    content = models.CharField(max_length=64, blank=True)
    answer = EncryptedJSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["at"], name="submission_at")]
