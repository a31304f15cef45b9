"""更正: who a person is, put right by a case with evidence and never by a second person (R-AUT-4, R-SEC-2)."""

from django.db import models
from django.db.models import Q

from casework.enums import WITH_APPLICANT, State
from casework.models import Application
from kit.fields import EncryptedTextField, HashField


class Correction(Application):
    """A new name and/or number for one person. What it was when asked stays here for ever, the numbers encrypted.

    `old_hash` lets a former number find the person; `merged` is the id of the record that became one with `person`. A
    unit asks about what it entered (`subject_kind`, `subject_id`); `of_row`: it had entered another name than the
    record of that number has, so that its own entry alone is put right, whoever `person` is (R-SEC-1).
    """

    person = models.ForeignKey("eligibility.Person", models.PROTECT, related_name="corrections")
    subject_kind = models.CharField(max_length=30, blank=True, default="", db_default="")
    subject_id = models.BigIntegerField(null=True)
    of_row = models.BooleanField(default=False, db_default=False)
    asked_by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    old_name = models.CharField(max_length=100)
    old_number = EncryptedTextField()
    old_hash = HashField(db_index=True)
    new_name = models.CharField(max_length=100, blank=True)
    new_number = EncryptedTextField(null=True)
    new_hash = HashField(null=True)
    reason = models.TextField(blank=True, max_length=500)
    merged = models.BigIntegerField(null=True, db_index=True)

    class Meta(Application.Meta):
        default_permissions = ()
        constraints = [
            *Application.Meta.constraints,
            models.CheckConstraint(
                name="correction_changes_something", condition=~Q(new_name="") | Q(new_hash__isnull=False)
            ),
            models.CheckConstraint(
                name="correction_number_has_hash",
                condition=Q(new_number__isnull=True, new_hash__isnull=True)
                | Q(new_number__isnull=False, new_hash__isnull=False),
            ),
            models.CheckConstraint(
                name="correction_asked_with_reason",
                condition=Q(state__in=[*WITH_APPLICANT, State.WITHDRAWN]) | Q(reason__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="correction_merged_when_approved", condition=Q(merged__isnull=True) | Q(state=State.APPROVED)
            ),
            models.UniqueConstraint(
                "person", name="correction_one_under_review", condition=Q(state=State.IN_REVIEW, of_row=False)
            ),
            models.UniqueConstraint(
                "subject_kind",
                "subject_id",
                name="correction_one_of_a_row",
                condition=Q(state=State.IN_REVIEW, of_row=True),
            ),
            models.CheckConstraint(
                name="correction_of_a_row_names_it", condition=Q(of_row=False) | Q(subject_id__isnull=False)
            ),
        ]
