"""The flow tables of CLASSES: registration, account change, opening, completion, certificate (R-REG-1, R-SUB-7, R-OPN-5, R-OPN-6, R-CMP-1)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from casework.domain.flow import Context, Cover, Flow, Move, Who, leads_to
from casework.enums import State
from eligibility.domain.crosscheck import queue_for
from eligibility.enums import Verdict
from training.domain import certificate_changes, completions, openings, registrations, unit_accounts
from training.domain.cases import living, variant_of
from training.domain.exceptions import exceptions_among
from training.domain.guards import nobody_has_decided
from training.domain.numbers import next_number
from training.models import AccountChange, CertificateChange, Completion, Opening, Registration

CLAUSE_REGISTER = "N二(二)3实施程序"


# ── registration 单位注册 ───────────────────────────────────────────────────────────────────────────────────────────────


@leads_to(State.CHECKING, State.IN_REVIEW)
def registration_target(registration: Registration, context: Context) -> str:
    """Enterprises are compared with the business registry first (R-REG-2); the others go straight to the officer."""
    return State.CHECKING if registration.applicant.kind == OrganisationKind.ENTERPRISE else State.IN_REVIEW


def check_unit(registration: Registration, context: Context) -> None:
    if registration.state == State.CHECKING:
        context.jobs.append(("training.tasks.check_unit", {
            "title": str(_("企业工商信息比对")), "queue_name": queue_for(1), "version": registration.version}))


REGISTRATION = Flow(
    kind="registration",
    label=_("单位注册"),
    model=Registration,
    cover=lambda registration: Cover(title=registration.applicant.name),
    moves=(
        Move("submit", _("提交"), (State.DRAFT, State.RETURNED), registration_target, Who.APPLICANT, CLAUSE_REGISTER,
             guards=(registrations.guard_complete,), effects=(check_unit, registrations.note_change)),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, "N二(二)3企业"),
        Move("approve", _("同意"), (State.IN_REVIEW,), State.APPROVED, Who.DESK, CLAUSE_REGISTER, decides=True, tone="success",
             guards=(registrations.guard_complete, registrations.guard_registry), effects=(registrations.approve_unit,),
             confirm=_("确认同意该单位注册？"), tells=_("单位注册（%(number)s）已同意，可以办理业务。")),
        Move("return", _("退回补正"), (State.IN_REVIEW,), State.RETURNED, Who.DESK, CLAUSE_REGISTER, decides=True, reason=True,
             tone="warning", tells=_("单位注册（%(number)s）已退回补正：%(reason)s")),
        Move("refuse", _("不同意"), (State.IN_REVIEW,), State.REFUSED, Who.DESK, CLAUSE_REGISTER, decides=True, reason=True,
             tone="danger", tells=_("单位注册（%(number)s）未获同意：%(reason)s")),
        Move("withdraw", _("撤回修改"), (State.CHECKING, State.IN_REVIEW), State.DRAFT, Who.APPLICANT, CLAUSE_REGISTER,
             guards=(nobody_has_decided,), tone="secondary"),
        Move("drop", _("放弃变更"), (State.DRAFT, State.RETURNED), State.WITHDRAWN, Who.APPLICANT, CLAUSE_REGISTER, tone="secondary",
             guards=(registrations.guard_amends,), confirm=_("这次变更不再办理，已通过的信息不变，记录保留；确认？")),
    ),
)  # fmt: skip

# ── account change 账户变更 ────────────────────────────────────────────────────────────────────────────────────────────

CLAUSE_ACCOUNT = "M二(三)"
KEEPS_TO = (unit_accounts.guard_complete, unit_accounts.guard_follows)

ACCOUNT_CHANGE = Flow(
    kind=unit_accounts.KIND,
    label=_("账户变更"),
    model=AccountChange,
    cover=lambda change: Cover(title=unit_accounts.title_of(change)),
    title=unit_accounts.title_of,
    variant=lambda change: "exception" if change.is_exception else "",
    moves=(
        Move("submit", _("提交"), (State.DRAFT, State.RETURNED), State.IN_REVIEW, Who.APPLICANT, CLAUSE_ACCOUNT,
             guards=(unit_accounts.guard_complete, unit_accounts.guard_differs), effects=(unit_accounts.begin_again,)),
        Move("carried", _("随单位注册同意"), (State.DRAFT,), State.CONFIRMING, Who.SYSTEM, CLAUSE_ACCOUNT,
             guards=KEEPS_TO, effects=(unit_accounts.hand_to_finance,)),
        Move("approve", _("同意"), (State.IN_REVIEW,), unit_accounts.after_agreement, Who.DESK, CLAUSE_ACCOUNT, decides=True, tone="success",
             guards=KEEPS_TO, effects=(unit_accounts.note_agreement,), confirm=_("确认同意这个账户？同意后由财务确认。")),
        Move("confirm", _("启用账户"), (State.CONFIRMING,), State.APPROVED, Who.FINANCE, CLAUSE_ACCOUNT, decides=True, tone="success",
             guards=(*KEEPS_TO, unit_accounts.guard_other_person), effects=(unit_accounts.put_in_force,),
             confirm=_("启用后，此后生成的批次拨付到这个账户；确认？"), tells=_("账户变更%(number)s已由财务确认，此后拨付到新账户。")),
        Move("return", _("退回补正"), (State.IN_REVIEW,), State.RETURNED, Who.DESK, CLAUSE_ACCOUNT, decides=True, reason=True, tone="warning",
             tells=_("账户变更%(number)s已退回补正：%(reason)s")),
        Move("send_back", _("退回补正"), (State.CONFIRMING,), State.RETURNED, Who.FINANCE, CLAUSE_ACCOUNT, decides=True, reason=True, tone="warning",
             tells=_("账户变更%(number)s已由财务退回补正：%(reason)s")),
        Move("refuse", _("不同意"), (State.IN_REVIEW,), State.REFUSED, Who.DESK, CLAUSE_ACCOUNT, decides=True, reason=True, tone="danger",
             tells=_("账户变更%(number)s未获同意：%(reason)s")),
        Move("withdraw", _("撤回修改"), (State.IN_REVIEW,), State.DRAFT, Who.APPLICANT, CLAUSE_ACCOUNT,
             guards=(nobody_has_decided,), tone="secondary"),
        Move("drop", _("放弃变更"), (State.DRAFT, State.RETURNED, State.IN_REVIEW, State.CONFIRMING), State.WITHDRAWN, Who.APPLICANT,
             CLAUSE_ACCOUNT, tone="secondary", confirm=_("这次变更不再办理，在用账户不变，记录保留；确认？")),
    ),
)  # fmt: skip

# ── opening 开班申请 ────────────────────────────────────────────────────────────────────────────────────────────────────

CLAUSE_OPEN = "N二(二)3开班申请"


def opening_cover(opening: Opening) -> Cover:
    people = list(living(opening.training_class).select_related("examination"))
    open_for = openings.settled_by_approval(opening)
    return Cover(
        title=opening.training_class.name, people=len(people),
        exceptions=len(exceptions_among(people, but=open_for)), is_late=opening.is_late,
    )


OPENING = Flow(
    kind="opening",
    label=_("开班申请"),
    model=Opening,
    cover=opening_cover,
    title=lambda opening: opening.training_class.name,
    variant=lambda opening: variant_of(opening.training_class),
    number=openings.number_of,
    further=lambda opening: openings.LATE if opening.is_late else "",
    moves=(
        Move("submit", _("提交"), (State.DRAFT, State.RETURNED), State.CHECKING, Who.APPLICANT, "N二(一)",
             guards=(openings.guard_complete,), effects=(openings.begin_checks,),
             confirm=_("提交后由系统比对，再交审核部门；确认提交？")),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, CLAUSE_OPEN, effects=(openings.put_on_desk,)),
        Move("approve", _("同意"), (State.IN_REVIEW,), openings.target_of_approval, Who.DESK, CLAUSE_OPEN, decides=True,
             tone="success", guards=(openings.guard_checks_done, openings.guard_conditions, openings.guard_people), effects=(openings.note_approval,),
             confirm=_("确认同意开班？"), tells=_("开班申请%(number)s已审核同意。")),
        Move("return", _("退回补正"), (State.IN_REVIEW,), State.RETURNED, Who.DESK, CLAUSE_OPEN, decides=True, reason=True,
             tone="warning", effects=(openings.give_back,), tells=_("开班申请%(number)s已退回补正：%(reason)s")),
        Move("refuse", _("不同意"), (State.IN_REVIEW,), State.REFUSED, Who.DESK, CLAUSE_OPEN, decides=True, reason=True,
             tone="danger", effects=(openings.note_refusal,), tells=_("开班申请%(number)s未获同意：%(reason)s")),
        Move("withdraw", _("撤回修改"), (State.CHECKING, State.IN_REVIEW), State.DRAFT, Who.APPLICANT, "N二(一)",
             guards=(nobody_has_decided,), effects=(openings.give_back,), tone="secondary"),
        Move("drop", _("放弃"), (State.DRAFT, State.RETURNED), State.WITHDRAWN, Who.APPLICANT, "N二(一)", tone="secondary", effects=(openings.drop,),
             confirm=_("放弃以后不再办理这个班，资料仍可查看；确认放弃？")),
    ),
)  # fmt: skip

# ── completion 结业申请 ─────────────────────────────────────────────────────────────────────────────────────────────────

CLAUSE_COMPLETE = "N二(一)"


def completion_cover(completion: Completion) -> Cover:
    people = living(completion.training_class)
    return Cover(
        title=completion.training_class.name, people=people.count(),
        exceptions=people.exclude(verdict=Verdict.ELIGIBLE).count(),
    )


COMPLETION = Flow(
    kind="completion",
    label=_("结业申请"),
    model=Completion,
    cover=completion_cover,
    title=lambda completion: completion.training_class.name,
    moves=(
        Move("submit", _("提交"), (State.DRAFT, State.RETURNED), State.CHECKING, Who.APPLICANT, CLAUSE_COMPLETE,
             guards=(completions.guard_complete,), effects=(completions.begin_checks,)),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, "M二(二)"),
        Move("approve", _("同意"), (State.IN_REVIEW,), openings.target_of_approval, Who.DESK, CLAUSE_COMPLETE, decides=True,
             tone="success", guards=(completions.guard_checks_done, completions.guard_complete, completions.guard_certificates),
             effects=(completions.complete,),
             confirm=_("确认同意结业？"), tells=_("结业申请%(number)s已审核同意，可以申请补贴。")),
        Move("return", _("退回补正"), (State.IN_REVIEW,), State.RETURNED, Who.DESK, CLAUSE_COMPLETE, decides=True, reason=True,
             tone="warning", effects=(completions.give_back,), tells=_("结业申请%(number)s已退回补正：%(reason)s")),
        Move("refuse", _("不同意"), (State.IN_REVIEW,), State.REFUSED, Who.DESK, CLAUSE_COMPLETE, decides=True, reason=True,
             tone="danger", effects=(completions.stop,), tells=_("结业申请%(number)s未获同意：%(reason)s")),
        Move("withdraw", _("撤回修改"), (State.CHECKING, State.IN_REVIEW), State.DRAFT, Who.APPLICANT, CLAUSE_COMPLETE,
             guards=(nobody_has_decided,), effects=(completions.give_back,), tone="secondary"),
        Move("drop", _("放弃"), (State.DRAFT, State.RETURNED), State.WITHDRAWN, Who.APPLICANT, CLAUSE_COMPLETE, tone="secondary",
             confirm=_("放弃这次结业申请，已录入的成绩保留，以后可以重新办理；确认放弃？")),
        Move("resume", _("重新办理"), (State.WITHDRAWN,), State.DRAFT, Who.APPLICANT, CLAUSE_COMPLETE),
    ),
)  # fmt: skip

# ── certificate change 证书更正 ─────────────────────────────────────────────────────────────────────────────────────────

CLAUSE_CERTIFICATE = "M二(二)"

CERTIFICATE_CHANGE = Flow(
    kind=certificate_changes.KIND,
    label=_("证书更正"),
    model=CertificateChange,
    cover=lambda change: Cover(title=certificate_changes.title_of(change), people=1),
    title=certificate_changes.title_of,
    number=lambda change: next_number(change.division, "Z"),
    moves=(
        Move("submit", _("提交"), (State.DRAFT, State.RETURNED), State.CHECKING, Who.APPLICANT, CLAUSE_CERTIFICATE,
             guards=(certificate_changes.guard_asked,), effects=(certificate_changes.begin_check,)),
        Move("checked", _("比对完成"), (State.CHECKING,), State.IN_REVIEW, Who.SYSTEM, CLAUSE_CERTIFICATE),
        Move("approve", _("同意"), (State.IN_REVIEW,), State.APPROVED, Who.DESK, CLAUSE_CERTIFICATE, decides=True, tone="success",
             guards=(certificate_changes.guard_confirmed, certificate_changes.guard_asked), effects=(certificate_changes.apply,),
             confirm=_("同意后立即更正证书并计入持证人次；确认？"), tells=_("证书更正%(number)s已同意，证书已更正并核验一致。")),
        Move("return", _("退回补正"), (State.IN_REVIEW,), State.RETURNED, Who.DESK, CLAUSE_CERTIFICATE, decides=True, reason=True, tone="warning",
             tells=_("证书更正%(number)s已退回补正：%(reason)s")),
        Move("refuse", _("不同意"), (State.IN_REVIEW,), State.REFUSED, Who.DESK, CLAUSE_CERTIFICATE, decides=True, reason=True, tone="danger",
             guards=(certificate_changes.guard_answered,), tells=_("证书更正%(number)s未获同意：%(reason)s")),
        Move("withdraw", _("撤回修改"), (State.CHECKING, State.IN_REVIEW), State.DRAFT, Who.APPLICANT, CLAUSE_CERTIFICATE,
             guards=(nobody_has_decided,), tone="secondary"),
        Move("drop", _("不再申请"), (State.DRAFT, State.RETURNED), State.WITHDRAWN, Who.APPLICANT, CLAUSE_CERTIFICATE, tone="secondary",
             confirm=_("这件更正不再办理，记录保留；确认？")),
    ),
)  # fmt: skip
