"""What the finance officer is asked for today: money that waits, batches under way, budgets running low (R-SEC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership
from casework.enums import State
from subsidies.domain.corrections import open_corrections
from subsidies.domain.payments import payable, why_not_payable
from subsidies.domain.returns import latest_returns
from subsidies.domain.stopped import held_among
from subsidies.enums import PaymentState
from subsidies.models import Budget, PaymentBatch, Subsidy
from training.domain.units.accounts import in_force, under_way
from training.enums import FundSource


def payables_by_fund(membership: Membership) -> list[tuple[str, list[Subsidy], Any]]:
    """Each fund's claims that wait for a batch, with their sum; `why_not` says of each why it cannot go out now."""
    groups: dict[str, list[Subsidy]] = {}
    for subsidy in with_accounts(payable(membership)):
        groups.setdefault(subsidy.fund_source, []).append(subsidy)
    return [
        (str(FundSource(code).label), rows, sum(row.payable_amount for row in rows))
        for code, rows in sorted(groups.items())
    ]


def with_accounts(subsidies: Iterable[Subsidy]) -> list[Subsidy]:
    """Each with the `account` it would be paid to, the `change` of it that an office has in hand, and `why_not` it
    cannot be chosen: the account, or somebody of the claim; four queries, more only where somebody is held back.
    """
    rows: list[Any] = list(subsidies)
    payees = {row.payee_id for row in rows}
    accounts, changes = in_force(payees), under_way(payees)
    reasons, held = why_not_payable(rows, accounts, latest_returns([row.pk for row in rows])), held_among(rows)
    for row in rows:
        row.account, row.change = accounts.get(row.payee_id), changes.get(row.payee_id)
        row.why_not = " ".join(why for why in (reasons.get(row.pk), held.get(row.pk)) if why)
    return rows


def budgets_of(membership: Membership, *, year: int | None = None) -> list[Budget]:
    """The budgets in scope: the latest year first, a league before its banners, funds in their order."""
    rows = Budget.objects.visible_to(membership).select_related("division")
    return sorted(
        rows.filter(year=year) if year else rows,
        key=lambda row: (-row.year, row.division.path, FundSource.values.index(row.fund_source)),
    )


def batches_under_way(membership: Membership) -> list[PaymentBatch]:
    """Drafts to be frozen, and frozen ones that wait for the bank or for being closed."""
    return list(batches_of(membership).filter(state__in=[State.DRAFT, State.FROZEN]).order_by("pk"))


def batches_of(membership: Membership) -> QuerySet[PaymentBatch]:
    """The batches in the membership's scope, each with `waiting`: how many of its payments the bank
    has not answered.
    """
    waiting = Count("payments", filter=Q(payments__state=PaymentState.PENDING))
    return PaymentBatch.objects.visible_to(membership).select_related("division").annotate(waiting=waiting)


def finance_home(membership: Membership) -> dict[str, Any]:
    """The section on the finance officer's home page."""
    year = timezone.localdate().year
    return {
        "corrections": list(open_corrections(membership)),
        "funds": payables_by_fund(membership),
        "under_way": batches_under_way(membership),
        "budgets": budgets_of(membership, year=year),
        "year": year,
    }
