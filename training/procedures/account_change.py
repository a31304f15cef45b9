"""Account change 账户变更: its moves and what its page shows (R-SUB-7)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import CasePage, Condition, Fact, Section
from casework.domain.flow import Cover, Flow, Move, Who, drop_move, refuse_move, return_move, withdraw_move
from casework.enums import WITH_APPLICANT, State
from training.domain.decision.guards import nobody_has_decided
from training.domain.units import accounts
from training.models import AccountChange

CLAUSE = "M二(三)"
KEEPS_TO = (accounts.guard_complete, accounts.guard_follows)

FLOW = Flow(
    kind=accounts.KIND,
    label=_("账户变更"),
    model=AccountChange,
    cover=lambda change: Cover(title=accounts.title_of(change)),
    title=accounts.title_of,
    variant=lambda change: "exception" if change.is_exception else "",
    moves=(
        Move(
            "submit",
            _("提交"),
            (State.DRAFT, State.RETURNED),
            State.IN_REVIEW,
            Who.APPLICANT,
            CLAUSE,
            guards=(accounts.guard_complete, accounts.guard_differs),
            effects=(accounts.begin_again,),
        ),
        Move(
            "carried",
            _("随单位注册同意"),
            (State.DRAFT,),
            State.CONFIRMING,
            Who.SYSTEM,
            CLAUSE,
            guards=KEEPS_TO,
            effects=(accounts.hand_to_finance,),
        ),
        Move(
            "approve",
            _("同意"),
            (State.IN_REVIEW,),
            accounts.after_agreement,
            Who.DESK,
            CLAUSE,
            decides=True,
            tone="success",
            guards=KEEPS_TO,
            effects=(accounts.note_agreement,),
            confirm=_("确认同意这个账户？同意后由财务确认。"),
        ),
        Move(
            "confirm",
            _("启用账户"),
            (State.CONFIRMING,),
            State.APPROVED,
            Who.FINANCE,
            CLAUSE,
            decides=True,
            tone="success",
            guards=(*KEEPS_TO, accounts.guard_other_person),
            effects=(accounts.put_in_force,),
            confirm=_("启用后，此后生成的批次拨付到这个账户；确认？"),
            tells=_("账户变更%(number)s已由财务确认，此后拨付到新账户。"),
        ),
        return_move(CLAUSE, tells=_("账户变更%(number)s已退回补正：%(reason)s")),
        return_move(
            CLAUSE,
            name="send_back",
            sources=(State.CONFIRMING,),
            who=Who.FINANCE,
            tells=_("账户变更%(number)s已由财务退回补正：%(reason)s"),
        ),
        refuse_move(CLAUSE, tells=_("账户变更%(number)s未获同意：%(reason)s")),
        withdraw_move(CLAUSE, sources=(State.IN_REVIEW,), guards=(nobody_has_decided,)),
        drop_move(
            CLAUSE,
            label=_("放弃变更"),
            sources=(State.DRAFT, State.RETURNED, State.IN_REVIEW, State.CONFIRMING),
            confirm=_("这次变更不再办理，在用账户不变，记录保留；确认？"),
        ),
    ),
)


def change_facts(file: CaseFile[AccountChange], membership: Membership) -> list[Fact]:
    change = file.application
    organisation = change.applicant
    facts = [
        Fact(_("单位"), organisation.name),
        Fact(_("统一社会信用代码"), organisation.uscc),
        Fact(_("所在地"), organisation.division.name),
        Fact(
            _("审核同意"),
            "、".join(str(membership) for membership in (change.approved_by, change.seconded_by) if membership) or "—",
        ),
    ]
    return [*facts, Fact(_("户名例外"), change.exception_reason)] if change.is_exception else facts


def change_conditions(file: CaseFile[AccountChange], membership: Membership | None) -> list[Condition]:
    """The holder beside the registered name, and that the account in force is still the one it was asked beside."""
    change = file.application
    found = [Condition(False, sentence) for sentence in accounts.what_is_missing(change)]
    if change.is_exception:
        found.append(Condition(False, _("账户名称与单位名称不一致：须两名审核人员同意，并附证明材料。"), blocks=False))
    elif not found:
        found.append(Condition(True, _("账户名称与单位名称一致。")))
    if change.state not in WITH_APPLICANT and change.decided_at is None:
        found += [Condition(False, sentence) for sentence in accounts.guard_follows(file, None)]
    return found


def both_accounts(file: CaseFile[AccountChange], membership: Membership) -> dict[str, Any]:
    """The account in force and the one asked for, side by side; whole numbers for those who compare them."""
    change = file.application
    whole, former = accounts.shows_whole(change, membership), change.former
    return {
        "change": change,
        "former": former,
        "registered": change.applicant.name,
        "other_holder": bool(change.holder) and not accounts.same_holder(change.holder, change.applicant.name),
        "old_number": accounts.number_shown(former.bank_account, whole=whole) if former else "",
        "new_number": accounts.number_shown(change.bank_account, whole=whole),
    }


def change_documents(file: CaseFile[AccountChange]) -> list[tuple[str, Any, bool]]:
    change = file.application
    return [
        (accounts.ACCOUNT_PAPER, _("开户许可证或基本存款账户信息"), False),
        (accounts.HOLDER_PAPER, _("其他户名的证明"), change.is_exception),
    ]


def change_subject(file: CaseFile[AccountChange], membership: Membership) -> tuple[Any, ...]:
    """Where the unit corrects what was returned; for offices the unit's file."""
    change = file.application
    if not membership.is_unit:
        return _("单位档案"), "unit", change.unit_id
    return (
        (_("修改账户"), "account_edit", change.pk)
        if change.state in WITH_APPLICANT
        else (_("单位信息"), "unit_profile")
    )


PAGE = CasePage(
    kind=accounts.KIND,
    facts=change_facts,
    conditions=change_conditions,
    sections=(Section(_("账户对照"), "training/account/_both.html", both_accounts, open=True),),
    documents=change_documents,
    history=lambda file: (
        [("registration", file.application.registration_id)] if file.application.registration_id else []
    ),
    related=(
        "unit__organisation__division",
        "former",
        "approved_by__user",
        "approved_by__organisation",
        "seconded_by__user",
        "seconded_by__organisation",
    ),
    subject=change_subject,
)
