"""Budgets of a fund, division and year (R-SUB-5)."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import Role
from accounts.models import Post
from casework.domain.moves import NotYours, Obstructed
from subsidies.models import Budget


def set_budget(*, fund_source: str, year: int, amount: Decimal, source: str, by: Post) -> Budget:
    """Register or raise the budget of the finance officer's own division; never below what is committed."""
    if by.role != Role.FINANCE:
        raise NotYours([_("只有本地财务人员可以登记预算。")])
    with transaction.atomic():
        budget, _created = Budget.objects.select_for_update().get_or_create(
            fund_source=fund_source, division=by.organisation.division, year=year, defaults={"amount": amount, "source": source}
        )
        if amount < budget.committed:
            raise Obstructed([_("已承付%(committed)s元，预算不能低于此数。") % {"committed": budget.committed}])
        before, budget.amount, budget.source = budget.amount, amount, source
        budget.save(update_fields=["amount", "source"])
        record("budget.set", by=by, on=budget, fund=fund_source, year=year, before=str(before), after=str(amount), source=source)
    return budget
