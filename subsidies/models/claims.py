"""补贴申请: per class, per trainee, with the amount worked out and its basis frozen (R-SUB-1 … R-SUB-4)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import ScopedQuerySet
from casework.enums import ENDED
from casework.models import Application
from kit.fields import EncryptedTextField, MoneyField
from subsidies.enums import LIVE, WITHOUT_PAYMENT, Item, LineState, ObjectionOutcome

OWNERS = ("applicant", "training_class__institution", "training_class__employer")


class Subsidy(Application):
    """A claim of a completed class; `amount` is the sum of its lines that are not refused, `budget` the one it was
    committed to.

    The first is for everybody; a supplementary one (补充申请, `sequence` 2, 3 …) for people whom the ones before refused.
    One is open at a time.
    """

    training_class = models.ForeignKey(
        "training.TrainingClass", models.PROTECT, related_name="subsidies", db_index=False
    )  # `subsidy_once` begins with it
    sequence = models.PositiveSmallIntegerField(default=1, db_default=1)
    fund_source = models.CharField(max_length=24)
    payee = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    amount = MoneyField(default=0)
    budget = models.ForeignKey("subsidies.Budget", models.PROTECT, null=True, related_name="claims")

    scope_owners = OWNERS

    class Meta(Application.Meta):
        default_permissions = ()
        constraints = [
            *Application.Meta.constraints,
            models.CheckConstraint(name="subsidy_not_negative", condition=Q(amount__gte=0)),
            models.UniqueConstraint("training_class", "sequence", name="subsidy_once"),
            models.UniqueConstraint("training_class", name="subsidy_one_open", condition=~Q(state__in=ENDED)),
            models.CheckConstraint(
                name="subsidy_committed_iff_approved",
                condition=Q(state="approved", budget__isnull=False) | (~Q(state="approved") & Q(budget__isnull=True)),
            ),
        ]

    @property
    def is_supplementary(self) -> bool:
        return self.sequence > 1

    @property
    def publicity(self) -> Publicity | None:
        """The latest publicity: each round that reaches one has its own, the earlier ones stay readable. One query."""
        return self.publicities.order_by("-round").first()


class SubsidyLine(models.Model):
    """One trainee's amount for one item. `basis` is the formula with the standard, as it was on the day it was worked
    out.

    `refused_by` is set where an officer took the person out; where the rules give nothing it is empty. `is_live`:
    claimed, committed or paid; of a person's item there is at most one such line in all claims. It stands still while a
    line is paid, and so does its index.
    """

    is_held = False  # annotated (`returns.held`): what the bank said of its payment later waits for a second officer

    subsidy = models.ForeignKey(
        "subsidies.Subsidy", models.PROTECT, related_name="lines", db_index=False
    )  # `line_once` begins with it
    enrolment = models.ForeignKey("training.Enrolment", models.PROTECT, related_name="subsidy_lines")
    item = models.CharField(max_length=12, choices=Item.choices)
    standard = models.ForeignKey("subsidies.Standard", models.PROTECT, null=True, related_name="+", db_index=False)
    amount = MoneyField()
    basis = models.JSONField()
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.CLAIMED)
    reason = models.TextField(blank=True)
    refused_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+", db_index=False)
    refused_at = models.DateTimeField(null=True)
    payment = models.ForeignKey("subsidies.Payment", models.PROTECT, null=True, related_name="lines")
    is_live = models.GeneratedField(expression=Q(state__in=LIVE), output_field=models.BooleanField(), db_persist=True)

    objects = ScopedQuerySet.as_manager()
    scope_division = "subsidy__division"
    scope_owners = tuple(f"subsidy__{owner}" for owner in OWNERS)
    scope_desk = "subsidy__desk"

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="line_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(name="line_is_worth_something", condition=Q(state="refused") | Q(amount__gt=0)),
            models.UniqueConstraint("subsidy", "enrolment", "item", name="line_once"),
            models.UniqueConstraint("enrolment", "item", name="line_live_once", condition=Q(is_live=True)),
            models.CheckConstraint(name="line_refusal_has_reason", condition=~Q(state="refused") | ~Q(reason="")),
            models.CheckConstraint(
                name="line_has_payment_iff_sent",
                condition=Q(state__in=WITHOUT_PAYMENT, payment__isnull=True)
                | (~Q(state__in=WITHOUT_PAYMENT) & Q(payment__isnull=False)),
            ),
        ]


class Publicity(models.Model):
    """公示 of one round of a claim from `begins` to `ends` (the last day included); `snapshot` is what the public saw,
    masked.

    `waits_for`: the year whose holiday arrangement may still move `ends`; until it is entered the publicity cannot be
    over.
    `ended_at`: when the claim was approved or returned; until then objections are taken. At most one is open for a
    claim.
    """

    subsidy = models.ForeignKey("subsidies.Subsidy", models.PROTECT, related_name="publicities")
    round = models.PositiveSmallIntegerField()
    begins = models.DateField()
    ends = models.DateField()
    waits_for = models.PositiveSmallIntegerField(null=True)
    working_days = models.PositiveSmallIntegerField()
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="publicity_dates_in_order", condition=Q(ends__gte=F("begins"))),
            models.UniqueConstraint("subsidy", "round", name="publicity_once_a_round"),
            models.UniqueConstraint("subsidy", name="publicity_one_open", condition=Q(ended_at__isnull=True)),
        ]


class Objection(models.Model):
    """A member of the public objects; handled and answered before anything is approved (R-SUB-4)."""

    publicity = models.ForeignKey("subsidies.Publicity", models.PROTECT, related_name="objections")
    line = models.ForeignKey("subsidies.SubsidyLine", models.PROTECT, null=True, related_name="objections")
    text = models.TextField(max_length=2000)
    contact = EncryptedTextField(null=True)
    filed_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=ObjectionOutcome.choices, default="", blank=True)
    answer = models.TextField(blank=True)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners, scope_desk = "publicity__subsidy__division", (), "publicity__subsidy__desk"

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="objection_answered",
                condition=Q(outcome="") | (~Q(answer="") & Q(handled_by__isnull=False, handled_at__isnull=False)),
            )
        ]
