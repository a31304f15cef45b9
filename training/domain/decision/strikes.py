"""Striking one trainee out of an opening under review, with who and why; the class goes on without (R-OPN-5)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from casework.domain.flow import flow_of
from casework.domain.inbox import tell, write_cover
from casework.domain.moves import change_content, why_not_officer
from casework.enums import State
from kit.refusals import NotAllowed, NotNow, Overtaken
from kit.text import written
from training.models import Enrolment, Opening

NOT_CONFIRMED = gettext_lazy("没有剔除：请先填写理由，再勾选“确认剔除”。")


def strike_out(enrolment: Enrolment, reason: str, *, by: Membership) -> Enrolment:
    """Take one person out of an opening in review. Raises NotAllowed (403) or NotNow (409) with the sentence.

    Repeating the act of the same membership changes nothing; another's comes too late.
    """
    with transaction.atomic():
        opening = Opening.objects.select_for_update(of=("self",)).get(training_class=enrolment.training_class_id)
        if why := why_not_officer(opening, by):
            raise NotAllowed([why])
        if opening.state != State.IN_REVIEW:
            raise NotNow([_("只有在审核中才能剔除学员。")])
        locked = Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment.pk)
        if locked.is_struck_out:
            if locked.struck_out_by_id == by.pk:
                return locked
            raise Overtaken([_("此人已由%(who)s剔除。") % {"who": locked.struck_out_by}])
        if not written(reason):
            raise NotNow([_("剔除学员须说明理由。")], field="reason")
        locked.struck_out_at, locked.struck_out_by, locked.strike_reason = timezone.now(), by, written(reason)
        locked.save(update_fields=["struck_out_at", "struck_out_by", "strike_reason"])
        change_content(
            opening,
            "enrolment.struck_out",
            by=by,
            reason=locked.strike_reason,
            enrolment=locked.pk,
            sequence=locked.sequence,
            verdict=locked.verdict,
        )
        flow = flow_of(opening)
        write_cover(opening, flow)
        tell(
            opening,
            _("开班申请%(number)s：%(sequence)s号%(name)s已被剔除，理由：%(reason)s")
            % {
                "number": opening.number,
                "sequence": locked.sequence,
                "name": locked.name,
                "reason": locked.strike_reason,
            },
        )
    return locked
