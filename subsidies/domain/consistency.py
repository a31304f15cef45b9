"""Sums and accounts held against what they are made of, each night (R-SUB-5, R-SEC-2)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from accounts.domain.findings import Found, ask, register_search
from accounts.domain.seals import register_sealed
from casework.enums import State
from kit.crypto import DecryptionError, lookup_hash
from subsidies.domain.bank import BankLine, lines_of
from subsidies.models import PaymentBatch

SENTENCES = {
    "budget_does_not_add_up": _("%(year)s年预算（编号%(budget)s）已承付%(committed)s元，所批补贴合计%(claims)s元。"),
    "claim_does_not_add_up": _("补贴%(number)s的金额是%(amount)s元，人员明细合计%(lines)s元。"),
    "account_changed": _("批次%(number)s的收款账户与送银行时不同。"),
}
BUDGETS = """
    SELECT b.id, b.division_id, b.year, b.committed, coalesce(sum(s.amount), 0) FROM subsidies_budget b
    LEFT JOIN subsidies_subsidy s ON s.budget_id = b.id GROUP BY b.id HAVING b.committed <> coalesce(sum(s.amount), 0)
"""
CLAIMS = """
    SELECT s.id, s.number, s.division_id, s.amount, coalesce(sum(l.amount) FILTER (WHERE l.state <> 'refused'),
      0) FROM subsidies_subsidy s
    LEFT JOIN subsidies_subsidyline l ON l.subsidy_id = s.id WHERE s.state NOT IN ('draft', 'returned', 'withdrawn')
    GROUP BY s.id HAVING s.amount <> coalesce(sum(l.amount) FILTER (WHERE l.state <> 'refused'), 0)
"""
FROZEN = """
    SELECT b.id, e.data->>'accounts' FROM subsidies_paymentbatch b
    JOIN LATERAL (SELECT data FROM accounts_event WHERE subject_kind = 'paymentbatch' AND subject_id = b.id
      AND act = 'paymentbatch.freeze'
                  ORDER BY id DESC LIMIT 1) e ON true
    WHERE b.state IN ('frozen', 'settled') AND e.data->>'accounts' IS NOT NULL
"""


def accounts_digest(paid: Iterable[BankLine]) -> str:
    """A keyed digest of whom the lines of a batch pay how much into which account; the freeze puts it in the trail."""
    lines = (f"{line.sequence}|{line.payee_name}|{line.bank_name}|{line.bank_account}|{line.amount}" for line in paid)
    return lookup_hash("\n".join(lines), "paymentbatch.accounts").hex()


def money_without_trail() -> Iterator[Found]:
    """Budgets and claims that are not the sum of their parts, and batches whose accounts are not those that were
    frozen.
    """
    for pk, place, year, committed, claims in ask(BUDGETS):
        facts = {"budget": pk, "year": year, "committed": str(committed), "claims": str(claims)}
        yield Found("budget_does_not_add_up", place, "budget", pk, f"{year}", facts)
    for pk, number, place, amount, lines in ask(CLAIMS):
        yield Found(
            "claim_does_not_add_up",
            place,
            "subsidy",
            pk,
            number,
            {"number": number, "amount": str(amount), "lines": str(lines)},
        )
    digests = dict(ask(FROZEN))
    for batch in (
        PaymentBatch.objects.filter(pk__in=digests, state__in=[State.FROZEN, State.SETTLED]).order_by("pk").iterator()
    ):
        if not _as_frozen(batch, digests[batch.pk]):
            yield Found(
                "account_changed", batch.division_id, "paymentbatch", batch.pk, batch.number, {"number": batch.number}
            )


def _as_frozen(batch: PaymentBatch, digest: str) -> bool:
    try:
        return hmac.compare_digest(accounts_digest(lines_of(batch)), digest)
    except DecryptionError:
        return False


def register() -> None:
    register_search("money", money_without_trail, SENTENCES)
    register_sealed("subsidies_payment", ("batch_id", "subsidy_id", "sequence", "payee_name", "bank_name", "amount"))
