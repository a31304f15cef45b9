"""Batches: claims put together into a bank order, frozen, answered by the bank, paid or returned (R-SUB-5, R-SUB-6)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.refusals import note
from accounts.enums import Role
from accounts.models import Membership, Organisation
from casework.domain.files import FileAltered, attach
from casework.domain.flow import flow_of
from casework.domain.inbox import write_cover
from casework.enums import State
from casework.models import Notice, Step
from kit.fast.bulk import insert_values, update_values
from kit.refusals import NotAllowed, NotNow
from kit.sheets import inspect_upload, read_table
from subsidies.domain.bank import (
    ANSWERED,
    OPTIONAL_HEADERS,
    RESULT_HEADERS,
    Answer,
    BankLine,
    BankResult,
    BatchFile,
    Ordered,
    bank_workbook,
    read_result,
    result_template,
)
from subsidies.domain.claim_file import with_watch
from subsidies.domain.consistency import accounts_digest
from subsidies.domain.returns import latest_returns, why_not_again
from subsidies.domain.standing import close_paid
from subsidies.domain.stopped import stopped_among
from subsidies.enums import CAME_BACK, WAITING, LineState, PaymentState
from subsidies.models import Payment, PaymentBatch, PaymentPart, Subsidy, SubsidyLine
from training.domain.classes.numbers import next_number
from training.domain.units.accounts import in_force, why_altered, why_renamed
from training.models import UnitAccount

BOOKED_IN = (State.FROZEN, State.SETTLED)
LINE_STATES: dict[str, LineState] = {PaymentState.PAID: LineState.PAID, PaymentState.RETURNED: LineState.RETURNED}
RESULT_SLOT = "bank_result"
SERIAL_ONCE = "payment_serial_once"
MOST_NAMED = 50
MOST_IN_A_NOTICE = 4


def payable(membership: Membership) -> QuerySet[Subsidy]:
    """Approved claims in scope with lines that wait for a batch; `payable_amount` is what those lines come to.

    A finance officer sees what the own office can pay, and nothing of the places below.
    """
    rows = Subsidy.objects.visible_to(membership).filter(state=State.APPROVED)
    if membership.role == Role.FINANCE:
        rows = rows.filter(division=membership.organisation.division_id)
    return (
        rows.annotate(payable_amount=Sum("lines__amount", filter=Q(lines__state__in=WAITING)))
        .filter(payable_amount__gt=0)
        .select_related("training_class", "payee", "applicant", "division")
        .order_by("decided_at", "id")
    )


def why_not_finance(by: Membership, division_id: str) -> str:
    mine = not by.is_unit and by.role == Role.FINANCE and by.organisation.division_id == division_id
    return "" if mine else _("只有本地财务人员可以办理拨付。")


def _refuse_others(by: Membership, division_id: str) -> None:
    if why := why_not_finance(by, division_id):
        raise NotAllowed([why])


# ── drawing up
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def draw_up_batch(subsidies: Sequence[Subsidy], *, by: Membership) -> PaymentBatch:
    """A draft batch of one fund with one payment per claim. Raises NotAllowed, NotNow; nothing is drawn up then.

    The claims are locked in one order, so that of two officers who choose the same claim one is told that it is taken.
    A constant number of queries for any number of claims.
    """
    if not subsidies:
        raise NotNow([_("请至少选择一笔待拨付的补贴。")])
    for division_id in {subsidy.division_id for subsidy in subsidies}:
        _refuse_others(by, division_id)
    if len({subsidy.fund_source for subsidy in subsidies}) > 1:
        raise NotNow([_("一个批次只能是同一资金来源。")])
    with transaction.atomic():
        claims = list(
            Subsidy.objects.select_for_update(of=("self",))
            .filter(pk__in=[s.pk for s in subsidies])
            .select_related("payee", "division")
            .order_by("pk")
        )
        lines, accounts = _waiting_lines(claims), in_force({claim.payee_id for claim in claims})
        if wrong := [
            *_why_not_payable(claims, lines, accounts),
            *stopped_among(claims, chain.from_iterable(lines.values())),
        ]:
            raise NotNow(wrong)
        batch = PaymentBatch.objects.create(
            number=next_number(claims[0].division, "P"),
            division=claims[0].division,
            applicant=by.organisation,
            fund_source=claims[0].fund_source,
            desk=by.organisation,
        )
        _put_into(batch, claims, lines, accounts)
        record("paymentbatch.drawn_up", by=by, on=batch, amount=str(batch.amount), subsidies=[s.number for s in claims])
        write_cover(batch, flow_of(batch))
    return batch


def _waiting_lines(claims: Sequence[Subsidy]) -> dict[int, list[SubsidyLine]]:
    """The lines of each claim that wait for a batch, locked; by claim, each with whether the nightly watch found
    something.
    """
    found: dict[int, list[SubsidyLine]] = {}
    for line in (
        with_watch(SubsidyLine.objects.select_for_update(of=("self",)))
        .filter(subsidy__in=claims, state__in=WAITING)
        .order_by("pk")
    ):
        found.setdefault(line.subsidy_id, []).append(line)
    return found


def _why_not_payable(
    claims: Sequence[Subsidy], lines: dict[int, list[SubsidyLine]], accounts: dict[int, UnitAccount]
) -> list[str]:
    gone = [
        _("%(number)s没有待拨付的金额，可能已在其他批次中；请刷新后再选。") % {"number": claim.number}
        for claim in claims
        if claim.state != State.APPROVED or claim.pk not in lines
    ]
    returned = latest_returns(
        [pk for pk, waiting in lines.items() if any(line.state == LineState.RETURNED for line in waiting)]
    )
    reasons = why_not_payable([claim for claim in claims if claim.pk in lines], accounts, returned)
    return gone + [
        _("%(number)s：%(why)s") % {"number": claim.number, "why": reasons[claim.pk]}
        for claim in claims
        if claim.pk in reasons
    ]


def why_not_payable(
    claims: Sequence[Subsidy], accounts: dict[int, UnitAccount], returned: dict[int, Payment]
) -> dict[int, str]:
    """The sentence for each claim whose money cannot go out now to the account in force, by claim; `returned` are the
    payments that came back (R-SUB-7).
    """
    found = {}
    for claim in claims:
        account = accounts.get(claim.payee_id)
        why = why_no_account(claim.payee, account)
        if not why and claim.pk in returned:
            why = why_not_again(returned[claim.pk], claim.payee, account)
        if why:
            found[claim.pk] = why
    return found


def why_no_account(payee: Organisation, account: UnitAccount | None) -> str:
    """Money goes to an account in force that is still the one that was approved (R-SUB-7)."""
    if account is None:
        return _("收款单位%(name)s没有经审核同意并由财务确认的账户，不能拨付。") % {"name": payee.name}
    return why_altered(account) or why_renamed(account)


def _put_into(
    batch: PaymentBatch,
    claims: Sequence[Subsidy],
    lines: dict[int, list[SubsidyLine]],
    accounts: dict[int, UnitAccount],
) -> None:
    """One payment per claim with the account now in force; each line points to its payment and is
    kept as a part of it.
    """
    payments = Payment.objects.bulk_create(
        _payment(batch, claim, sequence, lines[claim.pk], accounts[claim.payee_id])
        for sequence, claim in enumerate(claims, 1)
    )
    PaymentPart.objects.bulk_create(
        PaymentPart(payment=payment, line=line) for payment in payments for line in lines[payment.subsidy_id]
    )
    latest = PaymentPart.objects.filter(line=OuterRef("pk"), payment__batch=batch).values("payment")
    SubsidyLine.objects.filter(pk__in=[line.pk for group in lines.values() for line in group]).update(
        state=LineState.PAYING, payment=Subquery(latest[:1])
    )
    batch.amount = sum((payment.amount for payment in payments), Decimal("0.00"))
    batch.save(update_fields=["amount"])


def _payment(
    batch: PaymentBatch, claim: Subsidy, sequence: int, lines: Sequence[SubsidyLine], account: UnitAccount
) -> Payment:
    return Payment(
        batch=batch,
        subsidy=claim,
        sequence=sequence,
        account=account,
        payee_name=account.holder,
        bank_name=account.bank_name,
        bank_account=account.bank_account,
        amount=sum((line.amount for line in lines), Decimal("0.00")),
    )


# ── guards and effects of a batch's moves
# ───────────────────────────────────────────────────────────────────────────────


def batch_has_money(file: BatchFile, context: Any) -> list[str]:
    return [] if file.application.payments.exists() else [_("批次里没有付款。")]


def accounts_are_in_force(file: BatchFile, context: Any) -> list[str]:
    """Every payment goes to the account that is in force now, as it was approved; another one is paid by a batch drawn
    up anew (R-SUB-7).
    """
    lines = file.lines
    accounts = in_force({line.payee for line in lines})
    altered = [why for account in accounts.values() if (why := why_altered(account) or why_renamed(account))]
    wrong = [line.payee_name for line in lines if not _is_paid_to(line, accounts.get(line.payee))]
    return altered + [
        _("%(name)s的收款账户在生成批次后有变更，请撤销批次后重新生成。") % {"name": name}
        for name in wrong[:MOST_NAMED]
    ]


def _is_paid_to(line: BankLine, account: UnitAccount | None) -> bool:
    return account is not None and (line.account, line.payee_name, line.bank_name, line.bank_account) == (
        account.pk,
        account.holder,
        account.bank_name,
        account.bank_account,
    )


def hold_accounts(batch: PaymentBatch, context: Any) -> None:
    """The accounts stand still until the bank file is out; one that ended since it was looked at refuses the move."""
    wanted = {line.account for line in context.file.lines}
    held = (
        UnitAccount.objects.select_for_update(no_key=True).filter(pk__in=wanted, ended_at__isnull=True).order_by("pk")
    )
    if len(held) < len(wanted):
        raise NotNow([_("有收款账户刚刚变更，请撤销批次后重新生成。")])


def not_by_a_reviewer(file: BatchFile, context: Any) -> list[str]:
    """Whoever decided one of the claims does not send the money (不相容岗位分离)."""
    if context.by is None:
        return []
    claims = file.application.payments.values("subsidy")
    decided = Step.objects.filter(
        Q(move="conclude") | Q(decides=True), kind="subsidy", object_id__in=claims, by__user=context.by.user_id
    )
    if numbers := sorted(set(decided.values_list("number", flat=True))):
        return [_("您审批过%(numbers)s，不能再办理拨付（不相容岗位分离）。") % {"numbers": "、".join(numbers[:5])}]
    return []


def everyone_answered(file: BatchFile, context: Any) -> list[str]:
    waiting = file.application.payments.filter(state=PaymentState.PENDING).count()
    return [_("还有%(count)s笔没有银行回执。") % {"count": waiting}] if waiting else []


def write_bank_file(batch: PaymentBatch, context: Any) -> None:
    """Keep the bank file with its digest; from here on nothing in the batch changes but by the bank's answer."""
    lines = context.file.lines
    workbook = bank_workbook(batch, lines)
    batch.digest, batch.frozen_at = hashlib.sha256(workbook).hexdigest(), context.at
    batch.bank_file.save(f"{batch.number}.xlsx", ContentFile(workbook), save=False)
    context.notes |= {
        "digest": batch.digest,
        "amount": str(batch.amount),
        "payments": len(lines),
        "accounts": accounts_digest(lines),
    }


def dissolve(batch: PaymentBatch, context: Any) -> None:
    """Put the lines of a withdrawn draft back where they were; the payments stay on record as cancelled."""
    lines = SubsidyLine.objects.filter(payment__batch=batch, state=LineState.PAYING)
    came_back = PaymentPart.objects.filter(line=OuterRef("pk"), payment__state__in=CAME_BACK).order_by("-payment")
    lines.filter(Exists(came_back)).update(state=LineState.RETURNED, payment=Subquery(came_back.values("payment")[:1]))
    lines.update(state=LineState.APPROVED, payment=None)
    batch.payments.update(state=PaymentState.CANCELLED)


def frozen_bytes(batch: PaymentBatch) -> bytes:
    """The bank file as it was frozen. Raises FileAltered when its digest is another, or the file is gone."""
    try:
        with batch.bank_file.open("rb") as file:
            content = file.read()
    except FileNotFoundError as missing:
        raise FileAltered(batch.number) from missing
    if hashlib.sha256(content).hexdigest() != batch.digest:
        raise FileAltered(batch.number)
    return content


def take_bank_file(batch: PaymentBatch, *, by: Membership) -> bytes:
    """The bank's file for the finance officer of its own place, on record each time; page and API alike.

    Raises NotAllowed for everybody else, BankFileAltered (on record too) where it was exchanged, LookupError before
    there is one.
    """
    _refuse_others(by, batch.division_id)
    if not batch.bank_file:
        raise LookupError(batch.number)
    try:
        content = frozen_bytes(batch)
    except FileAltered:
        note("paymentbatch.file_altered", by=by, on=batch, digest=batch.digest)
        raise
    record("paymentbatch.file_taken", by=by, on=batch, digest=batch.digest)
    return content


def take_result_template(batch: PaymentBatch, *, by: Membership) -> bytes:
    """The result file with references and amounts filled in, for the same people, on record as well."""
    _refuse_others(by, batch.division_id)
    if not batch.bank_file:
        raise LookupError(batch.number)
    record("paymentbatch.template_taken", by=by, on=batch)
    return result_template(batch)


# ── the bank's answer
# ───────────────────────────────────────────────────────────────────────────────────────────────────


def take_result_file(batch: PaymentBatch, upload: UploadedFile, *, by: Membership) -> int:
    """Book the bank's result file and keep it with the batch; gives how many payments were booked.

    Raises FileRefused for what is no such workbook, NotNow with a sentence for every wrong row; nothing is booked
    then.
    """
    _refuse_others(by, batch.division_id)
    inspect_upload(upload.file, upload.name or "", {"xlsx"})
    with transaction.atomic():
        table = read_table(upload.file, RESULT_HEADERS, optional=OPTIONAL_HEADERS)
        booked = take_result(batch, BankResult(list(table.rows)), by=by)
        if booked:
            upload.seek(0)
            attach("paymentbatch", batch.pk, RESULT_SLOT, upload, by=by, allowed=frozenset({"xlsx"}))
    return booked


def take_result(batch: PaymentBatch, result: BankResult, *, by: Membership) -> int:
    """Book the bank's answers once, as a whole or not at all; the same answer a second time changes nothing.

    The rows are matched again with the batch locked: another file may have been booked since they were read.
    Raises NotAllowed, or NotNow with a sentence for every wrong row. Gives how many payments were booked now.
    """
    _refuse_others(by, batch.division_id)
    with transaction.atomic():
        locked = PaymentBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.state not in BOOKED_IN:
            raise NotNow([_("批次尚未送银行，不能导入回执。")])
        result = read_result(locked, result.rows)
        if result.errors:
            raise NotNow(describe_result(result))
        if not result.good:
            raise NotNow([_("文件中没有回执。")])
        answered = [
            (one.payment, one.answer) for one in result.good if one.payment.answer.state == PaymentState.PENDING
        ]
        if answered:
            _book(locked, answered, by)
    return len(answered)


def describe_result(result: BankResult) -> list[str]:
    """One sentence a wrong row, fifty at most, then how many more."""
    found = [_("第%(row)s行：%(what)s") % {"row": row, "what": what} for row, what in result.errors[:MOST_NAMED]]
    if len(result.errors) > MOST_NAMED:
        found.append(_("另有%(count)s行有问题。") % {"count": len(result.errors) - MOST_NAMED})
    return found


def _book(batch: PaymentBatch, answered: list[tuple[Ordered, Answer]], by: Membership) -> None:
    """Payments, lines, classes, notices and the trail; a constant number of queries."""
    now = timezone.now()
    try:
        with transaction.atomic():
            update_values(
                Payment, [*ANSWERED, "answered_at"], [(payment.pk, *answer, now) for payment, answer in answered]
            )
    except IntegrityError as refused:  # another batch's answer was booked since the serial numbers were compared
        if SERIAL_ONCE not in str(refused):
            raise
        raise NotNow([_("回执中有银行流水号刚被另一批次使用，请重新导入查看是哪一笔。")]) from refused
    lines = [(payment.pk, LINE_STATES[answer.state]) for payment, answer in answered]
    update_values(SubsidyLine, ["state"], lines, by="payment", only=("state", LineState.PAYING))
    close_paid(batch.payments.values("subsidy__training_class"))
    _tell_the_units(batch, answered)
    record(
        "paymentbatch.result",
        by=by,
        on=batch,
        paid=sum(answer.state == PaymentState.PAID for _payment, answer in answered),
        returned=[payment.reference for payment, answer in answered if answer.state == PaymentState.RETURNED],
    )


def _tell_the_units(batch: PaymentBatch, answered: list[tuple[Ordered, Answer]]) -> None:
    """A notice an organisation and answer: what arrived, or why it came back. Of several claims it leads to the list of
    them.
    """
    groups: dict[tuple[int, Any, str], list[Ordered]] = {}
    for payment, answer in answered:
        groups.setdefault((payment.applicant, answer.state, answer.return_reason), []).append(payment)
    now, several = timezone.now(), f"{reverse('inbox', args=['done'])}?kind=subsidy"
    insert_values(
        Notice,
        ("organisation", "text", "url", "kind", "object_id", "at"),
        [
            (
                organisation,
                _words(payments, state, reason)[:300],
                *(
                    (reverse("case", args=["subsidy", payments[0].claim]), "subsidy", payments[0].claim)
                    if len(payments) == 1
                    else (several, "paymentbatch", batch.pk)
                ),
                now,
            )
            for (organisation, state, reason), payments in groups.items()
        ],
    )


def _words(payments: Sequence[Ordered], state: str | None, reason: str) -> str:
    paid = state == PaymentState.PAID
    if len(payments) == 1:
        text = (
            _("补贴%(number)s已到账%(amount)s元。")
            if paid
            else _("补贴%(number)s的付款被银行退回（%(reason)s）。请在单位信息中更正账户，财务会再次拨付。")
        )
    else:
        text = (
            _("%(count)s件补贴已到账，共%(amount)s元：%(numbers)s。")
            if paid
            else _(
                "%(count)s件补贴的付款被银行退回（%(reason)s）。请在单位信息中更正账户，财务会再次拨付：%(numbers)s。"
            )
        )
    numbers = "、".join(payment.number for payment in payments[:MOST_IN_A_NOTICE])
    return text % {
        "number": payments[0].number,
        "count": len(payments),
        "amount": sum((payment.amount for payment in payments), Decimal("0.00")),
        "reason": reason,
        "numbers": numbers if len(payments) <= MOST_IN_A_NOTICE else _("%(numbers)s等") % {"numbers": numbers},
    }
