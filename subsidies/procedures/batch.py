"""The batch 拨付批次: its moves, and what its page shows (R-SUB-5, R-SUB-6).

Draft → frozen (bank file out) → settled (the bank answered for every payment).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from casework.domain.case_page import CasePage, Condition, Fact, Section
from casework.domain.flow import Cover, Flow, Move, Who
from casework.enums import State
from kit.masking import mask_account
from kit.money import capitals, yuan_text
from subsidies.domain import payments, stopped
from subsidies.domain.bank import BatchFile
from subsidies.domain.corrections import RELATED, correction_kind
from subsidies.domain.payments import RESULT_SLOT, why_not_finance
from subsidies.domain.returns import after_return, held
from subsidies.enums import CAME_BACK, CorrectionState, LineState, PaymentState
from subsidies.models import BankCorrection, PaymentBatch
from training.enums import FundSource

CLAUSE_PAY = "M二(三)"


def batch_cover(batch: PaymentBatch) -> Cover:
    return Cover(
        title=str(FundSource(batch.fund_source).label),
        people=batch.payments.count(),
        exceptions=0,
        amount=batch.amount,
    )


FLOW = Flow(
    kind="paymentbatch",
    label=gettext_lazy("拨付批次"),
    model=PaymentBatch,
    cover=batch_cover,
    file=BatchFile,
    moves=(
        Move(
            "freeze",
            gettext_lazy("锁定并生成银行文件"),
            (State.DRAFT,),
            State.FROZEN,
            Who.FINANCE,
            CLAUSE_PAY,
            tone="success",
            guards=(
                payments.batch_has_money,
                payments.accounts_are_in_force,
                payments.not_by_a_reviewer,
                stopped.nobody_in_batch_is_stopped,
            ),
            effects=(payments.hold_accounts, payments.write_bank_file),
            confirm=gettext_lazy("锁定后批次不能再改，只能导入银行回执；确认锁定？"),
        ),
        Move(
            "withdraw",
            gettext_lazy("撤销批次"),
            (State.DRAFT,),
            State.WITHDRAWN,
            Who.FINANCE,
            CLAUSE_PAY,
            reason=True,
            tone="warning",
            effects=(payments.dissolve,),
        ),
        Move(
            "settle",
            gettext_lazy("办结"),
            (State.FROZEN,),
            State.SETTLED,
            Who.FINANCE,
            CLAUSE_PAY,
            tone="success",
            guards=(payments.everyone_answered,),
        ),
    ),
)


def batch_facts(file: BatchFile, membership: Membership) -> list[Fact]:
    batch = file.application
    return [
        Fact(_("资金来源"), FundSource(batch.fund_source).label),
        Fact(_("笔数"), batch.payments.count()),
        Fact(_("金额"), f"{yuan_text(batch.amount)} {_('元')}"),
        Fact(_("大写"), capitals(batch.amount)),
        *([Fact("SHA-256", batch.digest)] if batch.digest else []),
    ]


def batch_conditions(file: BatchFile, membership: Membership | None) -> list[Condition]:
    batch = file.application
    states = list(batch.payments.values_list("state", flat=True))
    waiting = states.count(PaymentState.PENDING)
    on_hold = BankCorrection.objects.filter(payment__batch=batch, state=CorrectionState.PROPOSED).count()
    return [
        Condition(bool(batch.bank_file), _("已生成银行文件")),
        Condition(not waiting, _("没有等待银行回执的付款") if not waiting else _("%(n)s笔待银行回执") % {"n": waiting}),
        *(
            returned_conditions(batch)
            if any(map(states.count, CAME_BACK))
            else [Condition(True, _("没有退票"), blocks=False)]
        ),
        *(
            [Condition(False, _("%(n)s件更正回执待另一名财务人员复核，暂缓办理") % {"n": on_hold}, blocks=False)]
            if on_hold
            else []
        ),
    ]


def returned_conditions(batch: PaymentBatch) -> list[Condition]:
    """What became of the money that came back, a line each (R-SUB-7)."""
    words = {
        LineState.RETURNED: (False, _("%(n)s笔退票，单位更正账户后可再次拨付")),
        LineState.PAYING: (False, _("%(n)s笔退票，已列入新的批次再次拨付")),
        LineState.PAID: (True, _("%(n)s笔退票，已再次拨付")),
        LineState.REFUSED: (True, _("%(n)s笔退票，人员已剔除，不再拨付")),
    }
    found = after_return(batch)
    return [
        Condition(holds, text % {"n": found[state]}, blocks=False)
        for state, (holds, text) in words.items()
        if found.get(state)
    ]


def batch_payments(file: BatchFile, membership: Membership) -> dict[str, Any]:
    batch = file.application
    rows = batch.payments.select_related("subsidy__training_class", "batch", "account__unit__organisation").annotate(
        is_held=held()
    )
    payments = list(rows.order_by("sequence"))
    for payment in payments:
        payment.masked, payment.correction_kind = mask_account(payment.bank_account), correction_kind(payment)
    return {"batch": batch, "payments": payments, "is_finance": not why_not_finance(membership, batch.division_id)}


def batch_corrections(file: BatchFile, membership: Membership) -> dict[str, Any]:
    """What the bank said later of these payments, the open ones first; every one stays readable."""
    batch = file.application
    found = list(BankCorrection.objects.filter(payment__batch=batch).select_related(*RELATED).order_by("-pk"))
    found.sort(key=lambda one: one.state != CorrectionState.PROPOSED)
    return {
        "corrections": found,
        "is_finance": not why_not_finance(membership, batch.division_id),
        "user_id": membership.user_id,
    }


def batch_paper(file: BatchFile, membership: Membership) -> list[tuple[Any, ...]]:
    """What is paid to whom, and what the bank said of it."""
    said = ("sequence", "payee_name", "amount", "state", "bank_reference", "return_reason")
    return list(file.application.payments.order_by("sequence").values_list(*said))


PAGE = CasePage(
    kind="paymentbatch",
    facts=batch_facts,
    conditions=batch_conditions,
    sections=(
        Section(gettext_lazy("付款明细与银行回执"), "subsidies/batch/_payments.html", batch_payments, open=True),
        Section(gettext_lazy("更正回执"), "subsidies/batch/_corrections.html", batch_corrections, open=True),
    ),
    documents=lambda file: [(RESULT_SLOT, gettext_lazy("银行回执"), False)],
    paper=batch_paper,
)
