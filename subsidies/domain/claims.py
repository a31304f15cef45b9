"""The claim of a completed class: drawn up, worked out and frozen, struck line by line, approved (R-SUB-1, R-SUB-3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import Role
from accounts.models import Membership, Organisation
from casework.domain.case_file import Remits
from casework.domain.flow import flow_of
from casework.domain.inbox import tell, write_cover
from casework.domain.moves import change_content, why_not_officer
from casework.enums import ENDED, State
from eligibility.domain.crosscheck import queue_for
from eligibility.enums import Verdict
from kit.refusals import NotAllowed, NotNow, Overtaken
from kit.text import written
from subsidies.domain.amounts import Worth, work_out
from subsidies.domain.budgets import release_budget
from subsidies.domain.standing import stage_at_rest
from subsidies.enums import LIVE, WAITING, CorrectionState, Item, LineState
from subsidies.models import BankCorrection, Subsidy, SubsidyLine
from training.domain.classes.stages import set_stage
from training.domain.verification.class_file import changes_of
from training.domain.verification.watch import why_not_in_charge
from training.domain.verification.watch_stops import stops_money
from training.enums import Stage
from training.models import TrainingClass

CHECK_TASK = "subsidies.tasks.check_claim"
WORKED_OUT = ("standard", "amount", "basis", "state", "reason")
STRUCK_IN = (State.IN_REVIEW, State.CONCLUDING)


def payee_of(training_class: TrainingClass) -> Organisation:
    """Who is paid the training subsidy: the employer for employee classes, else the institution (R-SUB-7)."""
    return training_class.employer or training_class.institution


def why_not_claimant(training_class: TrainingClass, by: Membership) -> str:
    """Only the operator of the unit that applied for the class claims for it."""
    mine = by.role == Role.OPERATOR and by.organisation_id == training_class.applicant_id
    return "" if mine else _("只有本班的申请单位可以申请补贴。")


def draw_up(training_class: TrainingClass, *, by: Membership, enrolments: Collection[int] | None = None) -> Subsidy:
    """The draft claim of a completed class, or the open one there is; a supplementary one for whom earlier claims
    refused.

    `enrolments`: whom a supplementary claim is for; everybody who can be claimed for where None. Raises NotAllowed,
    NotNow.
    """
    if why := why_not_claimant(training_class, by):
        raise NotAllowed([why])
    with transaction.atomic():
        locked = TrainingClass.objects.select_for_update(of=("self",)).get(pk=training_class.pk)
        claims = list(Subsidy.objects.filter(training_class=locked).order_by("sequence"))
        if existing := next((claim for claim in claims if claim.state not in ENDED), None):
            return existing
        sequence = claims[-1].sequence + 1 if claims else 1
        if locked.stage not in claimed_at(sequence):
            raise NotNow(
                [_("班次现在是“%(stage)s”，结业审批同意后才能申请补贴。") % {"stage": locked.get_stage_display()}]
            )
        chosen = _chosen(locked, enrolments) if claims else None
        subsidy = Subsidy.objects.create(
            number=f"{locked.number}-B{sequence if claims else ''}",
            division=locked.division,
            applicant=locked.applicant,
            category=locked.category,
            training_type=locked.training_type,
            training_class=locked,
            sequence=sequence,
            fund_source=locked.fund_source,
            payee=payee_of(locked),
        )
        work_out_lines(subsidy, chosen)
        record("subsidy.drawn_up", by=by, on=subsidy, amount=str(subsidy.amount), people=subsidy.lines.count())
        write_cover(subsidy, flow_of(subsidy))
    return subsidy


def claimed_at(sequence: int) -> tuple[Stage, ...]:
    """The stages in which a class's claim is drawn up and handed in; a supplementary one also when its money was
    decided.
    """
    return (Stage.COMPLETED, Stage.PAYABLE, Stage.PAID, Stage.CLOSED) if sequence > 1 else (Stage.COMPLETED,)


def earlier_claims(subsidy: Subsidy) -> Iterable[Subsidy]:
    """The class's claims before a supplementary one; they stay as they were decided."""
    if not subsidy.is_supplementary:
        return ()
    return Subsidy.objects.filter(training_class=subsidy.training_class_id, sequence__lt=subsidy.sequence).order_by(
        "sequence"
    )


def claimable(training_class: TrainingClass) -> list[Worth]:
    """Whom a supplementary claim can be for: worth something by today's record, and claimed,
    committed or paid nowhere.
    """
    taken = set(
        SubsidyLine.objects.filter(
            enrolment__training_class=training_class, is_live=True, item=Item.TRAINING
        ).values_list("enrolment", flat=True)
    )
    return [worth for worth in work_out(training_class) if worth.amount and worth.enrolment.pk not in taken]


def refused_before(training_class: TrainingClass, *, but: int | None = None) -> dict[int, dict[str, str]]:
    """Claim and reason of each person's latest refused line, by enrolment; `but` is the claim that asks."""
    rows = SubsidyLine.objects.filter(
        subsidy__training_class=training_class, state=LineState.REFUSED, item=Item.TRAINING
    ).exclude(subsidy=but)
    return {
        enrolment: {"number": number, "reason": reason}
        for enrolment, number, reason in rows.order_by("subsidy__sequence").values_list(
            "enrolment", "subsidy__number", "reason"
        )
    }


def _chosen(training_class: TrainingClass, enrolments: Collection[int] | None) -> set[int]:
    """The people a supplementary claim is for. Raises NotNow."""
    possible = {worth.enrolment.pk for worth in claimable(training_class)}
    if not possible:
        raise NotNow([_("没有可以补充申请的人员：都已申请或已批准，或按现在的记录不予补贴。")])
    chosen = possible if enrolments is None else set(enrolments)
    if not chosen:
        raise NotNow([_("请至少选择一名补充申请的人员。")])
    if chosen - possible:
        raise NotNow([_("所选人员中有的不能补充申请：已申请或已批准，或按现在的记录不予补贴；请刷新后重新选择。")])
    return chosen


# ── lines
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines_today(subsidy: Subsidy, chosen: Collection[int] | None = None) -> list[SubsidyLine]:
    """The lines as today's record and standards make them, not saved; a person an officer took out stays out.

    Rows there are keep their identity, so that objections and history go on pointing at them. A supplementary claim is
    for the people `chosen` when it was drawn up, and for nobody else; each line says what the person was refused for
    before.
    """
    rows = SubsidyLine.objects.filter(subsidy=subsidy.pk).select_related("enrolment__person")
    kept = {(line.enrolment_id, line.item): line for line in rows}
    lines, worths = [], work_out(subsidy.training_class)
    if subsidy.is_supplementary:
        own, before = (
            {enrolment for enrolment, _item in kept} | set(chosen or ()),
            refused_before(subsidy.training_class, but=subsidy.pk),
        )
        worths = [worth for worth in worths if worth.enrolment.pk in own]
        for worth in worths:
            worth.basis["before"] = before.get(worth.enrolment.pk)
    for worth in worths:
        line = kept.pop((worth.enrolment.pk, Item.TRAINING), None) or SubsidyLine(subsidy=subsidy, item=Item.TRAINING)
        lines.append(_brought_up_to_date(line, worth))
    for line in kept.values():
        line.state, line.reason = LineState.REFUSED, line.reason or _("此人已不在花名册中。")
        lines.append(line)
    return lines


def _brought_up_to_date(line: SubsidyLine, worth: Worth) -> SubsidyLine:
    line.enrolment, line.standard, line.amount, line.basis = worth.enrolment, worth.standard, worth.amount, worth.basis
    if not line.refused_by_id:
        line.state, line.reason = LineState.REFUSED if worth.refusal else LineState.CLAIMED, worth.refusal
    return line


def work_out_lines(subsidy: Subsidy, chosen: Collection[int] | None = None) -> None:
    """Keep the lines as of today: when the claim is drawn up and at each submission; from then on they are frozen
    (R-SUB-1).
    """
    lines = lines_today(subsidy, chosen)
    SubsidyLine.objects.bulk_create([line for line in lines if line.pk is None])
    SubsidyLine.objects.bulk_update([line for line in lines if line.pk is not None], WORKED_OUT)
    add_up(subsidy)


def add_up(subsidy: Subsidy) -> Decimal:
    """Bring the claim's amount in line with its living lines."""
    total = subsidy.lines.filter(state__in=LIVE).aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00")
    subsidy.amount = total
    Subsidy.objects.filter(pk=subsidy.pk).update(amount=total)
    return total


def why_not_strike(subsidy: Subsidy, by: Membership, *, remits: Remits | None = None) -> str:
    """The sentence that forbids this membership to take people out of a claim now, or ""; `remits`: its grants,
    where read already.
    """
    return why_not_officer(subsidy, by, remits=remits) or _why_not_now(subsidy)


def _why_not_now(subsidy: Subsidy) -> str:
    """The sentence that says nobody is taken out of a claim in this state, or ""."""
    if subsidy.state in STRUCK_IN:
        return ""
    return _("现在的状态是“%(state)s”，不能剔除人员。") % {"state": subsidy.get_state_display()}


def _locked(line: SubsidyLine, by: Membership, *, approved: bool = False) -> tuple[Subsidy, SubsidyLine]:
    """The claim, then its line, locked for an officer who may strike, where asked also when approved. Raises NotAllowed
    or NotNow.
    """
    subsidy = Subsidy.objects.select_for_update(of=("self",)).get(pk=line.subsidy_id)
    if not (approved and may_take_out(subsidy, by)):
        if why := why_not_officer(subsidy, by):
            raise NotAllowed([why])
        if why := _why_not_now(subsidy):
            raise NotNow([why])
    rows = SubsidyLine.objects.select_for_update(of=("self",)).select_related("enrolment__person", "refused_by")
    return subsidy, rows.get(pk=line.pk)


def refuse_line(line: SubsidyLine, *, reason: str, by: Membership) -> SubsidyLine:
    """Take one trainee out of a claim under review or waiting for approval, with a reason the applicant sees.

    Repeating the act of the same membership changes nothing; another's comes too late. Raises NotAllowed, NotNow,
    Overtaken.
    """
    with transaction.atomic():
        subsidy, locked = _locked(line, by, approved=True)
        if locked.refused_by_id:
            if locked.refused_by_id == by.pk:
                return locked
            raise Overtaken([_("此人已由%(who)s剔除。") % {"who": locked.refused_by}])
        if locked.state in (*WAITING, LineState.PAYING):
            return _take_out_of_approved(subsidy, locked, written(reason), by)
        if locked.state != LineState.CLAIMED:
            raise NotNow([_stands(locked)])
        if not written(reason):
            raise NotNow([_("剔除人员须说明理由。")], field="reason")
        locked.state, locked.reason, locked.refused_by, locked.refused_at = (
            LineState.REFUSED,
            written(reason),
            by,
            timezone.now(),
        )
        _keep(
            subsidy,
            locked,
            "subsidy.line_refused",
            by,
            written(reason),
            _("补贴申请%(number)s：%(sequence)s号%(name)s不予补贴，理由：%(reason)s"),
        )
    return locked


def may_take_out(subsidy: Subsidy, by: Membership) -> bool:
    """Whether this membership may still take somebody out of approved money: where the watch or the judgement asks for
    it, who may deal with that.
    """
    return subsidy.state == State.APPROVED and not why_not_in_charge(by, subsidy.training_class)


def first_of_finance(line: SubsidyLine) -> str:
    """Who does what first for somebody whose money is in a batch (R-SUB-5)."""
    batch = line.payment.batch
    return (
        _("此人已列入批次%(batch)s：先由财务人员撤销该批次，再由审核人员剔除此人。")
        if batch.state == State.DRAFT
        else _("此人的付款已送银行（批次%(batch)s）：等银行回执，退票的由审核人员剔除此人，已到账的须追回。")
    ) % {"batch": batch.number}


def _stands(line: SubsidyLine) -> str:
    return _("此人已是“%(state)s”，不能剔除。") % {"state": line.get_state_display()}


def _take_out_of_approved(subsidy: Subsidy, line: SubsidyLine, reason: str, by: Membership) -> SubsidyLine:
    """Somebody found to have no right to this money, by the watch or by a later judgement: taken out before it is paid,
    and the budget has it back (R-ELG-3, R-ELG-8, R-SUB-5).
    """
    training_class = subsidy.training_class
    stopped = any(stops_money(change, training_class, in_person=True) for change in changes_of([line.enrolment_id]))
    if not stopped and line.enrolment.verdict == Verdict.ELIGIBLE:
        raise NotNow([_stands(line)])
    if line.state == LineState.PAYING:
        raise NotNow([_stands(line) + first_of_finance(line)])
    if not reason:
        raise NotNow([_("剔除人员须说明理由。")])
    if (
        line.payment_id
        and BankCorrection.objects.filter(payment=line.payment_id, state=CorrectionState.PROPOSED).exists()
    ):
        raise NotNow([_("此人的付款有更正回执待复核，暂缓办理。")])
    release_budget(subsidy, line.amount)
    line.state, line.reason, line.refused_by, line.refused_at, line.payment = (
        LineState.REFUSED,
        reason,
        by,
        timezone.now(),
        None,
    )
    line.save(update_fields=["payment"])
    _keep(
        subsidy,
        line,
        "subsidy.line_refused",
        by,
        reason,
        _("补贴申请%(number)s：%(sequence)s号%(name)s不予补贴，理由：%(reason)s"),
    )
    if training_class.stage == Stage.PAYABLE:
        set_stage(training_class, stage_at_rest(training_class))
    return line


def restore_line(line: SubsidyLine, *, reason: str, by: Membership) -> SubsidyLine:
    """Put back a trainee an officer took out by mistake, before anybody agreed in this round. Raises NotAllowed,
    NotNow.
    """
    with transaction.atomic():
        subsidy, locked = _locked(line, by)
        if not locked.refused_by_id:
            raise NotNow([_("此人没有被审核人员剔除。")])
        if subsidy.state != State.IN_REVIEW or subsidy.position != 1:
            raise NotNow([_("已有审核人员按现在的名单同意，不能再恢复；需要恢复的，请退回补正。")])
        if not locked.amount:
            raise NotNow([locked.basis.get("refusal") or _("此人没有应补金额。")])
        if not written(reason):
            raise NotNow([_("恢复人员须说明理由。")], field="reason")
        locked.state, locked.reason, locked.refused_by, locked.refused_at = LineState.CLAIMED, "", None, None
        _keep(
            subsidy,
            locked,
            "subsidy.line_restored",
            by,
            written(reason),
            _("补贴申请%(number)s：%(sequence)s号%(name)s已恢复，说明：%(reason)s"),
        )
    return locked


def _keep(subsidy: Subsidy, line: SubsidyLine, act: str, by: Membership, reason: str, tells: str) -> None:
    line.save(update_fields=["state", "reason", "refused_by", "refused_at"])
    add_up(subsidy)
    change_content(
        subsidy, act, by=by, reason=reason, line=line.pk, sequence=line.enrolment.sequence, amount=str(line.amount)
    )
    flow = flow_of(subsidy)
    write_cover(subsidy, flow)
    tell(
        subsidy,
        tells
        % {
            "number": subsidy.number,
            "sequence": line.enrolment.sequence,
            "name": line.enrolment.name,
            "reason": reason,
        },
    )


# ── effects of moves
# ────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_checks(subsidy: Subsidy, context: Any) -> None:
    """Amounts are worked out once more and frozen; then everybody is compared again (R-SUB-1, R-SUB-2)."""
    work_out_lines(subsidy)
    set_stage(subsidy.training_class, Stage.SUBSIDY)
    context.notes["amount"] = str(subsidy.amount)
    context.notes["people"] = people = subsidy.lines.filter(state=LineState.CLAIMED).count()
    context.jobs.append(
        (
            CHECK_TASK,
            {
                "title": _("补贴申请复核比对：%(number)s") % {"number": subsidy.number},
                "queue_name": queue_for(people),
                "version": subsidy.version,
            },
        )
    )


def give_back(subsidy: Subsidy, context: Any) -> None:
    """With the applicant again: the class is where it was, the publicity is taken down but stays readable."""
    set_stage(subsidy.training_class, stage_at_rest(subsidy.training_class))
    subsidy.publicities.filter(ended_at__isnull=True).update(ended_at=context.at)


def note_refusal(subsidy: Subsidy, context: Any) -> None:
    """Nobody gets anything, for the reason of the whole; what was asked for stays on the lines."""
    context.notes["asked"] = str(subsidy.amount)
    subsidy.lines.filter(state=LineState.CLAIMED).update(state=LineState.REFUSED, reason=context.reason)
    add_up(subsidy)
    set_stage(subsidy.training_class, stage_at_rest(subsidy.training_class, refused=True))


def let_go(subsidy: Subsidy, context: Any) -> None:
    """Given up by its applicant: nobody is claimed for any more, so that a later claim can be for the same people."""
    context.notes["asked"] = str(subsidy.amount)
    subsidy.lines.filter(state=LineState.CLAIMED).update(state=LineState.REFUSED, reason=_("申请单位放弃了这次申请。"))
    add_up(subsidy)


def newer_claim(subsidy: Subsidy) -> str:
    """Why a claim that was given up is not taken up again, or "": its class has another since."""
    newer = (
        Subsidy.objects.filter(training_class=subsidy.training_class_id, sequence__gt=subsidy.sequence)
        .order_by("sequence")
        .last()
    )
    return _("本班已另有补贴申请%(number)s，请在那一件中办理。") % {"number": newer.number} if newer else ""


def take_up(subsidy: Subsidy, context: Any) -> None:
    """What was asked for is asked for again, but for those an officer took out; amounts are worked out anew at
    submission. Raises NotNow.
    """
    TrainingClass.objects.select_for_update(of=("self",)).get(pk=subsidy.training_class_id)
    if why := newer_claim(subsidy):
        raise NotNow([why])
    subsidy.lines.filter(state=LineState.REFUSED, refused_by__isnull=True, amount__gt=0).update(
        state=LineState.CLAIMED, reason=""
    )
    add_up(subsidy)


def approve_lines(subsidy: Subsidy, context: Any) -> None:
    """The lines wait for a batch from now on."""
    subsidy.lines.filter(state=LineState.CLAIMED).update(state=LineState.APPROVED)
    context.notes["amount"] = str(subsidy.amount)
    subsidy.publicities.filter(ended_at__isnull=True).update(ended_at=context.at)
    set_stage(subsidy.training_class, Stage.PAYABLE)
