"""The real-name roster 学员花名册: enrolments, and uploads staged row by row (R-SEC-4)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership, ScopedQuerySet
from eligibility.enums import Verdict
from kit.fields import EncryptedJSONField, EncryptedTextField
from training.enums import CertificateKind, Result
from training.models.classes import TrainingClass


class Enrolment(models.Model):
    """One person in one class. Struck out stays on record with who and why; `examination` is the latest judgement.

    `entered_name` is what the unit entered where the record of that number has another name: until both are one,
    everybody reads what was entered, and the judge compares it (R-SEC-1). `ethnicity` is as entered too.
    """

    training_class = models.ForeignKey("training.TrainingClass", models.PROTECT, related_name="enrolments")
    person = models.ForeignKey("eligibility.Person", models.PROTECT, related_name="enrolments")
    sequence = models.PositiveIntegerField()
    entered_name = models.CharField(max_length=100, blank=True, default="", db_default="")
    ethnicity = models.CharField(max_length=2, blank=True, default="", db_default="")
    phone = EncryptedTextField(null=True)
    bank_name = models.CharField(max_length=120, blank=True)
    bank_account = EncryptedTextField(null=True)
    marks = ArrayField(models.CharField(max_length=30), default=list)
    household = models.CharField(max_length=8, blank=True, choices=[("urban", "城镇"), ("rural", "农村牧区")])
    verdict = models.CharField(max_length=18, choices=Verdict.choices, default=Verdict.NONE)
    examination = models.ForeignKey("eligibility.Examination", models.PROTECT, null=True, related_name="+")
    struck_out_at = models.DateTimeField(null=True)
    struck_out_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    strike_reason = models.TextField(blank=True)
    attended_hours = models.DecimalField(max_digits=6, decimal_places=1, default=0)
    theory_score = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    practice_score = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    result = models.CharField(max_length=4, choices=Result.choices, default=Result.NONE, blank=True)
    certificate_kind = models.CharField(max_length=20, choices=CertificateKind.choices, blank=True)
    certificate_number = models.CharField(max_length=40, blank=True)
    certificate_on = models.DateField(null=True)
    certificate_verified = models.BooleanField(default=False)

    objects = ScopedQuerySet.as_manager()
    scope_division = "training_class__division"
    scope_owners = ("training_class__applicant", "training_class__institution", "training_class__employer")
    scope_desk = "training_class__body"

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "training_class", "person", name="enrolment_person_once", condition=Q(struck_out_at__isnull=True)
            ),
            models.CheckConstraint(
                name="enrolment_strike_has_reason",
                condition=Q(struck_out_at__isnull=True) | (~Q(strike_reason="") & Q(struck_out_by__isnull=False)),
            ),
            models.UniqueConstraint(
                "certificate_kind",
                "certificate_number",
                name="enrolment_certificate_once",
                condition=~Q(certificate_number=""),
            ),
        ]
        indexes = [models.Index(fields=["training_class", "sequence"], name="enrolment_roster")]

    @property
    def name(self) -> str:
        """The name on this roster: the one that was entered, until it is the record's own."""
        return self.entered_name or self.person.name

    @property
    def is_struck_out(self) -> bool:
        return self.struck_out_at is not None

    @property
    def proof_label(self) -> str:
        """Who vouches for the certificate, where somebody does: the portal that issued it, or the
        certificate registry.
        """
        if not self.certificate_verified:
            return ""
        return _("系统颁发") if self.certificate_kind == CertificateKind.COMPLETION else _("已核验")


class UnitsOnly(ScopedQuerySet):
    """For files that hold whole citizen numbers: only the units of the class open them; offices see the masked roster
    (R-SEC-1).
    """

    def visible_to(self, membership: Membership | None) -> "UnitsOnly":
        return super().visible_to(membership) if membership is not None and membership.is_unit else self.none()


class RosterSource(TrainingClass):
    """A class as the holder of its uploaded rosters."""

    objects = UnitsOnly.as_manager()

    class Meta:
        proxy = True
        default_permissions = ()


class RosterUpload(models.Model):
    """An uploaded roster being read: the file is kept, the rows are staged, good ones can be taken (R-SEC-4)."""

    training_class = models.ForeignKey("training.TrainingClass", models.CASCADE, related_name="uploads")
    attachment = models.ForeignKey("casework.Attachment", models.PROTECT, related_name="+")
    job = models.ForeignKey("casework.Job", models.PROTECT, null=True, related_name="+")
    refusal = models.TextField(blank=True)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    scope_division = "training_class__division"
    scope_owners = ("training_class__applicant", "training_class__institution", "training_class__employer")

    class Meta:
        default_permissions = ()


class RosterRow(models.Model):
    """One staged row: the cells as they were (encrypted), what was mended, what is wrong by column."""

    upload = models.ForeignKey("training.RosterUpload", models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    cells = EncryptedJSONField()
    notes = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    errors = models.JSONField(default=dict)
    is_good = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("upload", "row", name="rosterrow_once")]
