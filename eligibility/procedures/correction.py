"""The flow table of WHO IS THIS PERSON: the correction of a name or a number (R-AUT-4, R-SEC-2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import CasePage, Fact, Section
from casework.domain.flow import Cover, Flow, Move, Who, drop_move, refuse_move, return_move, withdraw_move
from casework.enums import WITH_APPLICANT, State
from eligibility.domain import corrected, corrections
from eligibility.models import Correction
from kit.masking import mask_id

CLAUSE = "N三(四)"


def title_of(correction: Correction) -> str:
    what = [*([gettext("姓名")] if correction.new_name else []), *([gettext("号码")] if correction.new_hash else [])]
    return gettext("更正%(what)s：%(name)s") % {"what": gettext("、").join(what), "name": correction.old_name}


FLOW = Flow(
    kind=corrections.KIND,
    label=gettext_lazy("信息更正"),
    model=Correction,
    cover=lambda correction: Cover(title=title_of(correction)),
    title=title_of,
    moves=(
        Move(
            "submit",
            gettext_lazy("提交"),
            (State.DRAFT, State.RETURNED),
            State.IN_REVIEW,
            Who.APPLICANT,
            CLAUSE,
            guards=(corrections.guard_submit,),
            effects=(corrected.only_one,),
        ),
        Move(
            "approve",
            gettext_lazy("同意"),
            (State.IN_REVIEW,),
            State.APPROVED,
            Who.DESK,
            CLAUSE,
            decides=True,
            tone="success",
            guards=(corrections.guard_other_eyes, corrections.guard_apply),
            effects=(corrected.apply,),
            confirm=gettext_lazy("同意后立即更正此人的记录，未办结的申请重新比对；确认？"),
            tells=gettext_lazy("信息更正%(number)s已同意，记录已更正。"),
        ),
        return_move(
            CLAUSE,
            guards=(corrections.guard_other_eyes,),
            tells=gettext_lazy("信息更正%(number)s已退回补正：%(reason)s"),
        ),
        refuse_move(
            CLAUSE, guards=(corrections.guard_other_eyes,), tells=gettext_lazy("信息更正%(number)s未获同意：%(reason)s")
        ),
        withdraw_move(CLAUSE, sources=(State.IN_REVIEW,)),
        drop_move(CLAUSE, label=gettext_lazy("不再申请"), confirm=gettext_lazy("这件更正不再办理，记录保留；确认？")),
    ),
)


def facts(file: CaseFile[Correction], membership: Membership) -> list[Fact]:
    correction = file.application
    return [
        Fact(_("提出单位"), correction.applicant.name),
        Fact(_("提出人"), str(correction.asked_by)),
        Fact(_("提出时的姓名"), correction.old_name),
        Fact(_("提出时的号码"), mask_id(correction.old_number)),
        Fact(_("理由"), correction.reason or "—"),
    ]


def subject(file: CaseFile[Correction], membership: Membership) -> tuple[Any, ...] | None:
    """The applicant mends what was returned; an office opens the person."""
    correction = file.application
    if membership.organisation_id == correction.applicant_id and correction.state in WITH_APPLICANT:
        return _("修改更正内容"), "correction_edit", correction.pk
    return None if membership.is_unit else (_("历次记录"), "person", correction.person_id)


PAGE = CasePage(
    kind=corrections.KIND,
    facts=facts,
    conditions=corrections.conditions,
    sections=(Section(_("更正内容"), "eligibility/corrections/_change.html", corrections.change_shown, open=True),),
    documents=lambda file: [(corrections.EVIDENCE, _("身份证复印件或证明"), bool(file.application.new_name))],
    history=lambda file: [(corrections.KIND, file.application.pk)],
    related=("person", "asked_by__user", "asked_by__organisation"),
    subject=subject,
)
