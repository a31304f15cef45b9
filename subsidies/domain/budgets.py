"""Budgets of a fund, division and year (R-SUB-5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes, values_of
from accounts.enums import Role
from accounts.models import Membership
from kit.money import yuan_text
from kit.refusals import NotAllowed, NotNow
from kit.text import written
from kit.versions import version_of
from subsidies.models import Budget, Subsidy
from training.enums import FundSource

FIRST_YEAR, LAST_YEAR = 2019, 2100


def set_budget(*, fund_source: str, year: int, amount: Decimal, source: str, by: Membership) -> Budget:
    """Register or change the budget of the finance officer's own division; never below what is committed."""
    if by.is_unit or by.role != Role.FINANCE:
        raise NotAllowed([_("只有本地财务人员可以登记预算。")])
    wrong = []
    if fund_source not in FundSource.values:
        wrong.append(_("没有这项资金来源。"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        wrong.append(_("年度应在%(first)s到%(last)s之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    if amount < 0:
        wrong.append(_("预算金额不能为负。"))
    if not written(source):
        wrong.append(_("请写明预算的文号或依据。"))
    if wrong:
        raise NotNow(wrong)
    with transaction.atomic():
        budget, created = Budget.objects.select_for_update(of=("self",)).get_or_create(
            fund_source=fund_source,
            division=by.organisation.division,
            year=year,
            defaults={"amount": amount, "source": written(source)},
        )
        if amount < budget.committed:
            raise NotNow([_("已承付%(committed)s元，预算不能低于此数。") % {"committed": yuan_text(budget.committed)}])
        former = {} if created else values_of(budget, ("amount", "source"))
        budget.amount, budget.source = amount, written(source)
        budget.save(update_fields=["amount", "source"])
        record(
            "budget.set",
            by=by,
            on=budget,
            fund=fund_source,
            year=year,
            changed=changes(former, values_of(budget, ("amount", "source"))),
        )
    return budget


def budgets_version(division: str) -> str:
    """What the budget page of a place shows of its own budgets."""
    rows = Budget.objects.filter(division=division).order_by("year", "fund_source")
    return version_of([list(row) for row in rows.values_list("year", "fund_source", "amount", "source")])


def budget_for(subsidy: Subsidy, *, lock: bool = False) -> Budget | None:
    """This year's budget of the claim's fund and division; the row locked when asked."""
    rows = Budget.objects.select_for_update() if lock else Budget.objects
    return rows.filter(
        fund_source=subsidy.fund_source, division=subsidy.division_id, year=timezone.localdate().year
    ).first()


def why_not_committed(subsidy: Subsidy, budget: Budget | None) -> str:
    """The sentence that says the budget does not bear this claim, or ""."""
    if budget is None:
        return _("%(year)s年本地没有“%(fund)s”的预算，请财务先登记预算。") % {
            "year": timezone.localdate().year,
            "fund": FundSource(subsidy.fund_source).label,
        }
    left = budget.amount - budget.committed
    if subsidy.amount > left:
        return _("资金不足：预算余额%(left)s元，本次%(amount)s元。") % {
            "left": yuan_text(left),
            "amount": yuan_text(subsidy.amount),
        }
    return ""


def release_budget(subsidy: Subsidy, amount: Decimal) -> None:
    """Give back what was committed for somebody taken out of an approved claim, under the budget's lock."""
    budget = Budget.objects.select_for_update(of=("self",)).get(pk=subsidy.budget_id)
    budget.committed -= amount
    budget.save(update_fields=["committed"])


def commit_budget(subsidy: Subsidy, context: Any) -> None:
    """Commit the amount under the budget's lock, so that approvals at the same time cannot overdraw it (R-SUB-5).

    The guard has said the same before; between the two another approval may have taken the money. Raises NotNow.
    """
    budget = budget_for(subsidy, lock=True)
    if why := why_not_committed(subsidy, budget):
        raise NotNow([why])
    budget.committed += subsidy.amount  # type: ignore[union-attr]
    budget.save(update_fields=["committed"])  # type: ignore[union-attr]
    subsidy.budget = budget
    context.notes["budget"] = budget.pk  # type: ignore[union-attr]
