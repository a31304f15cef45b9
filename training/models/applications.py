"""The applications of a unit and of a class; their moves are in `training/flows.py`."""

from django.db import models
from django.db.models import Q

from casework.enums import State
from casework.models import Application
from kit.fields import EncryptedJSONField


class Registration(Application):
    """Basic information of a unit for approval by the local HR department (R-REG-1).

    `values` is the draft beside the approved file, `former` the file as it was when the draft was begun; both by field, days as text.
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
