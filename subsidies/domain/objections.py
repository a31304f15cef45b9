"""Objections to a publicity: filed by anyone, answered by the office that decides (R-SUB-4)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Post
from casework.domain.desk import tell
from casework.domain.flow import flow_of
from casework.domain.moves import NotYours, Obstructed
from casework.enums import State
from subsidies.enums import ObjectionOutcome
from subsidies.models import Objection, Publicity


def file_objection(publicity: Publicity, *, text: str, contact: str = "", sequence: int | None = None, origin: str = "") -> Objection:
    """Take an objection while the publicity runs or waits for approval; `sequence` names one trainee of it. Raises Obstructed."""
    if publicity.ended_at or publicity.subsidy.state not in (State.PUBLICITY, State.CONCLUDING):
        raise Obstructed([_("公示已经结束，如有问题请使用投诉渠道。")])
    line = None
    if sequence is not None:
        line = publicity.subsidy.lines.filter(enrolment__sequence=sequence).first()
        if line is None:
            raise Obstructed([_("公示名单中没有这个序号。")])
    with transaction.atomic():
        objection = Objection.objects.create(publicity=publicity, line=line, text=text, contact=contact or None)
        record("objection.filed", by=None, on=publicity.subsidy, origin=origin, objection=objection.pk)
        if publicity.subsidy.desk:
            tell(publicity.subsidy, flow_of(publicity.subsidy), _("补贴公示%(number)s收到异议，请处理。") % {
                "number": publicity.subsidy.number}, organisation=publicity.subsidy.desk)
    return objection


def answer_objection(objection: Objection, *, outcome: str, answer: str, by: Post) -> Objection:
    """Handle an objection once, with the answer. Only the desk that decides the claim."""
    subsidy = objection.publicity.subsidy
    if by.organisation_id != subsidy.desk_id:
        raise NotYours([_("只有审批此件的部门可以处理异议。")])
    if outcome not in (ObjectionOutcome.UPHELD, ObjectionOutcome.DISMISSED) or not answer.strip():
        raise Obstructed([_("请选择处理结果并写明答复。")])
    with transaction.atomic():
        locked = Objection.objects.select_for_update().get(pk=objection.pk)
        if locked.outcome:
            raise Obstructed([_("这件异议已经处理过了。")])
        locked.outcome, locked.answer = outcome, answer.strip()
        locked.handled_at, locked.handled_by = timezone.now(), by
        locked.save(update_fields=["outcome", "answer", "handled_at", "handled_by"])
        record("objection.answered", by=by, on=subsidy, reason=answer, objection=locked.pk, outcome=outcome)
    return locked
