"""The moves of a subsidy claim and of a payment batch (R-SUB-1 … R-SUB-5).

A claim: draft → checking → first review → second review (another person) → publicity → compared once more → approved,
committed. A batch: draft → frozen (bank file out) → settled (the bank answered for every payment).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.domain.flow import Cover, Flow, Move, Who
from casework.enums import State
from subsidies.domain import budgets, claims, guards, limits, payments, publicity, separation, stopped
from subsidies.domain.bank import BatchFile
from subsidies.domain.claim_file import ClaimFile
from subsidies.domain.people import count_people
from subsidies.models import PaymentBatch, Subsidy
from training.domain.decision.guards import nobody_has_decided
from training.enums import FundSource

CLAUSE_CLAIM, CLAUSE_PUBLICITY, CLAUSE_PAY = "N二(一)", "M一(二)3", "M二(三)"

# ── claim 补贴申请 ──────────────────────────────────────────────────────────────────────────────────────────────────────


def claim_cover(subsidy: Subsidy) -> Cover:
    people, exceptions = count_people(subsidy)
    return Cover(
        title=subsidy.training_class.name,
        people=people,
        exceptions=exceptions,
        amount=subsidy.amount,
    )


ON_DESK = (State.IN_REVIEW, State.PUBLICITY, State.CONCLUDING)
SUBSIDY = Flow(
    kind="subsidy",
    label=_("补贴申请"),
    model=Subsidy,
    cover=claim_cover,
    file=ClaimFile,
    amount=lambda subsidy: subsidy.amount,
    barred=guards.barred_reviewers,
    moves=(
        Move(
            "submit",
            _("提交"),
            (State.DRAFT, State.RETURNED),
            State.CHECKING,
            Who.APPLICANT,
            CLAUSE_CLAIM,
            guards=(guards.class_is_completed, guards.something_to_claim, guards.payee_has_account),
            effects=(claims.begin_checks,),
            confirm=_("提交时按现行记录和标准重新计算金额，之后不再变动；确认提交？"),
        ),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, CLAUSE_PAY),
        Move(
            "approve",
            _("同意"),
            (State.IN_REVIEW,),
            publicity.after_agreement,
            Who.DESK,
            CLAUSE_CLAIM,
            decides=True,
            tone="success",
            guards=(
                guards.checks_are_done,
                guards.everyone_is_settled,
                stopped.nobody_is_stopped,
                guards.someone_is_left,
                separation.not_all_three_reviews,
            ),
            effects=(publicity.open_publicity,),
            confirm=_("确认同意这些人员和金额？"),
            tells=_("补贴申请%(number)s已通过一步审核，转入下一步。"),
        ),
        Move(
            "return",
            _("退回补正"),
            ON_DESK,
            State.RETURNED,
            Who.DESK,
            CLAUSE_CLAIM,
            reason=True,
            tone="warning",
            effects=(claims.give_back,),
            tells=_("补贴申请%(number)s已退回补正：%(reason)s"),
        ),
        Move(
            "refuse",
            _("不同意"),
            (State.IN_REVIEW,),
            State.REFUSED,
            Who.DESK,
            "N二(二)3",
            decides=True,
            reason=True,
            tone="danger",
            effects=(claims.note_refusal,),
            tells=_("补贴申请%(number)s未获同意：%(reason)s"),
        ),
        Move(
            "publicity_over",
            _("公示期满"),
            (State.PUBLICITY,),
            State.CONCLUDING,
            Who.SYSTEM,
            CLAUSE_PUBLICITY,
            guards=(guards.publicity_is_over,),
            effects=(publicity.hand_to_office,),
        ),
        Move(
            "conclude",
            _("批准拨付"),
            (State.CONCLUDING,),
            State.APPROVED,
            Who.DESK,
            CLAUSE_PUBLICITY,
            tone="success",
            guards=(
                guards.not_by_the_first_reviewer,
                guards.publicity_is_over,
                guards.objections_are_answered,
                guards.nothing_was_upheld,
                guards.checks_are_done,
                guards.checked_for_payment,
                guards.everyone_is_settled,
                stopped.nobody_is_stopped,
                guards.nobody_is_over_the_limit,
                guards.someone_is_left,
                guards.budget_bears_it,
            ),
            effects=(limits.hold_limits, budgets.commit_budget, claims.approve_lines),
            confirm=_("批准后金额计入预算，等待财务拨付；确认批准？"),
            tells=_("补贴申请%(number)s公示期满，已批准，等待拨付。"),
        ),
        Move(
            "withdraw",
            _("撤回修改"),
            (State.CHECKING, State.IN_REVIEW),
            State.DRAFT,
            Who.APPLICANT,
            CLAUSE_CLAIM,
            guards=(nobody_has_decided,),
            effects=(claims.give_back,),
            tone="secondary",
        ),
        Move(
            "drop",
            _("放弃"),
            (State.DRAFT, State.RETURNED),
            State.WITHDRAWN,
            Who.APPLICANT,
            CLAUSE_CLAIM,
            tone="secondary",
            effects=(claims.let_go,),
            confirm=_("放弃这次补贴申请，以后可以重新办理；确认放弃？"),
        ),
        Move(
            "resume",
            _("重新办理"),
            (State.WITHDRAWN,),
            State.DRAFT,
            Who.APPLICANT,
            CLAUSE_CLAIM,
            guards=(guards.nothing_came_after,),
            effects=(claims.take_up,),
        ),
    ),
)

# ── batch 拨付批次 ──────────────────────────────────────────────────────────────────────────────────────────────────────


def batch_cover(batch: PaymentBatch) -> Cover:
    return Cover(
        title=str(FundSource(batch.fund_source).label),
        people=batch.payments.count(),
        exceptions=0,
        amount=batch.amount,
    )


BATCH = Flow(
    kind="paymentbatch",
    label=_("拨付批次"),
    model=PaymentBatch,
    cover=batch_cover,
    file=BatchFile,
    moves=(
        Move(
            "freeze",
            _("锁定并生成银行文件"),
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
            confirm=_("锁定后批次不能再改，只能导入银行回执；确认锁定？"),
        ),
        Move(
            "withdraw",
            _("撤销批次"),
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
            _("办结"),
            (State.FROZEN,),
            State.SETTLED,
            Who.FINANCE,
            CLAUSE_PAY,
            tone="success",
            guards=(payments.everyone_answered,),
        ),
    ),
)
