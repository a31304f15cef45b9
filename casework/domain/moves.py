"""The one function that moves any case (R-OPN-5, R-AUT-5, R-SEC-2): lock, obstacles, state, step, effects, audit, jobs,
notices.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.domain.authority import applies_for, may
from accounts.domain.grants import remits_of
from accounts.domain.labels import act_label
from accounts.enums import Role
from accounts.models import Event, Membership
from casework.domain import routing
from casework.domain.case_file import CaseFile, Remits
from casework.domain.flow import Context, Flow, Move, Who, flow_of
from casework.domain.inbox import reviewers_of, tell, write_cover
from casework.domain.jobs import queue
from casework.enums import ENDED, WITH_APPLICANT, State
from casework.models import Application, Step
from kit.fast.rows import bring_up_to_date, insert_row, read_row, update_row
from kit.languages import kept
from kit.moments import minute
from kit.refusals import NotAllowed, NotNow, Overtaken, Refused
from kit.text import written

SYSTEM = gettext_lazy("系统")


class NoSuchMove(Refused):
    """The flow has no move of that name."""

    status, kind, title = 404, "nosuchmove", gettext_lazy("没有这样的操作")


@dataclass(frozen=True)
class Available:
    """A button: the move, whether it is this membership's at all, and the sentences in its way now."""

    move: Move
    obstacles: list[str]


def take(
    application: Application,
    name: str,
    *,
    by: Membership | None,
    reason: str = "",
    expected_version: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Step:
    """Move a case once, in one transaction with its row locked.

    A request repeated by the same membership with the same `expected_version` gets the step it made the first time.
    Raises NoSuchMove, NotAllowed, NotNow or Overtaken; nothing is changed then.
    """
    with transaction.atomic():
        locked = read_row(type(application), application.pk, lock=True, along=("division", "applicant"))
        flow = flow_of(locked)
        move = flow.move(name)
        if move is None:
            raise NoSuchMove([_("没有这样的操作。")])
        if expected_version is not None and expected_version != locked.version:
            step = _same_request(locked, flow, move, by, expected_version)
            bring_up_to_date(application, locked)
            return step
        file = flow.file(locked, None)
        context = Context(file=file, by=by, reason=written(reason), data=data or {}, at=timezone.now(), move=move)
        if sentence := why_not_yours(locked, move, by):
            raise NotAllowed([sentence])
        if sentences := obstacles(file, move, context):
            raise NotNow(sentences, field="reason" if move.reason and not context.reason else "")
        try:
            step = _carry_out(locked, flow, move, context)
        except routing.NotSet as missing:
            raise NotNow([str(missing)]) from missing
    bring_up_to_date(application, locked)
    return step


def _same_request(application: Application, flow: Flow, move: Move, by: Membership | None, version: int) -> Step:
    step = Step.objects.filter(kind=flow.kind, object_id=application.pk, version=version).first()
    if step and step.move == move.name and step.by_id == (by.pk if by else None):
        return step
    last = Step.objects.filter(kind=flow.kind, object_id=application.pk).order_by("-id").first()
    if last is None or last.version + 1 < application.version:
        raise Overtaken([_content_words(application)])
    when = minute(last.at)
    done = flow.move(last.move)
    label = done.label if done else last.move
    raise Overtaken(
        [
            _("此件已由%(who)s于%(when)s办理（%(what)s），请刷新后查看。")
            % {
                "who": last.actor,
                "when": when,
                "what": label,
            }
        ]
    )


def change_content(application: Application, act: str, *, by: Membership | None, reason: str = "", **data: Any) -> None:
    """Record an act on a locked case that changes what its decision is about: who is on the list, the amount, a
    verdict.

    Whoever read the case before decides about something else: its version is raised as by a move, without a step.
    """
    application.version += 1
    type(application)._default_manager.filter(pk=application.pk).update(version=application.version)
    record(act, by=by, on=application, reason=reason, version=application.version, **data)


def moved_since(application: Application, version: int) -> bool:
    """Whether a move was taken in this version or a later one; a change of the content is none."""
    return Step.objects.filter(
        kind=application._meta.model_name, object_id=application.pk, version__gte=version
    ).exists()


def _content_words(application: Application) -> str:
    rows = Event.objects.filter(
        subject_kind=application._meta.model_name, subject_id=application.pk, data__version=application.version
    )
    last = rows.order_by("-id").first()
    if last is None:
        return _("版本不符：请刷新页面后再试。")
    return _("此件内容已由%(who)s于%(when)s变更（%(what)s），请按现在的名单、金额和结论核对后再办理。") % {
        "who": last.actor,
        "when": minute(last.at),
        "what": act_label(last.act),
    }


def why_not_yours(application: Application, move: Move, by: Membership | None, *, remits: Remits | None = None) -> str:
    """The sentence that says the move is not this membership's, or ""; `remits`: its grants, where read already."""
    if move.who is Who.SYSTEM:
        return "" if by is None else _("这一步由系统办理。")
    if by is None:
        return _("请先登录。")
    if move.who is Who.APPLICANT:
        return "" if applies_for(by, application.applicant_id) else _("只有申请单位的经办人可以办理。")
    if move.who is Who.FINANCE:
        mine = by.role == Role.FINANCE and application.division_id == by.organisation.division_id
        return "" if mine else _("只有本地财务人员可以办理。")
    return why_not_officer(application, by, remits=remits)


def why_not_officer(application: Application, by: Membership, *, remits: Remits | None = None) -> str:
    """The sentence that forbids this membership to decide a case or about its people, or ""; `remits` as above."""
    return why_not_deciding(by, [application.desk_id], partial(holds, application, by, remits=remits))


def why_not_deciding(by: Membership, offices: Collection[int | None], held: Callable[[], bool]) -> str:
    """Whose decision it is: one of these offices', by whoever holds the authority, no unit's. The sentence, or ""."""
    if by.is_unit:
        return _("申请单位不能审批。")
    if by.organisation_id not in offices:
        return _("此件不在您所在部门办理。")
    return "" if held() else _("您没有这类人员、这一环节的审批权限，或权限已到期。")


def holds(application: Application, by: Membership, *, remits: Remits | None = None) -> bool:
    """Whether the membership has the authority the present step asks for; asked of the tables each time,
    or of `remits`, the grants a page has read already.
    """
    held = remits_of(by) if remits is None else remits
    return may(
        by,
        application.need,
        application.division,
        application.category,
        training_type=application.training_type,
        remits=held,
    )


def obstacles(file: CaseFile[Any], move: Move, context: Context, *, reviewed: bool | None = None) -> list[str]:
    """Everything in the way of a move now, as sentences; the same for page, API and shell.

    `reviewed` says whether the actor has decided in this round, where the caller has asked already.
    """
    application = file.application
    found: list[str] = []
    if application.state not in move.sources:
        return [
            _("现在的状态是“%(state)s”，不能%(move)s。")
            % {
                "state": application.get_state_display(),
                "move": move.label,
            }
        ]
    if move.decides and context.by and (_has_reviewed(application, context.by) if reviewed is None else reviewed):
        found.append(_("您已审核过本轮申请，同一人不能作两次审核（初审与复审须由不同的人办理）。"))
    for guard in move.guards:
        try:
            found += [str(sentence) for sentence in guard(file, context)]
        except routing.NotSet as missing:
            found.append(str(missing))
    if move.reason and not context.reason:
        found.append(_("%(move)s须说明理由。") % {"move": move.label})
    return found


def _has_reviewed(application: Application, by: Membership, steps: Iterable[Step] | None = None) -> bool:
    if steps is not None:
        return any(
            step.decides and step.round == application.round and step.reviewer_id == by.user_id for step in steps
        )
    return by.user_id in reviewers_of(application)


def available(
    file: CaseFile[Any],
    by: Membership | None,
    data: Mapping[str, Any] | None = None,
    *,
    steps: Iterable[Step] | None = None,
) -> list[Available]:
    """The moves of this membership in this state, each with what stands in its way (a missing reason is not an obstacle
    yet).

    `steps` are those of the case, where the caller has read them already.
    """
    application = file.application
    open_moves = [
        move for move in flow_of(application).moves if application.state in move.sources and move.who is not Who.SYSTEM
    ]
    foreign = {
        who
        for who, move in {move.who: move for move in open_moves}.items()
        if why_not_yours(application, move, by, remits=file.remits)
    }
    mine = [move for move in open_moves if move.who not in foreign]
    reviewed = by is not None and any(move.decides for move in mine) and _has_reviewed(application, by, steps)
    found = []
    for move in mine:
        context = Context(file=file, by=by, reason="…", data=data or {}, at=timezone.now(), move=move)
        found.append(Available(move, obstacles(file, move, context, reviewed=reviewed)))
    return found


def _carry_out(application: Application, flow: Flow, move: Move, context: Context) -> Step:
    before, version, due_on = application.state, application.version, application.due_on
    target = move.target(application, context) if callable(move.target) else move.target
    application.state, application.version = target, version + 1
    if before in WITH_APPLICANT and target not in WITH_APPLICANT and target not in ENDED:
        application.round, application.position = application.round + 1, 0
        application.submitted_at = context.at
        application.number = application.number or flow.number(application)
    application.decided_at = context.at if target in ENDED else None
    if target == State.IN_REVIEW:
        routing.send_on(application, flow)
        if application.desk is None:
            raise NotNow([_("本地还没有设立受理部门，暂时不能办理。请联系上级人社部门。")])
    elif target in ENDED or target in WITH_APPLICANT:
        application.due_on, application.need = None, ""
    for effect in move.effects:
        effect(application, context)
    update_row(application)
    step = Step(
        kind=flow.kind,
        object_id=application.pk,
        number=application.number,
        round=application.round,
        version=version,
        move=move.name,
        from_state=before,
        to_state=application.state,
        decides=move.decides,
        needs_reason=move.reason,
        by=context.by,
        reviewer_id=context.by.user_id if context.by and move.decides else None,
        actor=str(context.by) if context.by else kept(SYSTEM),
        reason=context.reason,
        data=context.notes,
        at=context.at,
        due_on=due_on,
    )
    insert_row(step)
    record(
        f"{flow.kind}.{move.name}",
        by=context.by,
        on=application,
        reason=context.reason,
        before=before,
        after=application.state,
        version=application.version,
        **context.notes,
    )
    write_cover(application, flow, at=context.at)
    if move.tells:
        tell(application, kept(move.tells) % {"number": application, "reason": context.reason})
    for task, options in context.jobs:
        queue(
            task,
            kind=flow.kind,
            object_id=application.pk,
            owner=application.applicant,
            division=application.division,
            by=context.by,
            **options,
        )
    return step
