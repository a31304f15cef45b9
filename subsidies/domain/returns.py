"""退票: where money that came back is marked, and why it does not go out again yet (R-SUB-7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from casework.enums import ENDED
from kit.text import squeeze
from subsidies.enums import CAME_BACK, CorrectionState, LineState
from subsidies.models import BankCorrection, Payment, PaymentBatch, PaymentPart, SubsidyLine
from training.domain.units.accounts import in_force
from training.models import AccountChange, UnitAccount

STEPS_AGAIN = (LineState.RETURNED, LineState.PAYING, LineState.PAID)


def held(payment: str = "pk") -> Exists:
    """暂缓: a correction of the payment is not answered; `payment` is where the row carries it."""
    return Exists(BankCorrection.objects.filter(payment=OuterRef(payment), state=CorrectionState.PROPOSED))


def shown_lines(lines: QuerySet[SubsidyLine]) -> QuerySet[SubsidyLine]:
    """Lines with their people, the reason their payment came back for, and whether they are held; no account is opened
    for that.
    """
    return (
        lines.select_related("enrolment__person", "enrolment__examination", "payment")
        .defer("payment__bank_account")
        .annotate(is_held=held("payment"))
    )


def come_back() -> QuerySet[Payment]:
    """Payments whose lines came back and wait to be paid again, each with `is_held`."""
    waiting = SubsidyLine.objects.filter(payment=OuterRef("pk"), state=LineState.RETURNED)
    return (
        Payment.objects.filter(Exists(waiting), state__in=CAME_BACK)
        .annotate(is_held=held())
        .select_related("batch")
        .order_by("pk")
    )


def after_return(batch: PaymentBatch) -> dict[str, int]:
    """What became of the payments of a batch that came back: how many wait to be paid again (RETURNED), are on their
    way (PAYING), were paid again (PAID), or go out no more (REFUSED). One query.
    """
    of_payment: dict[int, set[str]] = {}
    rows = PaymentPart.objects.filter(payment__batch=batch, payment__state__in=CAME_BACK).values_list(
        "payment", "line__state"
    )
    for payment, state in rows.distinct():
        of_payment.setdefault(payment, set()).add(state)
    found = (
        next((state for state in STEPS_AGAIN if state in states), LineState.REFUSED) for states in of_payment.values()
    )
    return Counter(map(str, found))


def latest_returns(claims: Iterable[int]) -> dict[int, Payment]:
    """The payment with which these claims' money came back, by claim; one query."""
    asked = list(claims)
    return {payment.subsidy_id: payment for payment in come_back().filter(subsidy__in=asked)} if asked else {}


def why_not_again(payment: Payment, payee: Organisation, account: UnitAccount | None) -> str:
    """Why a payment that came back is not paid again now, or "": the account in force has to be another one, confirmed
    after the return.
    """
    back, said = payment.came_back_at, {"reason": payment.return_reason, "name": payee.name}
    if payment.is_held:
        return _("%(payment)s有更正回执待复核，暂缓拨付。") % {"payment": payment.reference}
    if account is None or _key(account.holder, account.bank_name, account.bank_account) == _key(
        payment.payee_name, payment.bank_name, payment.bank_account
    ):
        return (
            _(
                "上次付款已退票（%(reason)s），%(name)s的收款账户还没有变更；变更由审核人员同意、财务确认后才能再次拨付。"
            )
            % said
        )
    if back and account.confirmed_at <= back:
        return _("上次付款已退票（%(reason)s），%(name)s的收款账户须在退票之后变更并确认，才能再次拨付。") % said
    return ""


def _key(holder: str, bank: str, number: str) -> tuple[str, str, str]:
    return squeeze(holder).casefold(), squeeze(bank).casefold(), squeeze(number)


def returns_of_unit(membership: Membership) -> dict[str, Any] | None:
    """The first lines of the unit's home page: its money that came back, why, and what cures it."""
    own = Q(subsidy__payee=membership.organisation_id) | Q(subsidy__applicant=membership.organisation_id)
    found = list(come_back().filter(own).select_related("batch", "subsidy__training_class", "subsidy__payee"))
    if not found:
        return None
    accounts = in_force({payment.subsidy.payee_id for payment in found})
    for payment in found:
        payee = payment.subsidy.payee
        payment.why_not = why_not_again(payment, payee, accounts.get(payee.pk))
        payment.is_ours = payment.subsidy.payee_id == membership.organisation_id
    return {
        "returns": found,
        "change": AccountChange.objects.filter(applicant=membership.organisation_id).exclude(state__in=ENDED).first(),
    }
