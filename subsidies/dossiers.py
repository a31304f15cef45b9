"""What the case pages of a claim and of a batch show (R-OPN-5; R-SUB-1 … R-SUB-6)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organisation
from casework.domain.dossier import Condition, Dossier, Fact, Section
from casework.domain.reasons import ready_reasons
from casework.enums import WITH_APPLICANT, State
from eligibility.domain.brief import Brief
from kit.masking import mask_account
from kit.money import capitals, yuan_text
from subsidies.domain.bank import BatchFile
from subsidies.domain.budgets import why_not_committed
from subsidies.domain.claim_file import AROUND, ClaimFile
from subsidies.domain.claims import earlier_claims, lines_today, may_take_out, why_not_strike
from subsidies.domain.corrections import RELATED, correction_kind
from subsidies.domain.guards import checked_for_payment
from subsidies.domain.objections import why_not_answer
from subsidies.domain.payments import RESULT_SLOT, why_not_finance
from subsidies.domain.people import changes, for_units, is_unsettled, unsettled_people
from subsidies.domain.publicity import is_open
from subsidies.domain.returns import after_return, held
from subsidies.domain.stopped import WATCHED_SECTION, nobody_is_stopped
from subsidies.enums import CAME_BACK, CorrectionState, LineState, PaymentState
from subsidies.models import BankCorrection, Budget, PaymentBatch
from training.domain.units.accounts import account_of, why_renamed
from training.domain.verification.overrulings import OVERRULED
from training.enums import FundSource

# ── claim
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    for publicity in publicities:
        publicity.taken = is_open(publicity)
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


SUBSIDY = Dossier(
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

# ── batch
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


BATCH = Dossier(
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
