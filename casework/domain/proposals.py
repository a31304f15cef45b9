"""Changing policy: a draft is checked, put in force by whom it takes, and stays as the history of its line (R-SUB-1).

Rows in force are never drafts: a proposal keeps what was asked for; putting it in force writes the dated rows in one
transaction, after everything was checked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.domain.audit import record
from accounts.enums import TRAIL_ROLES, Level
from accounts.models import Membership
from casework.domain.duties import Duty
from casework.domain.policy import (
    Draft,
    PolicyKind,
    given_of,
    line_of,
    line_version,
    policy_kinds,
    rows_of_line,
    values_said,
    why_not_enter,
    words_of,
)
from casework.enums import PolicyAction, ProposalState
from casework.models import PolicyFile, PolicyProposal
from kit.moments import minute
from kit.refusals import NotAllowed, NotNow, NotValid, Overtaken, Refused
from kit.text import written

MADE_OF_A_ROW = (PolicyAction.FOLLOW, PolicyAction.CLOSE, PolicyAction.CANCEL)
RELATED = (
    "drafted_by__user",
    "drafted_by__organisation__division",
    "decided_by__user",
    "decided_by__organisation",
    "division",
)
OVERTAKEN = gettext_lazy("您打开以后，这一项已被他人修改，请重新打开核对后再办理。")
LONGEST_WORDS = 200


# ── reading what is asked for
# ───────────────────────────────────────────────────────────────────────────────────────────


def form_for(kind: PolicyKind, action: str, given: Mapping[str, Any] | None = None, target: Any = None) -> forms.Form:
    """The form of an action; what may not change in it (the line of a row that is followed) is fixed."""
    initial = given_of(kind, target) if target is not None and action == PolicyAction.FOLLOW else {}
    return kind.form(given, initial=initial, action=action, key=kind.key)


def read(kind: PolicyKind, action: str, given: Mapping[str, Any], target: Any = None) -> Draft:
    """The draft that a form of the kind, filled in like this, means. Raises NotValid by field."""
    form = form_for(kind, action, given, target)
    if not form.is_valid():
        raise NotValid({"" if name == "__all__" else name: list(said) for name, said in form.errors.items()})
    values, row = form.cleaned_data, None
    if action in (PolicyAction.ADD, PolicyAction.FOLLOW):
        own = {kind.column(name): _stored(kind, name, values[name]) for name in kind.fields}
        row = kind.model(**own)
        row.since, row.source, row.is_example = values["first_day"], values["source"], values["is_example"]
    draft = Draft(
        kind=kind,
        action=action,
        given={name: _plain(values[name]) for name in kind.fields if name in values},
        target=target,
        row=row,
        first_day=values.get("first_day"),
        last_day=values.get("last_day"),
        source=values.get("source", ""),
        is_example=values.get("is_example", False),
        note=written(values.get("note", "")),
    )
    if row is not None:
        row.until = draft.until
    return draft


def _stored(kind: PolicyKind, name: str, value: Any) -> Any:
    return None if value == "" and kind.model._meta.get_field(name).null else value


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | list) or value is None else str(value)


def inspect(draft: Draft, *, by: Membership) -> None:
    """Whatever stands against a draft as things are now: NotAllowed, NotValid by field, NotNow."""
    if why := why_not_enter(draft.kind, by):
        raise NotAllowed(why)
    if draft.action in MADE_OF_A_ROW:
        _refuse_target(draft)
    if wrong := {name: said for name, said in _wrong_days(draft).items() if said}:
        raise NotValid(wrong)
    refused = draft.kind.refuse(draft, by)
    if "" in refused:
        raise NotAllowed(refused[""])
    if refused:
        raise NotValid(refused)
    if draft.row is not None and (other := _overlapping(draft)):
        raise NotNow(
            _("同一项已有一条%(days)s施行（%(source)s），日期不能重叠；请接续或终止那一条，或改填第一天、最后一天。")
            % {"days": other.days, "source": other.source}
        )


def _refuse_target(draft: Draft) -> None:
    target, today = draft.target, timezone.localdate()
    if target is None:
        raise NotNow(_("这一条已经不在了，请返回列表重新选择。"))
    if target.until and target.until <= today:
        raise NotNow(_("这一条已于%(day)s失效，不能再改；请新增一条。") % {"day": target.until.isoformat()})
    if draft.action == PolicyAction.CANCEL and target.since <= today:
        raise NotNow(_("这一条已于%(day)s施行，不能取消，只能终止或接续。") % {"day": target.since.isoformat()})


def _wrong_days(draft: Draft) -> dict[str, str]:
    first, last, target, today = draft.first_day, draft.last_day, draft.target, timezone.localdate()
    since = first or (target.since if target else None)
    if last and since and last < since:
        return {"last_day": _("最后一天不能早于第一天%(day)s。") % {"day": since.isoformat()}}
    if draft.action == PolicyAction.FOLLOW and target and first and first <= target.since:
        return {"first_day": _("接续须晚于现有一条的第一天%(day)s。") % {"day": target.since.isoformat()}}
    if draft.action == PolicyAction.CLOSE and target and target.last_day and last and last > target.last_day:
        return {"last_day": _("这一条到%(day)s为止，只能提前；要延长请接续。") % {"day": target.last_day.isoformat()}}
    if draft.kind.backdated:
        return {}
    if draft.action == PolicyAction.CLOSE and last and draft.until and draft.until < today:
        return {"last_day": _("最早只能终止到昨天：已经按它办理过。")}
    if first and first < today and (draft.action == PolicyAction.FOLLOW or _answers_already(draft)):
        return {"first_day": _("第一天不能早于今天%(day)s：以前已按原有规定办理。") % {"day": today.isoformat()}}
    return {}


def _answers_already(draft: Draft) -> bool:
    """Whether rows of the same head (the first field of the key) spoke before: then the past is decided."""
    head = draft.kind.column(draft.kind.key[0])
    return draft.kind.model._default_manager.filter(**{head: getattr(draft.row, head)}).exists()


def _overlapping(draft: Draft) -> Any:
    """Another row of the line on one of the new one's days; the row that is followed ends where it begins."""
    rows = rows_of_line(draft.kind, draft.row)
    if draft.action == PolicyAction.FOLLOW and draft.target is not None:
        rows = rows.exclude(pk=draft.target.pk)
    first, until = draft.subject.since, draft.until
    for row in rows:
        if (until is None or row.since < until) and (row.until is None or row.until > first):
            return row
    return None


# ── drafting and deciding
# ───────────────────────────────────────────────────────────────────────────────────────────────


def target_of(kind: PolicyKind, pk: int | None, *, lock: bool = False) -> Any:
    rows = kind.model._default_manager.all()
    return (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first() if pk else None


def propose(draft: Draft, *, by: Membership, seen: str = "", file: PolicyFile | None = None) -> PolicyProposal:
    """Keep a draft; where one person is enough it is in force at once. `seen` is the version of the line that was read;
    another one now is refused.
    """
    kind = draft.kind
    with transaction.atomic():
        _one_at_a_time(kind)
        now = line_version(kind, draft.subject)
        if seen and seen != now:
            raise Overtaken(OVERTAKEN)
        inspect(draft, by=by)
        with override("zh-hans"):
            what = f"{kind.label}：{words_of(kind, draft.subject)}"[:LONGEST_WORDS]
        made = PolicyProposal.objects.create(
            kind=kind.code,
            action=draft.action,
            target=draft.target.pk if draft.target else None,
            line=line_of(kind, draft.subject),
            what=what,
            values=dict(draft.given),
            changed=changed_words(draft),
            first_day=draft.first_day,
            last_day=draft.last_day,
            source=draft.source,
            is_example=draft.is_example,
            note=draft.note,
            seen=now,
            two_people=kind.two_people,
            file=file,
            division=by.division,
            drafted_by=by,
            drafter=by.user,
            drafted_at=timezone.now(),
        )
        _record("policy.drafted", made, by, draft.note)
        return made if kind.two_people else _put_in_force(made, kind, by, "")


def draft_of(proposal: PolicyProposal, *, lock: bool = False) -> Draft:
    """What a kept proposal asks for, read again through its kind's form. Raises NotValid, NotNow."""
    kind = policy_kinds()[proposal.kind]
    given = proposal.values | {
        "first_day": proposal.first_day,
        "last_day": proposal.last_day,
        "source": proposal.source,
        "is_example": proposal.is_example,
        "note": proposal.note,
    }
    target = target_of(kind, proposal.target, lock=lock)
    if target is None and proposal.action in MADE_OF_A_ROW:
        raise NotNow(_("这一条已经不在了，请返回列表重新选择。"))
    return read(kind, proposal.action, given, target)


def looked_at(proposal: PolicyProposal) -> tuple[str, list[str]]:
    """What stands against a draft now, "" for nothing, and what it would change."""
    kind, effects = policy_kinds()[proposal.kind], list[str]()
    try:
        draft = draft_of(proposal)
        effects = kind.effects(draft)
        inspect(draft, by=proposal.drafted_by)
    except Refused as refused:
        return str(refused), effects
    if proposal.seen != line_version(kind, draft.subject):
        return _("起草以后这一项已有变化，请退回或撤回后重新起草。"), effects
    return "", effects


def why_not_put_in_force(proposal: PolicyProposal, by: Membership) -> str:
    """The sentence that forbids this membership to put a draft in force, or ""."""
    if why := why_not_enter(policy_kinds()[proposal.kind], by):
        return why
    if by.division.pk != proposal.division_id:
        return _("由起草人同级的另一名超级管理员复核。")
    if proposal.two_people and proposal.drafter_id == by.user_id:
        return _("起草的人不能自己复核生效，须由另一名超级管理员办理。")
    return ""


def put_in_force(proposal: PolicyProposal, *, by: Membership, answer: str = "") -> PolicyProposal:
    """Write the dated rows, after everything was checked again. Raises NotAllowed, NotNow, Overtaken."""
    kind = policy_kinds()[proposal.kind]
    with transaction.atomic():
        _one_at_a_time(kind)
        return _put_in_force(_open(proposal), kind, by, answer)


def _put_in_force(locked: PolicyProposal, kind: PolicyKind, by: Membership, answer: str) -> PolicyProposal:
    if why := why_not_put_in_force(locked, by):
        raise NotAllowed(why)
    draft = draft_of(locked, lock=True)
    if locked.seen != line_version(kind, draft.subject):
        raise Overtaken(OVERTAKEN)
    inspect(draft, by=by)
    locked.changed = changed_words(draft)
    try:
        with transaction.atomic():
            locked.row = _write(draft)
    except IntegrityError as error:
        raise NotNow(_("数据库没有接受：这一条已经使用，或同一项在这些日子已有一条。请核对日期后重新起草。")) from error
    return _decide(locked, ProposalState.IN_FORCE, by, answer, "policy.put_in_force")


def _write(draft: Draft) -> int | None:
    """Close the old row, add the new one; a cancelled one goes, and the one before holds on. The new row's number."""
    target, row = draft.target, draft.row
    if draft.action == PolicyAction.CANCEL and target is not None:
        rows, since, until = rows_of_line(draft.kind, target), target.since, target.until
        target.delete()
        rows.filter(until=since).update(until=until)
        return None
    if target is not None:
        ends = draft.until if row is None else row.since
        if target.until is None or (ends is not None and target.until > ends):
            target.until = ends
            target.save(update_fields=["until"])
    if row is None:
        return target.pk if target else None
    row.save()
    return int(row.pk)


def withdraw(proposal: PolicyProposal, *, by: Membership, answer: str = "") -> PolicyProposal:
    """The drafter takes his draft back."""
    with transaction.atomic():
        locked = _open(proposal)
        if locked.drafter_id != by.user_id:
            raise NotAllowed(_("只有起草的人可以撤回；复核人不同意的请退回。"))
        return _decide(locked, ProposalState.WITHDRAWN, by, answer, "policy.withdrawn")


def send_back(proposal: PolicyProposal, *, by: Membership, answer: str) -> PolicyProposal:
    """The second person does not agree, and says why."""
    with transaction.atomic():
        locked = _open(proposal)
        if why := why_not_put_in_force(locked, by):
            raise NotAllowed(why)
        if not written(answer):
            raise NotValid(_("请写明退回的理由。"), field="answer")
        return _decide(locked, ProposalState.SENT_BACK, by, answer, "policy.sent_back")


DECISIONS: dict[str, Callable[..., PolicyProposal]] = {
    "put_in_force": put_in_force,
    "withdraw": withdraw,
    "send_back": send_back,
}


def _decide(locked: PolicyProposal, state: str, by: Membership, answer: str, act: str) -> PolicyProposal:
    locked.state, locked.decided_by, locked.decider = state, by, by.user
    locked.decided_at, locked.answer = timezone.now(), written(answer)
    locked.save(update_fields=["state", "decided_by", "decider", "decided_at", "answer", "row", "changed"])
    _record(act, locked, by, locked.answer)
    return locked


def _open(proposal: PolicyProposal) -> PolicyProposal:
    locked = PolicyProposal.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=proposal.pk)
    if locked.state != ProposalState.DRAFTED:
        raise Overtaken(
            _("没有重复办理：%(who)s已于%(when)s办理（%(what)s），请刷新后查看。")
            % {
                "who": locked.decided_by,
                "when": minute(locked.decided_at),
                "what": locked.get_state_display(),
            }
        )
    return locked


def _one_at_a_time(kind: PolicyKind) -> None:
    """Changes of one kind wait for each other, before anything else is locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"policy {kind.code}"])


# ── history, trail, duty
# ────────────────────────────────────────────────────────────────────────────────────────────────


def changed_words(draft: Draft) -> dict[str, list[str]]:
    """What would change, field by field, as [old, new] in words: of a row that only ends, its last day."""
    with override("zh-hans"):
        before = values_said(draft.kind, draft.target) if draft.target else {}
        if draft.row is not None:
            after = values_said(draft.kind, draft.row)
        elif draft.action == PolicyAction.CANCEL:
            after = dict.fromkeys(before, "")
        else:
            after = before | {"last_day": draft.last_day.isoformat() if draft.last_day else ""}
    return {name: [before.get(name, ""), after[name]] for name in after if before.get(name, "") != after[name]}


def _record(act: str, proposal: PolicyProposal, by: Membership, reason: str) -> None:
    record(
        act,
        by=by,
        on=proposal,
        reason=reason,
        policy=proposal.kind,
        action=proposal.action,
        document=proposal.source,
        changed={f"{proposal.kind}_{name}": pair for name, pair in proposal.changed.items()},
    )


def proposals_for(membership: Membership | None) -> QuerySet[PolicyProposal]:
    """The proposals whoever keeps or audits policy may read: of the region everybody's, of a league its own."""
    rows = PolicyProposal.objects.visible_to(membership).select_related(*RELATED).order_by("-pk")
    return (
        rows
        if membership and (membership.administers_reporting_unit or membership.role in TRAIL_ROLES)
        else rows.none()
    )


def waiting_for(membership: Membership) -> QuerySet[PolicyProposal]:
    """Drafts that this membership may put in force."""
    if not membership.administers_reporting_unit:
        return PolicyProposal.objects.none()
    rows = PolicyProposal.objects.filter(state=ProposalState.DRAFTED, division=membership.division)
    return rows.exclude(drafter=membership.user_id).order_by("pk")


def duty(membership: Membership) -> Duty | None:
    """待办 of the other administrators of the level while a draft waits for one of them."""
    if not membership.administers_reporting_unit or not (found := list(waiting_for(membership))):
        return None
    one = len(found) == 1
    return Duty(
        label=_("复核%(count)s项政策草稿") % {"count": len(found)},
        why=_("%(what)s：复核生效以前不施行。")
        % {"what": found[0].what if one else _("%(what)s等") % {"what": found[0].what}},
        url=reverse("policy_proposal", args=[found[0].pk]) if one else reverse("policy"),
    )


def is_region(membership: Membership) -> bool:
    return bool(membership.division.level == Level.REGION)
