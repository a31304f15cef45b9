"""Budgets, batches and what the bank said (R-SUB-5, R-SUB-6)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import ScopedQuerySet
from casework.models import Application
from kit.fields import EncryptedTextField, MoneyField
from subsidies.enums import PaymentState


class Budget(models.Model):
    """Money of one fund for a division and year. `committed` grows with every approval under this row's lock, so it cannot be overdrawn."""

    fund_source = models.CharField(max_length=24)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    amount = MoneyField()
    committed = MoneyField(default=0)
    source = models.CharField(max_length=120)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "division", ()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("fund_source", "division", "year", name="budget_once"),
            models.CheckConstraint(
                name="budget_not_overdrawn", condition=Q(committed__gte=0) & Q(committed__lte=F("amount"))
            ),
        ]


class PaymentBatch(Application):
    """A bank order of one fund: draft → frozen (bank file out) → settled (result in for every payment)."""

    fund_source = models.CharField(max_length=24)
    amount = MoneyField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    bank_file = models.FileField(upload_to="bank/", max_length=100, blank=True)

    scope_owners = ()

    class Meta(Application.Meta):
        default_permissions = ()
        constraints = [
            *Application.Meta.constraints,
            models.CheckConstraint(name="batch_not_negative", condition=Q(amount__gte=0)),
        ]


class Payment(models.Model):
    """One line of the bank file: one payee, one claim; the trainees' lines behind it point here."""

    batch = models.ForeignKey("subsidies.PaymentBatch", models.PROTECT, related_name="payments")
    subsidy = models.ForeignKey("subsidies.Subsidy", models.PROTECT, related_name="payments")
    sequence = models.PositiveIntegerField()
    payee_name = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=120)
    bank_account = EncryptedTextField()
    amount = MoneyField()
    state = models.CharField(max_length=8, choices=PaymentState.choices, default=PaymentState.PENDING)
    value_date = models.DateField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    return_reason = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "batch__division", ("subsidy__applicant",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("batch", "sequence", name="payment_once"),
            models.CheckConstraint(name="payment_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_paid_has_evidence", condition=~Q(state="paid") | (Q(value_date__isnull=False) & ~Q(bank_reference=""))
            ),
            models.CheckConstraint(name="payment_return_has_reason", condition=~Q(state="returned") | ~Q(return_reason="")),
        ]
