"""补贴申请: per class, per trainee, with the amount worked out and its basis frozen (R-SUB-1 … R-SUB-4)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import ScopedQuerySet
from casework.models import Application
from kit.fields import EncryptedTextField, MoneyField
from subsidies.enums import Item, LineState, ObjectionOutcome


class Subsidy(Application):
    """The claim of a completed class; `amount` is the sum of its lines that are not refused."""

    training_class = models.OneToOneField("training.TrainingClass", models.PROTECT, related_name="subsidy")
    fund_source = models.CharField(max_length=24)
    payee = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    amount = MoneyField(default=0)

    scope_owners = ("applicant", "training_class__institution", "training_class__employer")

    class Meta(Application.Meta):
        default_permissions = ()
        constraints = [
            *Application.Meta.constraints,
            models.CheckConstraint(name="subsidy_not_negative", condition=Q(amount__gte=0)),
        ]


class SubsidyLine(models.Model):
    """One trainee's amount for one item. `basis` is the formula with the standard, as it was on the day it was worked out."""

    subsidy = models.ForeignKey("subsidies.Subsidy", models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey("training.Enrolment", models.PROTECT, related_name="subsidy_lines")
    item = models.CharField(max_length=12, choices=Item.choices)
    standard = models.ForeignKey("subsidies.Standard", models.PROTECT, null=True, related_name="+")
    amount = MoneyField()
    basis = models.JSONField()
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.CLAIMED)
    reason = models.TextField(blank=True)
    payment = models.ForeignKey("subsidies.Payment", models.PROTECT, null=True, related_name="lines")

    objects = ScopedQuerySet.as_manager()
    scope_division = "subsidy__division"
    scope_owners = ("subsidy__applicant",)
    scope_desk = "subsidy__desk"

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="line_not_negative", condition=Q(amount__gte=0)),
            models.UniqueConstraint("subsidy", "enrolment", "item", name="line_once"),
            models.CheckConstraint(name="line_refusal_has_reason", condition=~Q(state="refused") | ~Q(reason="")),
            models.CheckConstraint(
                name="line_paid_has_payment", condition=~Q(state__in=["paying", "paid", "returned"]) | Q(payment__isnull=False)
            ),
        ]


class Publicity(models.Model):
    """公示 of a claim from `begins` to `ends` (both shown, the last day included); `snapshot` is what the public saw, masked."""

    subsidy = models.OneToOneField("subsidies.Subsidy", models.PROTECT, related_name="publicity")
    begins = models.DateField()
    ends = models.DateField()
    working_days = models.PositiveSmallIntegerField()
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="publicity_dates_in_order", condition=Q(ends__gte=F("begins")))]


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
    handled_by = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "publicity__subsidy__division", ()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="objection_answered", condition=Q(outcome="") | (~Q(answer="") & Q(handled_by__isnull=False)))
        ]
