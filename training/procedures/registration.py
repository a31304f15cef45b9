"""Registration 单位注册: its moves and what its page shows (R-REG-1, R-REG-2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import CasePage, Fact, Section
from casework.domain.flow import (
    Context,
    Cover,
    Flow,
    Move,
    Who,
    drop_move,
    leads_to,
    refuse_move,
    return_move,
    withdraw_move,
)
from casework.enums import State
from eligibility.domain.crosscheck import queue_for
from training.domain.decision.guards import nobody_has_decided
from training.domain.units import registrations
from training.domain.units.profiles import differences, proposed
from training.models import Registration

CLAUSE = "N二(二)3实施程序"


@leads_to(State.CHECKING, State.IN_REVIEW)
def registration_target(registration: Registration, context: Context) -> str:
    """Enterprises are compared with the business registry first (R-REG-2); the others go straight to the officer."""
    return State.CHECKING if registration.applicant.kind == OrganisationKind.ENTERPRISE else State.IN_REVIEW


def check_unit(registration: Registration, context: Context) -> None:
    if registration.state == State.CHECKING:
        context.jobs.append(
            (
                "training.tasks.check_unit",
                {"title": str(_("企业工商信息比对")), "queue_name": queue_for(1), "version": registration.version},
            )
        )


FLOW = Flow(
    kind="registration",
    label=_("单位注册"),
    model=Registration,
    cover=lambda registration: Cover(title=registration.applicant.name),
    moves=(
        Move(
            "submit",
            _("提交"),
            (State.DRAFT, State.RETURNED),
            registration_target,
            Who.APPLICANT,
            CLAUSE,
            guards=(registrations.guard_complete,),
            effects=(check_unit, registrations.note_change),
        ),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, "N二(二)3企业"),
        Move(
            "approve",
            _("同意"),
            (State.IN_REVIEW,),
            State.APPROVED,
            Who.DESK,
            CLAUSE,
            decides=True,
            tone="success",
            guards=(registrations.guard_complete, registrations.guard_registry),
            effects=(registrations.approve_unit,),
            confirm=_("确认同意该单位注册？"),
            tells=_("单位注册（%(number)s）已同意，可以办理业务。"),
        ),
        return_move(CLAUSE, tells=_("单位注册（%(number)s）已退回补正：%(reason)s")),
        refuse_move(CLAUSE, tells=_("单位注册（%(number)s）未获同意：%(reason)s")),
        withdraw_move(CLAUSE, guards=(nobody_has_decided,)),
        drop_move(
            CLAUSE,
            label=_("放弃变更"),
            guards=(registrations.guard_amends,),
            confirm=_("这次变更不再办理，已通过的信息不变，记录保留；确认？"),
        ),
    ),
)


def registration_facts(file: CaseFile[Registration], membership: Membership) -> list[Fact]:
    registration = file.application
    organisation, unit = registration.applicant, proposed(registration)
    return [
        Fact(_("单位"), organisation.name),
        Fact(_("统一社会信用代码"), organisation.uscc),
        Fact(_("单位类别"), organisation.get_kind_display()),
        Fact(_("单位类型"), registrations.type_label(unit)),
        Fact(_("所在地"), organisation.division.name),
        Fact(_("联系人"), unit.contact),
    ]


def unit_differences(file: CaseFile[Registration], membership: Membership) -> dict[str, Any]:
    """The file and the draft side by side, then what is on file without a draft."""
    registration = file.application
    unit = registration.unit
    return {
        "rows": differences(registration),
        "is_first": not registration.former,
        "teachers": unit.teachers.filter(is_active=True),
        "venues": unit.venues.filter(is_active=True),
    }


PAGE = CasePage(
    kind="registration",
    facts=registration_facts,
    conditions=registrations.conditions,
    sections=(Section(_("单位基本信息"), "training/registration/_profile.html", unit_differences, open=True),),
    documents=lambda file: [
        ("licence", _("营业执照或法人登记证书"), False),
        ("school_licence", _("办学许可证"), False),
    ],
    history=lambda file: [("registration", file.application.pk)],
    related=("unit__organisation__division",),
    subject=lambda file, membership: (
        (_("单位信息"), "unit_profile") if membership.is_unit else (_("单位档案"), "unit", file.application.unit_id)
    ),
)
