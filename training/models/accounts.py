"""The accounts a unit is paid to, and the application by which one becomes another (R-SUB-7)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.enums import Role
from accounts.models import Membership, ScopedQuerySet
from casework.enums import ENDED
from casework.models import Application
from kit.fields import EncryptedTextField, HashField
from kit.masking import mask_account
from kit.text import squeeze


def same_holder(holder: str, name: str) -> bool:
    """Whether two spellings are one name: width, spaces and case do not count."""
    return squeeze(holder).casefold() == squeeze(name).casefold()


class OfThePlace(ScopedQuerySet):
    """Finance officers see the accounts of their own place, and nothing of the places below."""

    def visible_to(self, membership: Membership | None) -> Self:
        rows = super().visible_to(membership)
        if membership is not None and membership.role == Role.FINANCE:
            return rows.filter(**{self.model.scope_division: membership.organisation.division_id})
        return rows


class UnitAccount(models.Model):
    """An account from the day finance confirmed it to the day another took its place; closed and followed, never
    rewritten (a trigger).

    `taken_over`: it was on file before accounts were confirmed. `is_exception`: the holder is not the unit, for
    `exception_reason`.
    """

    unit = models.ForeignKey("training.Unit", models.PROTECT, related_name="accounts")
    change = models.OneToOneField("training.AccountChange", models.PROTECT, null=True, related_name="account")
    holder = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=120)
    bank_account = EncryptedTextField()
    account_hash = HashField(db_index=True)
    is_exception = models.BooleanField(default=False)
    exception_reason = models.CharField(max_length=500, blank=True)
    taken_over = models.BooleanField(default=False)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    objects = OfThePlace.as_manager()
    scope_division, scope_owners = "unit__organisation__division", ("unit__organisation",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("unit", name="unitaccount_one_in_force", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(
                name="unitaccount_agreed_by_two",
                condition=Q(taken_over=True)
                | Q(approved_by__isnull=False, confirmed_by__isnull=False, change__isnull=False),
            ),
            models.CheckConstraint(
                name="unitaccount_exception_has_reason",
                condition=Q(is_exception=False) | Q(exception_reason__regex=r"\S"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.bank_name}"

    @property
    def masked(self) -> str:
        return mask_account(self.bank_account)

    @property
    def is_of_unit(self) -> bool:
        """Whether the holder is the unit as it is called now, or another one by the exception of two."""
        return self.is_exception or same_holder(self.holder, self.unit.organisation.name)


class AccountChange(Application):
    """账户变更: the account a unit wants to be paid to, beside the one in force (`former`); officer, then finance.

    Where the holder is not the unit (`is_exception`) two officers agree; `approved_by` and `seconded_by` are those who
    did. `registration` is set where the account came with the unit's registration.
    """

    unit = models.ForeignKey("training.Unit", models.PROTECT, related_name="account_changes")
    former = models.ForeignKey("training.UnitAccount", models.PROTECT, null=True, related_name="+", db_index=False)
    registration = models.ForeignKey("training.Registration", models.PROTECT, null=True, related_name="account_changes")
    holder = models.CharField(max_length=120, blank=True)
    bank_name = models.CharField(max_length=120, blank=True)
    bank_account = EncryptedTextField(null=True)
    is_exception = models.BooleanField(default=False)
    exception_reason = models.CharField(max_length=500, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+", db_index=False)
    seconded_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = OfThePlace.as_manager()

    class Meta(Application.Meta):
        default_permissions = ()
        constraints = [
            *Application.Meta.constraints,
            models.UniqueConstraint("unit", name="accountchange_one_open", condition=~Q(state__in=ENDED)),
            models.CheckConstraint(
                name="accountchange_confirmed_after_approval",
                condition=~Q(state__in=["confirming", "approved"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accountchange_exception_by_two",
                condition=Q(is_exception=False)
                | ~Q(state__in=["confirming", "approved"])
                | Q(seconded_by__isnull=False),
            ),
        ]
