"""Words and tones of MONEY for the templates."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from casework.domain.categories import category_name
from kit import money
from subsidies.enums import CorrectionState, LineState, PaymentState
from subsidies.models import Standard
from training.enums import FundSource, SkillLevel, TrainingType

register = template.Library()

LINES = {
    LineState.CLAIMED: "info",
    LineState.REFUSED: "secondary",
    LineState.APPROVED: "primary",
    LineState.PAYING: "info",
    LineState.PAID: "success",
    LineState.RETURNED: "danger",
    LineState.RECOVERED: "warning",
}
PAYMENTS = {
    PaymentState.PENDING: "info",
    PaymentState.PAID: "success",
    PaymentState.RETURNED: "danger",
    PaymentState.SENT_BACK: "danger",
    PaymentState.CANCELLED: "secondary",
}


CORRECTIONS = {CorrectionState.PROPOSED: "warning", CorrectionState.AGREED: "success"}


@register.filter
def correction_tone(state: str) -> str:
    return CORRECTIONS.get(state, "secondary")


@register.filter
def fund_label(code: str) -> str:
    return str(FundSource(code).label) if code in FundSource.values else code


@register.filter
def line_tone(state: str) -> str:
    return LINES.get(state, "secondary")


@register.filter
def payment_tone(state: str) -> str:
    return PAYMENTS.get(state, "secondary")


@register.filter
def yuan(amount: Decimal | str) -> str:
    """1500 → 1,500.00, in every language; a snapshot keeps its amounts as text."""
    return money.yuan_text(Decimal(amount)) if amount not in ("", None) else ""


@register.filter
def capitals(amount: Decimal) -> str:
    """1500 → 壹仟伍佰元整."""
    return money.capitals(amount)


@register.filter
def applies_to(standard: Standard) -> str:
    """What a standard is for, in words; everything where it names nothing."""
    parts = [
        standard.project_code,
        standard.occupation,
        str(SkillLevel(standard.level).label) if standard.level else "",
        str(TrainingType(standard.training_type).label) if standard.training_type in TrainingType.values else "",
        category_name(standard.category) if standard.category else "",
        _("%(hours)s课时以上") % {"hours": standard.hours_from} if standard.hours_from else "",
    ]
    return " · ".join(part for part in parts if part) or _("全部")
