"""The claim 补贴申请: its moves, and what its page shows (R-SUB-1 … R-SUB-4).

Draft → checking → first review → second review (another person) → publicity → compared once more → approved, committed.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organisation
from casework.domain.case_page import CasePage, Condition, Fact, Section
from casework.domain.flow import Cover, Flow, Move, Who, drop_move, refuse_move, return_move, withdraw_move
from casework.domain.reasons import ready_reasons
from casework.enums import WITH_APPLICANT, State
from eligibility.domain.brief import Brief
from kit.money import capitals, yuan_text
from subsidies.domain import budgets, claims, guards, limits, publicity, separation, stopped
from subsidies.domain.budgets import why_not_committed
from subsidies.domain.claim_file import AROUND, ClaimFile
from subsidies.domain.claims import earlier_claims, lines_today, may_take_out, why_not_strike
from subsidies.domain.guards import checked_for_payment
from subsidies.domain.objections import why_not_answer
from subsidies.domain.people import changes, count_people, for_units, is_unsettled, unsettled_people
from subsidies.domain.publicity import is_open
from subsidies.domain.stopped import WATCHED_SECTION, nobody_is_stopped
from subsidies.enums import LineState
from subsidies.models import Budget, Subsidy
from training.domain.decision.guards import nobody_has_decided
from training.domain.units.accounts import account_of, why_renamed
from training.domain.verification.overrulings import OVERRULED
from training.enums import FundSource

CLAUSE_CLAIM, CLAUSE_PUBLICITY, CLAUSE_PAY = "N二(一)", "M一(二)3", "M二(三)"


def claim_cover(subsidy: Subsidy) -> Cover:
    people, exceptions = count_people(subsidy)
    return Cover(
        title=subsidy.training_class.name,
        people=people,
        exceptions=exceptions,
        amount=subsidy.amount,
    )


ON_DESK = (State.IN_REVIEW, State.PUBLICITY, State.CONCLUDING)
FLOW = Flow(
    kind="subsidy",
    label=gettext_lazy("补贴申请"),
    model=Subsidy,
    cover=claim_cover,
    file=ClaimFile,
    amount=lambda subsidy: subsidy.amount,
    barred=guards.barred_reviewers,
    moves=(
        Move(
            "submit",
            gettext_lazy("提交"),
            (State.DRAFT, State.RETURNED),
            State.CHECKING,
            Who.APPLICANT,
            CLAUSE_CLAIM,
            guards=(guards.class_is_completed, guards.something_to_claim, guards.payee_has_account),
            effects=(claims.begin_checks,),
            confirm=gettext_lazy("提交时按现行记录和标准重新计算金额，之后不再变动；确认提交？"),
        ),
        Move("checked", gettext_lazy("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, CLAUSE_PAY),
        Move(
            "approve",
            gettext_lazy("同意"),
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
            confirm=gettext_lazy("确认同意这些人员和金额？"),
            tells=gettext_lazy("补贴申请%(number)s已通过一步审核，转入下一步。"),
        ),
        return_move(
            CLAUSE_CLAIM,
            sources=ON_DESK,
            decides=False,
            effects=(claims.give_back,),
            tells=gettext_lazy("补贴申请%(number)s已退回补正：%(reason)s"),
        ),
        refuse_move(
            "N二(二)3", effects=(claims.note_refusal,), tells=gettext_lazy("补贴申请%(number)s未获同意：%(reason)s")
        ),
        Move(
            "publicity_over",
            gettext_lazy("公示期满"),
            (State.PUBLICITY,),
            State.CONCLUDING,
            Who.SYSTEM,
            CLAUSE_PUBLICITY,
            guards=(guards.publicity_is_over,),
            effects=(publicity.hand_to_office,),
        ),
        Move(
            "conclude",
            gettext_lazy("批准拨付"),
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
            confirm=gettext_lazy("批准后金额计入预算，等待财务拨付；确认批准？"),
            tells=gettext_lazy("补贴申请%(number)s公示期满，已批准，等待拨付。"),
        ),
        withdraw_move(CLAUSE_CLAIM, guards=(nobody_has_decided,), effects=(claims.give_back,)),
        drop_move(
            CLAUSE_CLAIM,
            effects=(claims.let_go,),
            confirm=gettext_lazy("放弃这次补贴申请，以后可以重新办理；确认放弃？"),
        ),
        Move(
            "resume",
            gettext_lazy("重新办理"),
            (State.WITHDRAWN,),
            State.DRAFT,
            Who.APPLICANT,
            CLAUSE_CLAIM,
            guards=(guards.nothing_came_after,),
            effects=(claims.take_up,),
        ),
    ),
)


def claim_facts(file: ClaimFile, membership: Membership) -> list[Fact]:
    subsidy = file.subsidy
    return [
        Fact(_("班次"), subsidy.training_class.name),
        *(
            [Fact(_("补充申请"), _("第%(n)s次申请，为此前未予补贴的人员") % {"n": subsidy.sequence})]
            if subsidy.is_supplementary
            else []
        ),
        Fact(_("申请单位"), subsidy.applicant.name),
        Fact(_("收款单位"), subsidy.payee.name),
        Fact(_("资金来源"), FundSource(subsidy.fund_source).label),
        Fact(_("补贴人数"), _paid_for(len(file.living), len(file.lines))),
        Fact(_("申请金额"), f"{yuan_text(subsidy.amount)} {_('元')}（{capitals(subsidy.amount)}）"),
        *([] if membership.is_unit else [Fact(_("资金余额"), budget_left(file.budget))]),
    ]


def _paid_for(living: int, listed: int) -> int | str:
    """For how many; where somebody on the list gets nothing, that they differ and by how many."""
    words = _("%(living)s（名单 %(listed)s 人，不予补贴 %(refused)s 人）")
    return words % {"living": living, "listed": listed, "refused": listed - living} if listed > living else living


def budget_left(budget: Budget | None) -> str:
    """What the fund still has this year, in words."""
    return f"{yuan_text(budget.amount - budget.committed)} {_('元')}" if budget else _("未登记预算")


def account_condition(payee: Organisation) -> Condition:
    """The account the money will go to, as far as it is settled (R-SUB-7)."""
    account = account_of(payee)
    if account is None:
        return Condition(False, _("收款单位还没有经审核同意并由财务确认的账户，拨付前须办完"), blocks=False)
    if why := why_renamed(account):
        return Condition(False, why, blocks=False)
    return Condition(
        True,
        _("收款账户 %(holder)s %(number)s，自%(day)s审核同意%(mark)s")
        % {
            "holder": account.holder,
            "number": account.masked,
            "day": timezone.localdate(account.approved_at).isoformat(),
            "mark": _("（户名例外）") if account.is_exception else "",
        },
    )


def claim_conditions(file: ClaimFile, membership: Membership | None) -> list[Condition]:
    subsidy = file.subsidy
    unsettled = sum(map(is_unsettled, file.lines))
    found = [
        Condition(
            not unsettled,
            (
                _("申请人员比对符合，证书核验一致")
                if not unsettled
                else _("%(n)s人待核实、不符合或证书未核验一致") % {"n": unsettled}
            ),
        ),
        account_condition(subsidy.payee),
    ]
    if held := nobody_is_stopped(file, None):
        found.append(Condition(False, _("夜间复查发现%(n)s项情况没有处理，处理以前不能同意和拨付") % {"n": len(held)}))
    if subsidy.state != State.APPROVED:
        short = why_not_committed(subsidy, file.budget)
        found.append(Condition(not short, short or _("资金余额足够"), blocks=subsidy.state == State.CONCLUDING))
    if file.publicities and subsidy.state != State.IN_REVIEW:  # in review again after a publicity: another one follows
        latest, waiting = file.publicities[0], len(file.open_objections)
        days = _("公示期 %(a)s 至 %(b)s") % {"a": latest.begins, "b": latest.ends}
        waits = _("（暂定，录入%(year)s年放假安排后重新计算）") % {"year": latest.waits_for} if latest.waits_for else ""
        found.append(Condition(timezone.localdate() > latest.ends and not waits, f"{days}{waits}"))
        found.append(
            Condition(not waiting, _("没有未处理的异议") if not waiting else _("%(n)s件异议未处理") % {"n": waiting})
        )
    if subsidy.state == State.CONCLUDING:
        missing = list(checked_for_payment(file, None))
        found.append(Condition(not missing, missing[0] if missing else _("拨付前复核比对已完成")))
    if back := {line.payment.return_reason for line in file.lines if line.state == LineState.RETURNED}:
        found.append(
            Condition(
                False,
                _("付款已退票（%(reason)s），收款账户变更并经财务确认后再次拨付") % {"reason": "；".join(sorted(back))},
                blocks=False,
            )
        )
    if any(line.is_held for line in file.lines):
        found.append(Condition(False, _("银行回执有更正待复核，暂缓办理"), blocks=False))
    return found


def claim_lines(file: ClaimFile, membership: Membership) -> dict[str, Any]:
    """Everyone with amount and basis; while the claim is with its applicant, as submission would make it today."""
    if file.application.state in WITH_APPLICANT:
        return {"lines": lines_today(file.application), "is_preview": True}
    return {"lines": file.lines, "is_preview": False}


def claim_exceptions(file: ClaimFile, membership: Membership) -> dict[str, Any]:
    """People not eligible or not verified, each with the sentences and what settles it (R-SUB-2)."""
    subsidy = file.subsidy
    may_strike = not why_not_strike(subsidy, membership, remits=file.remits) or may_take_out(subsidy, membership)
    reasons = ready_reasons(("strike",), kind="subsidy", category=subsidy.category) if may_strike else []
    people = for_units(unsettled_people(file)) if membership.is_unit else unsettled_people(file)
    return {
        "people": people,
        "may_strike": may_strike,
        "strike_reasons": [text for _move, text in reasons],
        "may_see_people": not membership.is_unit,
    }


def claim_changes(file: ClaimFile, membership: Membership) -> dict[str, Any]:
    """What differs from the gate before; to a unit, only of those whose name and number agree (R-SEC-1)."""
    found = [
        one for one in changes(file) if not membership.is_unit or not Brief.of(one.line.enrolment.examination).is_hidden
    ]
    return {"changes": found, "may_see_people": not membership.is_unit}


def claim_publicities(file: ClaimFile, membership: Membership) -> dict[str, Any]:
    """Every publicity with its objections, the latest first; what was said stays with the office, the answers are
    everybody's.
    """
    publicities = file.publicities
    for one in publicities:
        one.taken = is_open(one)
    return {
        "publicities": publicities,
        "may_answer": not why_not_answer(file.subsidy, membership),
        "may_read": not membership.is_unit,
    }


def earlier_cases(file: ClaimFile) -> list[tuple[str, int]]:
    """The opening and the completion of the class, and its earlier claims, whose steps begin this claim's story."""
    found = ((kind, getattr(file.training_class, kind, None)) for kind in ("opening", "completion"))
    return [
        *((kind, case.pk) for kind, case in found if case),
        *(("subsidy", claim.pk) for claim in earlier_claims(file.subsidy)),
    ]


def claim_paper(file: ClaimFile, membership: Membership) -> dict[str, Any]:
    """The lines with their amounts, and what was published."""
    return {
        "lines": [
            (line.enrolment.sequence, line.enrolment.name, line.item, line.amount, line.state) for line in file.lines
        ],
        "publicities": [(one.digest, one.begins, one.ends, one.ended_at) for one in file.publicities],
    }


PAGE = CasePage(
    kind="subsidy",
    facts=claim_facts,
    conditions=claim_conditions,
    sections=(
        Section(
            gettext_lazy("需要处理的人员"),
            "subsidies/claim/_exceptions.html",
            claim_exceptions,
            open=True,
            count=lambda file: sum(map(is_unsettled, file.lines)),
        ),
        WATCHED_SECTION,
        Section(
            gettext_lazy("与上一环节相比有变化的人员"),
            "subsidies/claim/_changes.html",
            claim_changes,
            open=True,
            count=lambda file: len(changes(file)),
        ),
        OVERRULED,
        Section(gettext_lazy("公示与异议"), "subsidies/claim/_publicity.html", claim_publicities, open=True),
        Section(
            gettext_lazy("补贴人员与金额"),
            "subsidies/claim/_lines.html",
            claim_lines,
            count=lambda file: len(file.lines),
        ),
    ),
    documents=lambda file: [
        ("claim_form", gettext_lazy("补贴申请表（盖章）"), False),
        ("invoice", gettext_lazy("发票"), False),
        ("other", gettext_lazy("其他材料"), False),
    ],
    history=earlier_cases,
    related=AROUND,
    subject=lambda file, membership: (gettext_lazy("打开班次"), "class_subsidy", file.application.training_class_id),
    paper=claim_paper,
)
