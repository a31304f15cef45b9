"""Objections to a publicity: filed by anyone, answered by the office that decides (R-SUB-4)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import HANDS_ON
from accounts.models import Membership
from casework.domain.inbox import tell
from casework.domain.moves import why_not_deciding
from kit.refusals import NotAllowed, NotNow, Overtaken
from kit.text import written
from subsidies.domain.publicity import is_open
from subsidies.enums import LineState, ObjectionOutcome
from subsidies.models import Objection, Publicity, Subsidy, SubsidyLine


def file_objection(
    publicity: Publicity, *, text: str, contact: str = "", sequence: int | None = None, origin: str = ""
) -> Objection:
    """Take an objection until the claim is approved or returned; `sequence` names one trainee of the list. Raises
    NotNow.

    The claim is locked, so that it cannot be approved while an objection is being filed.
    """
    with transaction.atomic():
        subsidy = Subsidy.objects.select_for_update(of=("self",)).select_related("desk").get(pk=publicity.subsidy_id)
        current = Publicity.objects.select_related("subsidy").get(pk=publicity.pk)
        if not is_open(current):
            raise NotNow([_("公示已经结束，不再接受对本次公示的异议。")])
        if not written(text):
            raise NotNow([_("请写明异议内容。")])
        objection = Objection.objects.create(
            publicity=current, line=_line(subsidy, sequence), text=written(text), contact=written(contact) or None
        )
        record("objection.filed", by=None, on=subsidy, origin=origin, objection=objection.pk, publicity=current.pk)
        if subsidy.desk:
            tell(
                subsidy,
                _("补贴公示%(number)s收到异议，请处理。") % {"number": subsidy.number},
                organisation=subsidy.desk,
            )
    return objection


def _line(subsidy: Subsidy, sequence: int | None) -> SubsidyLine | None:
    if sequence is None:
        return None
    line = subsidy.lines.filter(enrolment__sequence=sequence).exclude(state=LineState.REFUSED).order_by("item").first()
    if line is None:
        raise NotNow([_("公示名单中没有这个序号。")])
    return line


def why_not_answer(subsidy: Subsidy, by: Membership | None) -> str:
    """The sentence that forbids this membership to handle the claim's objections, or "": an officer of the office that
    decides it.
    """
    if by is None or why_not_deciding(by, [subsidy.desk_id], lambda: by.role in HANDS_ON):
        return _("只有审批此件的部门可以处理异议。")
    return ""


def answer_objection(objection: Objection, *, outcome: str, answer: str, by: Membership) -> Objection:
    """Handle an objection once, with the answer; also one of an earlier round. Raises NotAllowed, NotNow, Overtaken."""
    with transaction.atomic():
        subsidy = Subsidy.objects.select_for_update(of=("self",)).get(publicities__objections=objection.pk)
        if why := why_not_answer(subsidy, by):
            raise NotAllowed([why])
        locked = Objection.objects.select_for_update(of=("self",)).select_related("handled_by").get(pk=objection.pk)
        if locked.outcome:
            raise Overtaken([_("这件异议已由%(who)s处理。") % {"who": locked.handled_by}])
        if outcome not in (ObjectionOutcome.UPHELD, ObjectionOutcome.DISMISSED) or not written(answer):
            raise NotNow([_("请选择处理结果并写明答复。")], field="answer")
        locked.outcome, locked.answer = outcome, written(answer)
        locked.handled_at, locked.handled_by = timezone.now(), by
        locked.save(update_fields=["outcome", "answer", "handled_at", "handled_by"])
        record("objection.answered", by=by, on=subsidy, reason=written(answer), objection=locked.pk, outcome=outcome)
    return locked
