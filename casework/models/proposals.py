"""What was proposed for the dated rows of policy, and what became of it: draft and history in one (R-SUB-1)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import ScopedQuerySet
from casework.enums import PolicyAction, ProposalState
from kit.storage import Unguessable


class PolicyFile(models.Model):
    """A workbook of policy rows as it was uploaded; its proposals point to it."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to=Unguessable("policy", ".xlsx"), max_length=100)
    sha256 = models.CharField(max_length=64)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()
    scope_division = "division"

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class PolicyProposal(models.Model):
    """A change of one line of policy: who drafted it, who decided, which row it made.

    `line` is the key that makes two rows the same line over time, `what` the same in words, `seen` the version of the
    line's rows the drafter saw. `values` is what the kind's form takes, without the days. Once decided nothing of it
    changes (a trigger holds it); where `two_people` are needed nobody puts his own draft in force (a constraint).
    """

    kind = models.CharField(max_length=20)
    action = models.CharField(max_length=6, choices=PolicyAction.choices)
    target = models.BigIntegerField(null=True)
    row = models.BigIntegerField(null=True)
    line = models.CharField(max_length=200)
    what = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    source = models.CharField(max_length=120, blank=True)
    is_example = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    seen = models.CharField(max_length=24)
    two_people = models.BooleanField()
    file = models.ForeignKey("casework.PolicyFile", models.PROTECT, null=True, related_name="proposals")
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.DRAFTED)
    drafted_by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    drafter = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    decider = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division = "division"

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="policyproposal_decided",
                condition=Q(state=ProposalState.DRAFTED, decider__isnull=True, decided_at__isnull=True)
                | (~Q(state=ProposalState.DRAFTED) & Q(decider__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="policyproposal_second_person",
                condition=Q(two_people=False) | ~Q(state=ProposalState.IN_FORCE) | ~Q(decider=F("drafter")),
            ),
            models.CheckConstraint(
                name="policyproposal_of_a_row", condition=Q(action=PolicyAction.ADD) | Q(target__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "line"], name="policyproposal_line"),
            models.Index(fields=["division"], name="policyproposal_open", condition=Q(state=ProposalState.DRAFTED)),
        ]

    def __str__(self) -> str:
        return self.what
