"""What leaves the portal: each user's choice of messages, the box of mail and SMS, what was reminded of."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from casework.enums import Channel, DeliveryState, Pace, Topic
from kit.fields import EncryptedTextField

PACES = {Topic.CASE: Pace.DIGEST, Topic.WORK: Pace.DIGEST, Topic.DEADLINE: Pace.NOW, Topic.ANNOUNCEMENT: Pace.NOW}


class Contact(models.Model):
    """消息设置 of a user: a confirmed mail address, the channels he wants, and how fast each topic reaches him.

    `pending_mail` is an address whose code was not typed in yet.
    """

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True, related_name="contact")
    mail = EncryptedTextField(null=True, blank=True)
    pending_mail = EncryptedTextField(null=True, blank=True)
    code = models.CharField(max_length=128, blank=True, default="")
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    by_mail = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=True)
    paces = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def pace(self, topic: str) -> str:
        return str(self.paces.get(topic) or PACES[Topic(topic)])


class Delivery(models.Model):
    """A mail or an SMS to a user: of a notice, or the digest of a `day`. It keeps no address: that is looked up when it
    is sent.

    A row is claimed by one worker, and a sent row is never sent again. `said` is why it was not sent.
    """

    notice = models.ForeignKey("casework.Notice", models.CASCADE, null=True, related_name="deliveries")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel.choices)
    day = models.DateField(null=True)
    subject = models.CharField(max_length=100)
    text = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("notice", "user", "channel", name="delivery_of_notice_once"),
            models.UniqueConstraint(
                fields=["user", "organisation", "channel", "day"],
                name="delivery_of_digest_once",
                condition=Q(notice__isnull=True),
            ),
            models.CheckConstraint(
                name="delivery_of_notice_or_day",
                condition=Q(notice__isnull=True, day__isnull=False) | Q(notice__isnull=False, day__isnull=True),
            ),
            models.CheckConstraint(
                name="delivery_sent_when", condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent")
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_open", condition=Q(state__in=["queued", "sending"])),
            models.Index(fields=["at"], name="delivery_failed", condition=Q(state="failed")),
        ]


class Reminded(models.Model):
    """That a case was reminded of once: an office before its last day, or a unit after the day it was returned."""

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    day = models.DateField()
    state = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("kind", "object_id", "day", "state", name="reminded_once")]
