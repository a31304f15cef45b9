"""更正回执: what the bank says later than its answer is booked by two finance officers; until then the payment is held
(R-SUB-7).

The usual case is money that arrived and was returned days later; the other a failure that was none. Neither rewrites
what was booked: the correction is a row of its own on its own day, and the payment follows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes, values_of
from accounts.enums import Role
from accounts.models import Membership, Organisation
from casework.domain.duties import Duty
from casework.models import Notice, Step
from kit.refusals import NotAllowed, NotNow, Overtaken
from kit.text import squeeze, written
from subsidies.domain.bank import fold_serial, serial_taken, taken_serials, why_no_serial
from subsidies.domain.payments import SERIAL_ONCE, why_not_finance
from subsidies.domain.standing import bring_classes_up_to_date
from subsidies.enums import CorrectionKind, CorrectionState, LineState, PaymentState
from subsidies.models import BankCorrection, Payment, Subsidy, SubsidyLine

SAID = ("state", "value_date", "bank_reference", "return_reason")
CORRECTS = {CorrectionKind.SENT_BACK: PaymentState.PAID, CorrectionKind.ARRIVED: PaymentState.RETURNED}
RELATED = (
    "payment__batch",
    "payment__subsidy",
    "proposed_by__user",
    "proposed_by__organisation",
    "answered_by__user",
    "answered_by__organisation",
)
MOST_NAMED, DECIDED = 5, ("approve", "conclude")
STANDING = (CorrectionState.PROPOSED, CorrectionState.AGREED)


def open_corrections(membership: Membership) -> QuerySet[BankCorrection]:
    """Those of the finance officer's own place that wait for an answer, the oldest first."""
    rows = BankCorrection.objects.visible_to(membership).filter(
        state=CorrectionState.PROPOSED, payment__batch__division=membership.organisation.division_id
    )
    return rows.select_related(*RELATED).order_by("pk")


def duty(membership: Membership) -> Duty | None:
    """待办 of the other finance officers while a correction waits for one of them; one query, of finance only."""
    if membership.role != Role.FINANCE:
        return None
    approved = Step.objects.filter(
        kind="subsidy", object_id=OuterRef("payment__subsidy"), by__user=membership.user_id, move__in=DECIDED
    )
    found = list(open_corrections(membership).exclude(proposer=membership.user_id).exclude(Exists(approved)))
    if not found:
        return None
    payments = "、".join(one.payment.reference for one in found[:MOST_NAMED])
    return Duty(
        label=_("复核%(count)s件更正回执") % {"count": len(found)},
        why=_("%(payments)s：由本地另一名财务人员登记，同意或不同意以前这些付款暂缓办理。")
        % {"payments": payments if len(found) <= MOST_NAMED else _("%(numbers)s等") % {"numbers": payments}},
        url=reverse("case", args=["paymentbatch", found[0].payment.batch_id]),
    )


def correction_kind(payment: Payment) -> str:
    """The only correction a payment in this state can have, "" where it can have none."""
    return next((kind for kind, state in CORRECTS.items() if state == payment.state), "")


def propose(
    payment: Payment, *, kind: str, day: date, bank_reference: str, reason: str, by: Membership
) -> BankCorrection:
    """Enter what the bank says now; the payment and its lines are held from here on. Raises NotAllowed, NotNow."""
    serial, reason = squeeze(bank_reference), written(reason)
    try:
        with transaction.atomic():
            locked = _locked(payment)
            _refuse(locked, by)
            if wrong := [*_why_not(locked, kind), *_incomplete(locked, kind, day, serial, reason)]:
                raise NotNow(wrong)
            made = BankCorrection.objects.create(
                payment=locked,
                kind=kind,
                day=day,
                bank_reference=serial,
                reason=reason,
                proposed_by=by,
                proposer_id=by.user_id,
                proposed_at=timezone.now(),
                before={name: str(value or "") for name, value in values_of(locked, SAID).items()},
            )
            _record("paymentbatch.correction_proposed", made, by, reason)
            _tell(
                [by.organisation],
                made,
                _("%(who)s登记了%(payment)s的更正回执（%(kind)s），请另一名财务人员复核；复核前暂缓办理。")
                % {
                    "who": by,
                    "payment": locked.reference,
                    "kind": made.get_kind_display(),
                },
            )
    except IntegrityError as refused:  # a correction or a serial number entered at the same moment
        raise NotNow([_("这笔付款或这个银行流水号刚有更正登记，请刷新后再看。")]) from refused
    return made


def settle(correction: BankCorrection, *, agree: bool, note: str = "", by: Membership) -> BankCorrection:
    """Another finance officer agrees, and it is booked; or declines, saying why. Raises NotAllowed, NotNow,
    Overtaken.
    """
    note = written(note)
    with transaction.atomic():
        locked = _open(correction, by, CorrectionState.AGREED if agree else CorrectionState.DECLINED)
        if locked.state != CorrectionState.PROPOSED:
            return locked
        if by.user_id == locked.proposer_id:
            raise NotAllowed([_("登记更正的人不能自己复核，须由本地另一名财务人员复核。")])
        if not agree and not note:
            raise NotNow([_("不同意更正须说明理由。")])
        if agree and (
            wrong := [
                *_why_not(locked.payment, locked.kind, but=locked.pk),
                *_serial_taken(locked.payment, locked.kind, locked.bank_reference, but=locked.pk),
            ]
        ):
            raise NotNow(wrong)
        _answer(locked, CorrectionState.AGREED if agree else CorrectionState.DECLINED, note, by)
        changed = _booked_once(locked) if agree else {}
        _record(
            "paymentbatch.corrected" if agree else "paymentbatch.correction_declined", locked, by, note, changed=changed
        )
    return locked


def take_back(correction: BankCorrection, *, by: Membership) -> BankCorrection:
    """Whoever entered it withdraws it before it is answered. Raises NotAllowed, Overtaken."""
    with transaction.atomic():
        locked = _open(correction, by, CorrectionState.TAKEN_BACK)
        if locked.state == CorrectionState.PROPOSED:
            if by.user_id != locked.proposer_id:
                raise NotAllowed([_("只有登记更正的人可以撤回；不同意的，请选“不同意”并说明理由。")])
            _answer(locked, CorrectionState.TAKEN_BACK, "", by)
            _record("paymentbatch.correction_taken_back", locked, by, "")
    return locked


# ── what stands in the way
# ──────────────────────────────────────────────────────────────────────────────────────────────


def _locked(payment: Payment) -> Payment:
    """The claim, then the payment, locked in the order in which a batch locks them."""
    Subsidy.objects.select_for_update(of=("self",)).get(pk=payment.subsidy_id)
    return Payment.objects.select_for_update(of=("self",)).select_related("batch", "subsidy").get(pk=payment.pk)


def _open(correction: BankCorrection, by: Membership, wanted: str) -> BankCorrection:
    """The correction and its payment, locked; answered by the same person in the same way before,
    it is given as it is.
    """
    payment = _locked(correction.payment)
    _refuse(payment, by)
    locked = BankCorrection.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=correction.pk)
    if locked.state != CorrectionState.PROPOSED and (locked.state, locked.answerer_id) != (wanted, by.user_id):
        raise Overtaken(
            [
                _("这件更正已由%(who)s办理（%(state)s），请刷新后查看。")
                % {
                    "who": locked.answered_by,
                    "state": locked.get_state_display(),
                }
            ]
        )
    locked.payment = payment
    return locked


def _refuse(payment: Payment, by: Membership) -> None:
    if why := why_not_finance(by, payment.batch.division_id):
        raise NotAllowed([why])
    decided = Step.objects.filter(kind="subsidy", object_id=payment.subsidy_id, by__user=by.user_id, move__in=DECIDED)
    if decided.exists():
        raise NotAllowed(
            [_("您审批过%(numbers)s，不能再办理拨付（不相容岗位分离）。") % {"numbers": payment.subsidy.number}]
        )


def _why_not(payment: Payment, kind: str, *, but: int | None = None) -> list[str]:
    """Why a payment cannot be corrected in this way now; `but` is the correction being answered."""
    if kind not in CorrectionKind.values:
        return [_("请选择更正的种类。")]
    if payment.state != CORRECTS[CorrectionKind(kind)]:
        return [
            _("这一笔现在是“%(state)s”，不能登记“%(kind)s”。")
            % {
                "state": payment.get_state_display(),
                "kind": CorrectionKind(kind).label,
            }
        ]
    if payment.corrections.filter(state=CorrectionState.PROPOSED).exclude(pk=but).exists():
        return [_("这一笔已有更正回执待复核。")]
    elsewhere = (
        SubsidyLine.objects.filter(parts__payment=payment)
        .exclude(payment=payment)
        .select_related("payment__batch")
        .first()
    )
    if elsewhere is None:
        return []
    later = elsewhere.payment
    if later.state == PaymentState.PENDING:
        return [
            _("这笔补贴已重新列入%(payment)s，正在拨付：尚未锁定的请先撤销批次，已锁定的请等待银行回执。")
            % {"payment": later.reference}
        ]
    return [
        _("这笔补贴已由%(payment)s再次拨付（%(state)s）；同一补贴到账两次的，应追回重复的一笔。")
        % {
            "payment": later.reference,
            "state": later.get_state_display(),
        }
    ]


def _incomplete(payment: Payment, kind: str, day: date, serial: str, reason: str) -> Iterable[str]:
    today = timezone.localdate()
    if kind == CorrectionKind.SENT_BACK:
        words, earliest, since = _("退回日期"), payment.value_date, _("到账日期")
    else:
        words, earliest, since = _("到账日期"), timezone.localdate(payment.batch.frozen_at), _("批次锁定日")
    if day > today:
        yield _("%(what)s%(day)s在今天（%(today)s）之后。") % {"what": words, "day": day, "today": today}
    if earliest and day < earliest:
        yield _("%(what)s%(day)s早于%(since)s%(earliest)s，请与银行核对。") % {
            "what": words,
            "day": day,
            "since": since,
            "earliest": earliest,
        }
    if not reason:
        yield _("请写明更正的原因。")
    if not serial:
        yield _("请填写银行的流水号。")
    elif why := why_no_serial(serial):
        yield why
    else:
        yield from _serial_taken(payment, kind, serial)


def _serial_taken(payment: Payment, kind: str, serial: str, *, but: int | None = None) -> list[str]:
    """A serial number stands for one payment, and one return."""
    if kind == CorrectionKind.ARRIVED:
        others = [
            said for pk, said in taken_serials([fold_serial(serial)]).get(fold_serial(serial), ()) if pk != payment.pk
        ]
    else:
        same = (
            BankCorrection.objects.filter(kind=kind, state__in=STANDING, bank_reference__iexact=serial)
            .exclude(pk=but)
            .exclude(payment=payment)
        )
        others = [one.payment.reference for one in same.select_related("payment__batch")[:1]]
    return [serial_taken(serial, others[0])] if others else []


# ── booking
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(correction: BankCorrection, state: str, note: str, by: Membership) -> None:
    correction.state, correction.note = state, note
    correction.answered_by, correction.answerer, correction.answered_at = by, by.user, timezone.now()
    correction.save(update_fields=["state", "note", "answered_by", "answerer", "answered_at"])


def _booked_once(correction: BankCorrection) -> dict[str, list[str]]:
    """The same, but a serial number that was booked for another payment at this moment is said in words."""
    try:
        with transaction.atomic():
            return _book(correction)
    except IntegrityError as refused:
        if SERIAL_ONCE not in str(refused):
            raise
        raise NotNow([_("这个银行流水号刚被另一笔付款使用，请刷新后再看。")]) from refused


def _book(correction: BankCorrection) -> dict[str, list[str]]:
    """The payment, its lines, the class and the units follow; gives what changed on the payment."""
    payment = correction.payment
    before, state = values_of(payment, SAID), LineState.RETURNED
    if correction.kind == CorrectionKind.SENT_BACK:
        payment.state, payment.return_reason = PaymentState.SENT_BACK, correction.reason
        payment.sent_back_at, payment.sent_back_on = correction.answered_at, correction.day
    else:
        state, payment.state, payment.return_reason = LineState.PAID, PaymentState.PAID, ""
        payment.value_date, payment.bank_reference, payment.answered_at = (
            correction.day,
            correction.bank_reference,
            correction.answered_at,
        )
    payment.save(update_fields=[*SAID, "answered_at", "sent_back_at", "sent_back_on"])
    payment.lines.update(state=state)
    bring_classes_up_to_date([payment.subsidy.training_class_id])
    text = (
        _("补贴%(number)s的付款%(day)s被银行退回（%(reason)s），财务已入账。请变更收款账户，财务会再次拨付。")
        if state == LineState.RETURNED
        else _("补贴%(number)s的付款原回执有误，实际已于%(day)s到账%(amount)s元。")
    )
    claim = payment.subsidy
    _tell(
        Organisation.objects.filter(pk__in={claim.applicant_id, claim.payee_id}),
        correction,
        text % {"number": claim.number, "day": correction.day, "reason": correction.reason, "amount": payment.amount},
    )
    return changes(before, values_of(payment, SAID))


def _tell(organisations: Iterable[Organisation], correction: BankCorrection, text: str) -> None:
    payment = correction.payment
    for organisation in organisations:
        kind, pk = ("paymentbatch", payment.batch_id) if not organisation.is_unit else ("subsidy", payment.subsidy_id)
        Notice.objects.create(
            organisation=organisation, text=text[:300], url=reverse("case", args=[kind, pk]), kind=kind, object_id=pk
        )


def _record(act: str, correction: BankCorrection, by: Membership, reason: str, **data: Any) -> None:
    payment = correction.payment
    record(
        act,
        by=by,
        kind="payment",
        pk=payment.pk,
        division=payment.batch.division_id,
        reason=reason or correction.reason,
        bank_correction=correction.pk,
        payment=payment.reference,
        correction_kind=correction.kind,
        day=correction.day.isoformat(),
        bank_reference=correction.bank_reference,
        amount=str(payment.amount),
        **data,
    )
