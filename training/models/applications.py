"""The applications of a unit and of a class; their moves are in `training/procedures`."""

from django.db import models
from django.db.models import Q

from casework.enums import ENDED, WITH_APPLICANT, State
from casework.models import Application
from kit.fields import EncryptedJSONField
from training.enums import CertificateKind


class Registration(Application):
    """Basic information of a unit for approval by the local HR department (R-REG-1).

    `values` is the draft beside the approved file, `former` the file as it was when the draft was begun; both by field,
    days as text.
    """

    unit = models.ForeignKey("training.Unit", models.PROTECT, related_name="registrations")
    values = EncryptedJSONField(default=dict)
    former = EncryptedJSONField(default=dict)

    class Meta(Application.Meta):
        default_permissions = ()


class Opening(Application):
    """开班申请 (R-OPN-1). `is_late`: submitted after the lead time, so the league decides, too."""

    training_class = models.OneToOneField("training.TrainingClass", models.PROTECT, related_name="opening")
    is_late = models.BooleanField(default=False, db_default=False)

    scope_owners = ("applicant", "training_class__institution", "training_class__employer")

    class Meta(Application.Meta):
        default_permissions = ()
        indexes = [models.Index(fields=["decided_at"], name="opening_approved", condition=Q(state=State.APPROVED))]


class Completion(Application):
    """结业申请 (R-CMP-1)."""

    training_class = models.OneToOneField("training.TrainingClass", models.PROTECT, related_name="completion")

    scope_owners = ("applicant", "training_class__institution", "training_class__employer")

    class Meta(Application.Meta):
        default_permissions = ()
        indexes = [models.Index(fields=["decided_at"], name="completion_approved", condition=Q(state=State.APPROVED))]


class CertificateChange(Application):
    """证书更正 (R-CMP-2): another number, kind or date for a certificate that could not be verified when the completion was
    approved.

    `old_…` is what stood on the roster when it was asked; `proof` the comparison that confirmed the new one.
    """

    training_class = models.ForeignKey("training.TrainingClass", models.PROTECT, related_name="certificate_changes")
    enrolment = models.ForeignKey("training.Enrolment", models.PROTECT, related_name="certificate_changes")
    old_kind = models.CharField(max_length=20, choices=CertificateKind.choices)
    old_number = models.CharField(max_length=40)
    old_on = models.DateField(null=True)
    new_kind = models.CharField(max_length=20, choices=CertificateKind.choices)
    new_number = models.CharField(max_length=40)
    new_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    proof = models.ForeignKey("casework.Job", models.PROTECT, null=True, related_name="+", db_index=False)

    scope_owners = ("applicant", "training_class__institution", "training_class__employer")

    class Meta(Application.Meta):
        default_permissions = ()
        constraints = [
            *Application.Meta.constraints,
            models.UniqueConstraint("enrolment", name="certificatechange_one_open", condition=~Q(state__in=ENDED)),
            models.CheckConstraint(
                name="certificatechange_changes_something",
                condition=~Q(new_kind=models.F("old_kind"))
                | ~Q(new_number=models.F("old_number"))
                | ~Q(new_on=models.F("old_on")),
            ),
            models.CheckConstraint(
                name="certificatechange_asked_with_reason",
                condition=Q(state__in=[*WITH_APPLICANT, State.WITHDRAWN]) | Q(reason__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="certificatechange_proved_iff_approved",
                condition=Q(state=State.APPROVED, proof__isnull=False)
                | (~Q(state=State.APPROVED) & Q(proof__isnull=True)),
            ),
        ]
