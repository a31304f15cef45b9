"""A registry's fail set aside by two officers, with a reason and a file; the row stays for ever (R-ELG-5)."""

from django.db import models
from django.db.models import F, Q

from eligibility.enums import Agreement

STANDING = (Agreement.PROPOSED, Agreement.AGREED)


class Overruling(models.Model):
    """One officer proposes it on one failed check of one person, another agrees or declines. A trigger keeps an
    answered row, and every row from being deleted.

    `facts` is the digest of what the check failed on: only while it fails on the same facts does the overruling hold.
    `proposer` and `answerer` are the users of the two memberships, so that the database can tell them apart.
    """

    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    person = models.ForeignKey("eligibility.Person", models.PROTECT, related_name="overrulings")
    examination = models.ForeignKey("eligibility.Examination", models.PROTECT, related_name="overrulings")
    check_code = models.CharField(max_length=40)
    facts = models.CharField(max_length=64)
    reason = models.TextField()
    attachment = models.ForeignKey("casework.Attachment", models.PROTECT, related_name="+")
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=Agreement.choices, default=Agreement.PROPOSED)
    proposed_by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    proposer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    answerer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="overruling_has_reason", condition=Q(reason__regex=r"\S")),
            models.CheckConstraint(
                name="overruling_by_two_users", condition=Q(answerer__isnull=True) | ~Q(answerer=F("proposer"))
            ),
            models.CheckConstraint(
                name="overruling_answer_has_author",
                condition=Q(
                    state=Agreement.PROPOSED, answered_by__isnull=True, answerer__isnull=True, answered_at__isnull=True
                )
                | (
                    ~Q(state=Agreement.PROPOSED)
                    & Q(answered_by__isnull=False, answerer__isnull=False, answered_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="overruling_decline_has_note", condition=~Q(state=Agreement.DECLINED) | Q(note__regex=r"\S")
            ),
            models.UniqueConstraint(
                "subject_kind",
                "subject_id",
                "check_code",
                "facts",
                name="overruling_once",
                condition=Q(state__in=STANDING),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="overruling_subject"),
            models.Index(fields=["id"], name="overruling_waiting", condition=Q(state=Agreement.PROPOSED)),
        ]
