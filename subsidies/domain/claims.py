"""The claim of a completed class: lines worked out and frozen, struck line by line, published, committed to a budget (R-SUB-1 … R-SUB-5)."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import may
from accounts.models import Organisation, Post
from casework.domain.desk import write_cover
from casework.domain.flow import flow_of
from casework.domain.moves import NotYours, Obstructed
from casework.domain.routing import due_on, parameter
from casework.enums import WITH_APPLICANT, State
from kit.masking import mask_id, mask_name
from subsidies.domain.amounts import work_out
from subsidies.enums import Item, LineState
from subsidies.models import Budget, Publicity, Subsidy, SubsidyLine
from training.enums import Stage
from training.models import TrainingClass

LIVE = (LineState.CLAIMED, LineState.APPROVED, LineState.PAYING, LineState.PAID, LineState.RETURNED)


class ClaimRefused(Exception):
    """A claim that cannot be drawn up; the message says why."""


def payee_of(training_class: TrainingClass) -> Organisation:
    """Who is paid the training subsidy: the employer for employee classes, else the institution (field-notes 1.4)."""
    return training_class.employer or training_class.institution


def draw_up(training_class: TrainingClass, *, by: Post) -> Subsidy:
    """The draft claim of a completed class, or the one there is. Raises ClaimRefused."""
    if training_class.applicant_id != by.organisation_id:
        raise ClaimRefused(_("只有申请单位可以申请补贴。"))
    if existing := Subsidy.objects.filter(training_class=training_class).first():
        return existing
    if training_class.stage != Stage.COMPLETED:
        raise ClaimRefused(_("结业审批同意后才能申请补贴。"))
    with transaction.atomic():
        subsidy, created = Subsidy.objects.get_or_create(
            training_class=training_class,
            defaults={
                "number": f"{training_class.number}-B", "division": training_class.division, "applicant": training_class.applicant,
                "category": training_class.category, "fund_source": training_class.fund_source, "payee": payee_of(training_class),
            },
        )
        if created:
            work_out_lines(subsidy)
            record("subsidy.drawn_up", by=by, on=subsidy, amount=str(subsidy.amount))
            write_cover(subsidy, flow_of(subsidy))
    return subsidy


def work_out_lines(subsidy: Subsidy) -> None:
    """Work the lines out afresh from today's record; only while the claim is with the applicant or being checked."""
    if subsidy.state not in (*WITH_APPLICANT, State.CHECKING):
        raise ClaimRefused(_("申请已在审核，金额不再变动。"))
    lines = [
        SubsidyLine(
            subsidy=subsidy, enrolment=worth.enrolment, item=Item.TRAINING, standard=worth.standard, amount=worth.amount,
            basis=worth.basis, state=LineState.REFUSED if worth.refusal else LineState.CLAIMED, reason=worth.refusal,
        )
        for worth in work_out(subsidy.training_class)
    ]
    with transaction.atomic():
        subsidy.lines.all().delete()
        SubsidyLine.objects.bulk_create(lines)
        add_up(subsidy)


def add_up(subsidy: Subsidy) -> Decimal:
    """Bring the claim's amount in line with its living lines."""
    total = subsidy.lines.filter(state__in=LIVE).aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00")
    subsidy.amount = total
    Subsidy.objects.filter(pk=subsidy.pk).update(amount=total)
    return total


def refuse_line(line: SubsidyLine, *, reason: str, by: Post) -> SubsidyLine:
    """Take one trainee out of a claim under review, with a reason the applicant and the publicity show (feature 50)."""
    with transaction.atomic():
        subsidy = Subsidy.objects.select_for_update(of=("self",)).get(pk=line.subsidy_id)
        locked = SubsidyLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if by.organisation_id != subsidy.desk_id or not may(by, subsidy.need, subsidy.division, subsidy.category):
            raise NotYours([_("只有正在审核此件的人可以剔除人员。")])
        if subsidy.state != State.IN_REVIEW or locked.state != LineState.CLAIMED:
            raise Obstructed([_("现在的状态不能剔除此人。")])
        if not reason.strip():
            raise Obstructed([_("剔除人员须说明理由。")])
        locked.state, locked.reason = LineState.REFUSED, reason.strip()
        locked.save(update_fields=["state", "reason"])
        add_up(subsidy)
        record("subsidy.line_refused", by=by, on=subsidy, reason=reason, line=locked.pk, amount=str(locked.amount))
        write_cover(subsidy, flow_of(subsidy))
    return locked


def publish(subsidy: Subsidy) -> Publicity:
    """Open (or, after an upheld objection, open again) the publicity with a masked snapshot and its digest (R-SUB-4)."""
    days = int(parameter("publicity_workdays", division=subsidy.division))
    today = timezone.localdate()
    rows = [
        {
            "sequence": line.enrolment.sequence, "name": mask_name(line.enrolment.person.name),
            "number": mask_id(line.enrolment.person.number), "item": line.get_item_display(), "amount": str(line.amount),
            "refused": line.state == LineState.REFUSED, "reason": line.reason,
        }
        for line in subsidy.lines.select_related("enrolment__person").order_by("enrolment__sequence", "item")
    ]
    snapshot = {
        "number": subsidy.number, "class": subsidy.training_class.name, "applicant": subsidy.applicant.name,
        "payee": subsidy.payee.name, "amount": str(subsidy.amount), "rows": rows,
    }
    digest = hashlib.sha256(json.dumps(snapshot, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    publicity, _created = Publicity.objects.update_or_create(
        subsidy=subsidy,
        defaults={
            "begins": today, "ends": due_on(today, days), "working_days": days, "snapshot": snapshot, "digest": digest, "ended_at": None,
        },
    )
    return publicity


def commit_budget(subsidy: Subsidy) -> None:
    """Commit the amount to the fund's budget under its lock, so that approvals at the same time cannot overdraw it (R-SUB-5).

    Raises Obstructed when there is no budget row or too little left.
    """
    year = timezone.localdate().year
    budget = Budget.objects.select_for_update().filter(
        fund_source=subsidy.fund_source, division=subsidy.division, year=year).first()
    if budget is None:
        raise Obstructed([_("%(year)s年本地没有这项资金的预算，请财务先登记预算。") % {"year": year}])
    if budget.committed + subsidy.amount > budget.amount:
        left = budget.amount - budget.committed
        raise Obstructed([_("资金不足：预算余额%(left)s元，本次%(amount)s元。") % {"left": left, "amount": subsidy.amount}])
    budget.committed += subsidy.amount
    budget.save(update_fields=["committed"])


def approve_lines(subsidy: Subsidy) -> None:
    subsidy.lines.filter(state=LineState.CLAIMED).update(state=LineState.APPROVED)
