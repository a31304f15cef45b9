"""Overruling a registry's fail, or a department's own answer: proposed by one officer with reason and file, agreed to
by a second, carried on for ever (R-ELG-5).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.refusals import noted
from accounts.enums import HANDS_ON
from accounts.models import Division, Membership, Organisation
from casework.domain.files import attach, holder_of
from casework.models import Notice, WorkItem
from eligibility.domain.descriptions import label_of, sentence_of
from eligibility.domain.examine import (
    Described,
    SubjectProvider,
    latest,
    results_of,
    subjects,
    subjects_called,
    subjects_of,
)
from eligibility.domain.overruling_effects import facts_digest
from eligibility.engine import FAIL, UnknownCategory
from eligibility.engine.judgement import Result
from eligibility.enums import Agreement
from eligibility.models import Examination, Overruling
from eligibility.models.overrulings import STANDING
from eligibility.rules.table import NoTable, table_named
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written

NUMBER_ITSELF = "id_valid"
PAPER = "overruling-"
RELATED = (
    "person",
    "examination",
    "attachment",
    "proposed_by__user",
    "proposed_by__organisation",
    "answered_by__user",
    "answered_by__organisation",
)


def why_not_overruled(result: Result | None, examination: Examination | None) -> str:
    """The sentence why this result cannot be overruled at all, or "".

    Only a fail that a registry decided can be, or one that a department answered through its own account.
    """
    if result is None or examination is None or result.outcome != FAIL:
        return _("这一项现在没有判为不符合，不需要推翻。")
    if result.overruled:
        return _("这一项已经推翻。")
    answered = [fact for fact in result.evidence if "assisted" in fact]
    if any(not fact.get("own") for fact in answered):
        return _("这一项是审核部门填写的协查结果，不是系统比对的结果；有误的，请更正协查结果。")
    if answered and result.code in _codes(examination):
        return ""
    by_number = result.code == NUMBER_ITSELF and not result.evidence
    if not result.registry or by_number or result.code not in _codes(examination):
        return _("这一项不是外部系统比对的结果，不能推翻。")
    return ""


def _codes(examination: Examination) -> set[str]:
    """The checks the rule table has a say in; what an upper room added to the results is its own."""
    try:
        return {check.code for check in table_named(examination.table).category(examination.category).checks}
    except (NoTable, UnknownCategory):
        return set()


def result_named(examination: Examination | None, check_code: str) -> Result | None:
    return next((result for result in results_of(examination) if result.code == check_code), None)


def _provider_of(kind: str) -> SubjectProvider:
    if found := subjects_called(kind):
        return found
    raise NotNow(_("没有这样的比对对象。"))


def propose(
    kind: str, subject_id: int, check_code: str, reason: str, upload: UploadedFile | None, *, by: Membership
) -> Overruling:
    """Propose to set a registry's fail aside."""
    provider = _provider_of(kind)
    with noted(
        "overruling.refused",
        by=by,
        kind=kind,
        pk=subject_id,
        division=by.organisation.division_id,
        subject=subject_id,
        check=check_code,
    ):
        if why := provider.why_not(by, subject_id):
            raise NotAllowed(why)
    if not provider.describe(by, [subject_id])[subject_id].is_open:
        raise NotNow(_("此班次已办结，比对结果不能再推翻。"))
    reason = written(reason)
    if not reason:
        raise NotValid(_("推翻比对结果须说明理由。"), field="reason")
    if upload is None:
        raise NotValid(_("推翻比对结果须上传依据文件。"), field="file")
    with transaction.atomic():
        examination = _locked(kind, subject_id)
        result = result_named(examination, check_code)
        why = why_not_overruled(result, examination)
        if why or result is None or examination is None:
            raise NotNow(why)
        facts = facts_digest(result, examination.category)
        same = {"subject_kind": kind, "subject_id": subject_id, "check_code": check_code, "facts": facts}
        if Overruling.objects.filter(**same, state__in=STANDING).exists():
            raise NotNow(_("这一项已有人提出推翻，请等待另一名审核人员决定。"))
        case = provider.case_of(subject_id)
        attachment = attach(*case, f"{PAPER}{secrets.token_hex(8)}", upload, by=by)
        proposed = Overruling.objects.create(
            **same,
            person_id=examination.person_id,
            examination=examination,
            reason=reason,
            attachment=attachment,
            division=_division(*case),
            proposed_by=by,
            proposer_id=by.user_id,
        )
        _record("overruling.proposed", proposed, by=by, reason=reason, file=attachment.name, sha256=attachment.sha256)
        _tell(
            proposed, by.organisation, provider, by, _("%(who)s提出推翻%(name)s的一项比对结果，请另一名审核人员决定。")
        )
    return proposed


def _division(kind: str, pk: int) -> Division:
    """Where the case lies that holds the file."""
    holder: Any = holder_of(kind)
    return holder._default_manager.select_related("division").get(pk=pk).division


def _locked(kind: str, subject_id: int) -> Examination | None:
    """The newest judgement, locked, so that two proposals at once are one."""
    found = latest(kind, [subject_id]).get(subject_id)
    return Examination.objects.select_for_update(of=("self",)).get(pk=found.pk) if found else None


def settle(overruling: Overruling, *, agree: bool, note: str = "", by: Membership) -> Overruling:
    """The second officer agrees, and the person is judged again at once; or declines, saying why.

    The same answer of the same user twice is one.
    """
    provider, note = _provider_of(overruling.subject_kind), written(note)
    with noted(
        "overruling.refused",
        by=by,
        kind=overruling.subject_kind,
        pk=overruling.subject_id,
        division=overruling.division_id,
        overruling=overruling.pk,
        subject=overruling.subject_id,
        check=overruling.check_code,
    ):
        if by.user_id == overruling.proposer_id:
            raise NotAllowed(_("提出推翻的人不能自己同意，须由另一名有权限的审核人员决定。"))
        if why := provider.why_not_second(by, overruling.subject_id):
            raise NotAllowed(why)
    wanted = Agreement.AGREED if agree else Agreement.DECLINED
    if not agree and not note:
        raise NotValid(_("不同意推翻须说明理由。"), field="note")
    with transaction.atomic():
        locked = Overruling.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=overruling.pk)
        if locked.state != Agreement.PROPOSED:
            if locked.state == wanted and locked.answerer_id == by.user_id:
                return locked
            raise NotNow(
                _("%(who)s已作出决定：%(state)s。") % {"who": locked.answered_by, "state": locked.get_state_display()}
            )
        if agree and not still_fails(locked):
            raise NotNow(_("提出以后比对结果已有变化，这项提议已不适用；仍需推翻的请重新提出。"))
        locked.state, locked.note = wanted, note
        locked.answered_by, locked.answerer, locked.answered_at = by, by.user, timezone.now()
        locked.save(update_fields=["state", "note", "answered_by", "answerer", "answered_at"])
        _record(f"overruling.{wanted}", locked, by=by, reason=note, proposed_by=str(locked.proposed_by))
        words = (
            _("%(who)s同意推翻%(name)s的一项比对结果。") if agree else _("%(who)s不同意推翻%(name)s的一项比对结果。")
        )
        _tell(locked, locked.proposed_by.organisation, provider, locked.proposed_by, words, who=by)
        if agree:
            provider.rejudge([locked.subject_id])
    return locked


def still_fails(overruling: Overruling) -> bool:
    """Whether the newest judgement still has the same check failing on the same facts."""
    newest = latest(overruling.subject_kind, [overruling.subject_id]).get(overruling.subject_id)
    result = result_named(newest, overruling.check_code)
    return (
        newest is not None
        and result is not None
        and result.outcome == FAIL
        and facts_digest(result, newest.category) == overruling.facts
    )


def _record(act: str, overruling: Overruling, *, by: Membership, reason: str, **data: Any) -> None:
    record(
        act,
        by=by,
        kind=overruling.subject_kind,
        pk=overruling.subject_id,
        division=overruling.division_id,
        reason=reason,
        overruling=overruling.pk,
        subject=overruling.subject_id,
        check=overruling.check_code,
        **data,
    )


def _tell(
    overruling: Overruling,
    to: Organisation,
    provider: SubjectProvider,
    membership: Membership,
    text: str,
    *,
    who: Membership | None = None,
) -> None:
    """A notice to the proposer's office that opens the case."""
    described = provider.describe(membership, [overruling.subject_id]).get(overruling.subject_id)
    kind, pk = provider.case_of(overruling.subject_id)
    words = text % {"who": (who or membership).user.full_name, "name": overruling.person.name}
    Notice.objects.create(
        organisation=to, text=words[:300], url=described.url if described else "", kind=kind, object_id=pk
    )


def overrulings_of(kind: str, ids: list[int]) -> QuerySet[Overruling]:
    """Every overruling of these subjects, proposed, agreed and declined, the oldest first; one query."""
    return Overruling.objects.filter(subject_kind=kind, subject_id__in=ids).select_related(*RELATED).order_by("id")


def overrulings_seen_by(membership: Membership) -> QuerySet[Overruling]:
    """Every overruling of the cases the membership may see, also of people struck out since; never for a unit."""
    if membership.is_unit:
        return Overruling.objects.none()
    case = WorkItem.objects.visible_to(membership).filter(
        kind=OuterRef("attachment__kind"), object_id=OuterRef("attachment__object_id")
    )
    return Overruling.objects.filter(Exists(case)).select_related(*RELATED)


def waiting_for_second(membership: Membership) -> QuerySet[Overruling] | None:
    """The proposals that wait on the membership's own office for somebody else's yes or no; None for
    who agrees to none.
    """
    if membership.is_unit or membership.role not in HANDS_ON:
        return None
    case = WorkItem.objects.filter(
        kind=OuterRef("attachment__kind"), object_id=OuterRef("attachment__object_id"), desk=membership.organisation_id
    )
    return Overruling.objects.filter(Exists(case), state=Agreement.PROPOSED).exclude(proposer=membership.user_id)


def visible(membership: Membership, pk: int) -> Overruling | None:
    """The overruling when its case lies in the membership's scope; never for a unit."""
    return overrulings_seen_by(membership).filter(pk=pk).first()


def lines(rows: Iterable[Overruling], membership: Membership) -> list[dict[str, Any]]:
    """Overrulings as the pages show them, each with its class; one query."""
    rows = list(rows)
    seen = subjects_of(rows, lambda ids: subjects().describe(membership, ids, struck=True))
    return [shown(row, membership, seen.get(row.pk)) for row in rows]


def shown(row: Overruling, membership: Membership, described: Described | None = None) -> dict[str, Any]:
    """One overruling as the pages show it; `may_answer` for a second officer who may agree or decline."""
    result = result_named(row.examination, row.check_code)
    waits = row.state == Agreement.PROPOSED and row.proposer_id != membership.user_id
    return {
        "overruling": row,
        "label": label_of(row.check_code, row.examination.category),
        "sentence": sentence_of(result, office=not membership.is_unit) if result else "",
        "clause": result.clause if result else "",
        "described": described,
        "may_read": not membership.is_unit,
        "may_answer": waits and not subjects().why_not_second(membership, row.subject_id),
    }
