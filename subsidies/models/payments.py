"""Budgets, batches and what the bank said (R-SUB-5, R-SUB-6)."""

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Trim, Upper

from accounts.models import ScopedQuerySet
from casework.models import Application
from kit.fields import EncryptedTextField, MoneyField
from kit.storage import Unguessable
from subsidies.enums import ARRIVED, CorrectionKind, CorrectionState, PaymentState
from subsidies.models.claims import OWNERS
from training.enums import FundSource

LOW, VERY_LOW = 80, 95  # per cent of a budget that are committed


class Budget(models.Model):
    """Money of one fund for a division and year. `committed` grows with every approval under this row's lock, so it
    cannot be overdrawn.
    """

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

    def __str__(self) -> str:
        return f"{self.year} {self.division} {FundSource(self.fund_source).label}"

    @property
    def left(self) -> Decimal:
        return self.amount - self.committed

    @property
    def percent(self) -> int:
        """How much is committed, in per cent, rounded down."""
        return int(self.committed * 100 / self.amount) if self.amount else 0

    @property
    def tone(self) -> str:
        return "danger" if self.percent >= VERY_LOW else "warning" if self.percent >= LOW else "success"


class PaymentBatch(Application):
    """A bank order of one fund: draft → frozen (bank file out, known by its digest) → settled (result in for every
    payment).
    """

    fund_source = models.CharField(max_length=24)
    amount = MoneyField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    bank_file = models.FileField(upload_to=Unguessable("bank"), max_length=100, blank=True)
    frozen_at = models.DateTimeField(null=True)

    scope_owners = ()

    class Meta(Application.Meta):
        default_permissions = ()
        constraints = [
            *Application.Meta.constraints,
            models.CheckConstraint(name="batch_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="batch_frozen_has_file",
                condition=~Q(state__in=["frozen", "settled"])
                | (~Q(digest="") & ~Q(bank_file="") & Q(amount__gt=0, frozen_at__isnull=False)),
            ),
        ]


def reference_of(number: str, sequence: int) -> str:
    """业务编号 of a payment: the number of its batch, its place in it."""
    return f"{number}-{sequence:05d}"


class Payment(models.Model):
    """One line of the bank file: one payee, one claim, one account in force. What it consists of stays in `parts`; the
    trainees' lines point to their latest.

    `answered_at`: when the bank's answer was booked here; the value date lies between the day the batch was frozen and
    that one (a trigger).
    `sent_back_at`: when it was booked that the bank had returned it, `sent_back_on`, after it had arrived; it stays
    paid on its value date (gross).
    """

    batch = models.ForeignKey(
        "subsidies.PaymentBatch", models.PROTECT, related_name="payments", db_index=False
    )  # `payment_once` begins with it
    subsidy = models.ForeignKey("subsidies.Subsidy", models.PROTECT, related_name="payments")
    account = models.ForeignKey("training.UnitAccount", models.PROTECT, null=True, related_name="+", db_index=False)
    sequence = models.PositiveIntegerField()
    payee_name = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=120)
    bank_account = EncryptedTextField()
    amount = MoneyField()
    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.PENDING)
    value_date = models.DateField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    return_reason = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    sent_back_at = models.DateTimeField(null=True)
    sent_back_on = models.DateField(null=True)

    objects = ScopedQuerySet.as_manager()
    scope_division = "batch__division"
    scope_owners = tuple(f"subsidy__{owner}" for owner in OWNERS)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("batch", "sequence", name="payment_once"),
            models.UniqueConstraint("subsidy", name="payment_one_under_way", condition=Q(state="pending")),
            models.CheckConstraint(name="payment_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_paid_has_evidence",
                condition=~Q(state__in=["paid", "sent_back"]) | (Q(value_date__isnull=False) & ~Q(bank_reference="")),
            ),
            models.CheckConstraint(
                name="payment_return_has_reason",
                condition=~Q(state__in=["returned", "sent_back"]) | ~Q(return_reason=""),
            ),
            models.CheckConstraint(
                name="payment_sent_back_at_a_time",
                condition=Q(state="sent_back", sent_back_at__isnull=False, sent_back_on__isnull=False)
                | (~Q(state="sent_back") & Q(sent_back_at__isnull=True, sent_back_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="payment_answered_at_a_time",
                condition=Q(state__in=["pending", "cancelled"], answered_at__isnull=True)
                | (~Q(state__in=["pending", "cancelled"]) & Q(answered_at__isnull=False)),
            ),
            models.UniqueConstraint(
                Upper(Trim("bank_reference")), name="payment_serial_once", condition=~Q(bank_reference="")
            ),
        ]
        indexes = [models.Index(fields=["-value_date", "-id"], name="payment_paid", condition=Q(state__in=ARRIVED))]

    @property
    def reference(self) -> str:
        """业务编号: what the bank's result file comes back with."""
        return reference_of(self.batch.number, self.sequence)

    @property
    def came_back_at(self) -> datetime | None:
        """When it was booked here that the money came back, before or after it had arrived."""
        return self.sent_back_at or (self.answered_at if self.state == PaymentState.RETURNED else None)


class PaymentPart(models.Model):
    """One trainee's line in one payment: kept when the payment comes back and the line goes out again (R-SUB-6)."""

    payment = models.ForeignKey(
        "subsidies.Payment", models.PROTECT, related_name="parts", db_index=False
    )  # `paymentpart_once` begins with it
    line = models.ForeignKey("subsidies.SubsidyLine", models.PROTECT, related_name="parts")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("payment", "line", name="paymentpart_once")]


class BankCorrection(models.Model):
    """更正回执: what the bank says later than its answer; one finance officer enters it, another agrees, then the payment
    follows (R-SUB-7).

    `day` is the bank's: when it returned the money, or when the money had arrived after all. `before` is what the
    payment said until then. While it is proposed the payment and its lines are held; triggers keep an answered row, and
    every row from being deleted. `proposer` and `answerer` are the users of the two memberships, so that the database
    can tell them apart.
    """

    payment = models.ForeignKey("subsidies.Payment", models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=10, choices=CorrectionKind.choices)
    day = models.DateField()
    bank_reference = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    before = models.JSONField()
    state = models.CharField(max_length=10, choices=CorrectionState.choices, default=CorrectionState.PROPOSED)
    proposed_by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+", db_index=False)
    proposer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+", db_index=False)
    answerer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "payment__batch__division", ()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="bankcorrection_has_reason", condition=Q(reason__regex=r"\S", bank_reference__regex=r"\S")
            ),
            models.CheckConstraint(
                name="bankcorrection_by_two_users",
                condition=~Q(state__in=["agreed", "declined"]) | ~Q(answerer=F("proposer")),
            ),
            models.CheckConstraint(
                name="bankcorrection_answer_has_author",
                condition=Q(state="proposed", answered_by__isnull=True, answerer__isnull=True, answered_at__isnull=True)
                | (
                    ~Q(state="proposed")
                    & Q(answered_by__isnull=False, answerer__isnull=False, answered_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="bankcorrection_decline_has_note", condition=~Q(state="declined") | Q(note__regex=r"\S")
            ),
            models.UniqueConstraint("payment", name="bankcorrection_one_open", condition=Q(state="proposed")),
            models.UniqueConstraint("payment", "kind", name="bankcorrection_agreed_once", condition=Q(state="agreed")),
            models.UniqueConstraint(
                Upper(Trim("bank_reference")),
                name="bankcorrection_serial_once",
                condition=Q(kind="sent_back", state__in=["proposed", "agreed"]),
            ),
        ]
