"""The flow table of WHO IS THIS PERSON: the correction of a name or a number (R-AUT-4, R-SEC-2)."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.domain.flow import Cover, Flow, Move, Who
from casework.enums import State
from eligibility.domain import corrected, corrections
from eligibility.models import Correction

CLAUSE = "N三(四)"


def title_of(correction: Correction) -> str:
    what = [*([gettext("姓名")] if correction.new_name else []), *([gettext("号码")] if correction.new_hash else [])]
    return gettext("更正%(what)s：%(name)s") % {"what": gettext("、").join(what), "name": correction.old_name}


CORRECTION = Flow(
    kind=corrections.KIND,
    label=_("信息更正"),
    model=Correction,
    cover=lambda correction: Cover(title=title_of(correction)),
    title=title_of,
    moves=(
        Move(
            "submit",
            _("提交"),
            (State.DRAFT, State.RETURNED),
            State.IN_REVIEW,
            Who.APPLICANT,
            CLAUSE,
            guards=(corrections.guard_submit,),
            effects=(corrected.only_one,),
        ),
        Move(
            "approve",
            _("同意"),
            (State.IN_REVIEW,),
            State.APPROVED,
            Who.DESK,
            CLAUSE,
            decides=True,
            tone="success",
            guards=(corrections.guard_other_eyes, corrections.guard_apply),
            effects=(corrected.apply,),
            confirm=_("同意后立即更正此人的记录，未办结的申请重新比对；确认？"),
            tells=_("信息更正%(number)s已同意，记录已更正。"),
        ),
        Move(
            "return",
            _("退回补正"),
            (State.IN_REVIEW,),
            State.RETURNED,
            Who.DESK,
            CLAUSE,
            decides=True,
            reason=True,
            tone="warning",
            guards=(corrections.guard_other_eyes,),
            tells=_("信息更正%(number)s已退回补正：%(reason)s"),
        ),
        Move(
            "refuse",
            _("不同意"),
            (State.IN_REVIEW,),
            State.REFUSED,
            Who.DESK,
            CLAUSE,
            decides=True,
            reason=True,
            tone="danger",
            guards=(corrections.guard_other_eyes,),
            tells=_("信息更正%(number)s未获同意：%(reason)s"),
        ),
        Move("withdraw", _("撤回修改"), (State.IN_REVIEW,), State.DRAFT, Who.APPLICANT, CLAUSE, tone="secondary"),
        Move(
            "drop",
            _("不再申请"),
            (State.DRAFT, State.RETURNED),
            State.WITHDRAWN,
            Who.APPLICANT,
            CLAUSE,
            tone="secondary",
            confirm=_("这件更正不再办理，记录保留；确认？"),
        ),
    ),
)
