"""Whose amount a new subsidy standard would change, before it is in force (R-SUB-1)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from casework.domain.policy import Draft
from casework.enums import State
from kit.money import yuan_text
from subsidies.domain.amounts import best_of
from subsidies.models import Standard, Subsidy
from training.enums import IDLE, Result
from training.models import TrainingClass

FROZEN = (State.CHECKING, State.IN_REVIEW, State.PUBLICITY, State.CONCLUDING)
MOST_NAMED = 30


def rows_after(draft: Draft, rows: Iterable[Standard]) -> list[Standard]:
    """The standards as they would be with the draft in force."""
    target, row, found = draft.target, draft.row, []
    ends = row.since if row is not None else draft.until
    for one in rows:
        if target is None or one.pk != target.pk:
            found.append(one)
        elif draft.action != "cancel":
            shortened = copy(one)
            shortened.until = ends if one.until is None or (ends and ends < one.until) else one.until
            found.append(shortened)
        else:  # the one before it holds on
            found = [_reopened(before, target) for before in found]
    return [*found, row] if isinstance(row, Standard) else found


def _reopened(before: Standard, cancelled: Standard) -> Standard:
    kept = copy(before)
    if before.until == cancelled.since and _line(before) == _line(cancelled):
        kept.until = cancelled.until
    return kept


def _line(row: Standard) -> tuple[object, ...]:
    return (row.item, row.project_code, row.occupation, row.level, row.training_type, row.category, row.hours_from)


def classes_from(draft: Draft) -> QuerySet[TrainingClass]:
    """Classes that begin on a day the draft speaks of, with how many passed."""
    first = draft.subject.since if draft.row is not None or draft.until is None else draft.until
    rows = TrainingClass.objects.exclude(stage__in=IDLE).filter(first_day__gte=first)
    if draft.row is not None and draft.until:
        rows = rows.filter(first_day__lt=draft.until)
    passed = Count("enrolments", filter=Q(enrolments__result=Result.PASS, enrolments__struck_out_at__isnull=True))
    return rows.select_related("project").annotate(passed=passed).order_by("first_day", "pk")


def effects(draft: Draft) -> list[str]:
    """A sentence for every class that would get another amount per person, claims handed in and decided apart.

    Three queries, whatever the number of classes.
    """
    before = list(Standard.objects.filter(item=draft.subject.item).order_by("since"))
    after = rows_after(draft, before)
    claims: dict[int, list[str]] = {}
    changed = []
    for one in classes_from(draft):
        old, new = (best_of(rows, one, draft.subject.item) for rows in (before, after))
        was, now = ((row.amount, row.without_certificate_percent) if row else None for row in (old, new))
        if was != now:
            changed.append((one, was, now))
    for pk, state in Subsidy.objects.filter(training_class__in=[one for one, _was, _now in changed]).values_list(
        "training_class", "state"
    ):
        claims.setdefault(pk, []).append(state)
    decided = [one for one, _was, _now in changed if State.APPROVED in claims.get(one.pk, [])]
    waiting = [line for line in changed if line[0] not in decided]
    found = [_said(one, was, now, claims.get(one.pk, [])) for one, was, now in waiting[:MOST_NAMED]]
    if len(waiting) > MOST_NAMED:
        found.append(_("另有%(count)s个班次。") % {"count": len(waiting) - MOST_NAMED})
    if decided:
        found.append(
            _("已批准的补贴不变：%(numbers)s。") % {"numbers": "、".join(one.number for one in decided[:MOST_NAMED])}
        )
    return found or [_("现有班次的补贴金额都不变；以后开班的按它计算。")]


def _said(
    one: TrainingClass, was: tuple[Decimal, int] | None, now: tuple[Decimal, int] | None, states: list[str]
) -> str:
    sentence = _("班次%(number)s（%(stage)s）：每人%(was)s → %(now)s，现有合格%(passed)s人。") % {
        "number": one.number or one.name,
        "stage": one.get_stage_display(),
        "was": _amount(was),
        "now": _amount(now),
        "passed": getattr(one, "passed", 0),
    }
    return sentence + (_("申请已提交，金额已固定；退回重报时按新标准。") if set(states) & set(FROZEN) else "")


def _amount(worth: tuple[Decimal, int] | None) -> str:
    if worth is None:
        return _("没有标准")
    text = _("%(yuan)s元") % {"yuan": yuan_text(worth[0])}
    return text if worth[1] == 100 else _("%(yuan)s（无证书%(percent)s%%）") % {"yuan": text, "percent": worth[1]}
