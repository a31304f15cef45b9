"""Certificate change 证书更正: its moves and what its page shows (R-OPN-5, R-CMP-2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import CasePage, Condition, Fact, Section
from casework.domain.flow import Cover, Flow, Move, Who, drop_move, refuse_move, return_move, withdraw_move
from casework.enums import ENDED, WITH_APPLICANT, State
from eligibility.engine import PASS
from training.domain.classes.numbers import next_number
from training.domain.decision import certificate_changes
from training.domain.decision.guards import nobody_has_decided
from training.domain.verification.certificates import CLAUSE
from training.domain.verification.findings import explain
from training.models import CertificateChange

FLOW = Flow(
    kind=certificate_changes.KIND,
    label=_("证书更正"),
    model=CertificateChange,
    cover=lambda change: Cover(title=certificate_changes.title_of(change), people=1),
    title=certificate_changes.title_of,
    number=lambda change: next_number(change.division, "Z"),
    moves=(
        Move(
            "submit",
            _("提交"),
            (State.DRAFT, State.RETURNED),
            State.CHECKING,
            Who.APPLICANT,
            CLAUSE,
            guards=(certificate_changes.guard_asked,),
            effects=(certificate_changes.begin_check,),
        ),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, CLAUSE),
        Move(
            "approve",
            _("同意"),
            (State.IN_REVIEW,),
            State.APPROVED,
            Who.DESK,
            CLAUSE,
            decides=True,
            tone="success",
            guards=(certificate_changes.guard_confirmed, certificate_changes.guard_asked),
            effects=(certificate_changes.apply,),
            confirm=_("同意后立即更正证书并计入持证人次；确认？"),
            tells=_("证书更正%(number)s已同意，证书已更正并核验一致。"),
        ),
        return_move(CLAUSE, tells=_("证书更正%(number)s已退回补正：%(reason)s")),
        refuse_move(
            CLAUSE, guards=(certificate_changes.guard_answered,), tells=_("证书更正%(number)s未获同意：%(reason)s")
        ),
        withdraw_move(CLAUSE, guards=(nobody_has_decided,)),
        drop_move(CLAUSE, label=_("不再申请"), confirm=_("这件更正不再办理，记录保留；确认？")),
    ),
)


def facts(file: CaseFile[CertificateChange], membership: Membership) -> list[Fact]:
    change = file.application
    enrolment, training_class = change.enrolment, change.training_class
    project = training_class.project
    return [
        Fact(_("提出单位"), change.applicant.name),
        Fact(_("班次"), f"{training_class.number} {training_class.name}"),
        Fact(_("学员"), f"{enrolment.sequence} {enrolment.name}"),
        Fact(_("公民身份号码"), enrolment.person.masked_number),
        Fact(_("职业（工种）"), " ".join(filter(None, [str(project.occupation or "—"), project.get_level_display()]))),
        Fact(_("理由"), change.reason or "—"),
    ]


def conditions(file: CaseFile[CertificateChange], membership: Membership | None) -> list[Condition]:
    """What was asked still stands, then what the registry said: a contradiction blocks agreement, silence
    both answers.
    """
    change = file.application
    if change.state in ENDED:
        return []
    found = [Condition(False, sentence) for sentence in certificate_changes.guard_asked(file, None)]
    if not found:
        found.append(Condition(True, _("填写完整，证书编号没有用于其他学员。")))
    if change.state in WITH_APPLICANT:
        return found
    _job, result = certificate_changes.last_check(change)
    return [*found, Condition(result.outcome == PASS, explain(result)[0])] if result else found


def both(file: CaseFile[CertificateChange], membership: Membership) -> dict[str, Any]:
    """What stood on the roster and what shall stand there, side by side."""
    change = file.application
    return {"change": change}


def subject(file: CaseFile[CertificateChange], membership: Membership) -> tuple[Any, ...]:
    """Who asked mends what was returned; everybody else opens the class."""
    change = file.application
    if membership.organisation_id == change.applicant_id and change.state in WITH_APPLICANT:
        return _("修改更正内容"), "certificate_edit", change.pk
    return _("打开班次"), "class_completion", change.training_class_id


PAGE = CasePage(
    kind=certificate_changes.KIND,
    facts=facts,
    conditions=conditions,
    sections=(Section(_("更正内容"), "training/certificate/_both.html", both, open=True),),
    documents=lambda file: [("certificate", _("证书或发证机构的证明"), False)],
    history=lambda file: [(certificate_changes.KIND, file.application.pk)],
    related=certificate_changes.AROUND,
    subject=subject,
)
