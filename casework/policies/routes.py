"""审批环节和办理时限: who decides a case at which position, within how many working days (R-AUT-2, R-SEC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import CASE_ACTS, Act, Level
from accounts.models import Membership
from casework.domain.categories import categories
from casework.domain.flow import flows
from casework.domain.policy import Draft, PolicyKind, rows_on
from casework.enums import PolicyAction, Standing
from casework.models import RouteStep, WorkItem
from casework.policies.base import ANY, PolicyForm

# Special routes a flow may pick, beside the ordinary one.
VARIANTS = {
    "": gettext_lazy("一般"),
    "filing": gettext_lazy("盟市备案"),
    "late": gettext_lazy("逾期提交"),
    "exception": gettext_lazy("例外情形"),
}
DECIDING = (*CASE_ACTS, Act.MAINTAIN_PERSONS)
MOST_DAYS, MOST_STEPS = 366, 9


def procedures() -> Iterable[tuple[str, object]]:
    """Every kind of case."""
    return [(flow.kind, flow.label) for flow in flows().values()]


def every_category() -> list[tuple[str, object]]:
    return [ANY, *categories().items()]


class RouteForm(PolicyForm):
    """One step of a route."""

    kind = forms.ChoiceField(label=gettext_lazy("事项"), choices=procedures)
    category = forms.ChoiceField(
        label=gettext_lazy("人员类别"),
        required=False,
        choices=every_category,
        help_text=gettext_lazy("某一类别另有环节的才选；它优先于不限类别的环节。"),
    )
    variant = forms.ChoiceField(label=gettext_lazy("情形"), required=False, choices=list(VARIANTS.items()))
    amount_from = forms.DecimalField(
        label=gettext_lazy("金额不少于（元）"), min_value=0, max_digits=14, decimal_places=2, initial=0
    )
    position = forms.IntegerField(label=gettext_lazy("第几环节"), min_value=1, max_value=MOST_STEPS, initial=1)
    need = forms.ChoiceField(label=gettext_lazy("所需权限"), choices=[(act.value, act.label) for act in DECIDING])
    level = forms.ChoiceField(label=gettext_lazy("办理层级"), choices=Level.choices)
    working_days = forms.IntegerField(label=gettext_lazy("办理时限（工作日）"), min_value=1, max_value=MOST_DAYS)


def refuse(draft: Draft, by: Membership) -> dict[str, str]:
    """A step without the one before it; the one before taken away from under those behind it."""
    row = draft.subject
    same = {name: getattr(row, name) for name in ("kind", "category", "variant", "amount_from")}
    if draft.action in (PolicyAction.CLOSE, PolicyAction.CANCEL):
        after = draft.until if draft.action == PolicyAction.CLOSE else row.since
        behind = RouteStep.objects.filter(RouteStep.on(after), position__gt=row.position, **same)
        return {"last_day" if draft.until else "note": _("后面还有环节，请先终止后面的环节。")} if behind else {}
    if row.position > 1:
        before = RouteStep.objects.filter(
            RouteStep.on(row.since),
            kind=row.kind,
            variant=row.variant,
            category__in=("", row.category),
            amount_from__lte=row.amount_from,
            position=row.position - 1,
        )
        if not before.exists():
            return {"position": _("那一天没有第%(position)s环节，请按次序录入。") % {"position": row.position - 1}}
    return {}


def effects(draft: Draft) -> list[str]:
    """Open cases keep their route; later ones take the new one."""
    row = draft.subject
    waiting = WorkItem.objects.filter(kind=row.kind, standing__in=(Standing.TODO, Standing.WAITING))
    if row.category:
        waiting = waiting.filter(category=row.category)
    first = row.since if draft.row is not None or draft.until is None else draft.until
    found = [
        _("现有%(count)s件在办的环节和期限都不变；%(day)s起提交的按新的环节办理。")
        % {"count": waiting.count(), "day": first.isoformat()}
    ]
    if draft.action == PolicyAction.CLOSE and row.position == 1 and not row.category:
        found.append(_("终止以后没有接续的，这一事项不能提交，直到录入新的一条。"))
    return found


def missing(day: date) -> list[str]:
    """Kinds of cases that had a route and have none today."""
    known = set(RouteStep.objects.values_list("kind", flat=True))
    there = set(rows_on(ROUTES_KIND, day).values_list("kind", flat=True))
    return [
        _("“%(kind)s”没有施行的审批环节和办理时限。") % {"kind": flow.label}
        for flow in flows().values()
        if flow.kind in known - there
    ]


ROUTES_KIND = PolicyKind(
    code="routes",
    label=gettext_lazy("审批环节和时限"),
    about=gettext_lazy("每种事项由哪一级、凭哪项权限审批，几个工作日办结。"),
    clause="N三(一)",
    model=RouteStep,
    form=RouteForm,
    key=("kind", "category", "variant", "amount_from", "position"),
    columns=("kind", "category", "variant", "amount_from", "position", "need", "level", "working_days"),
    refuse=refuse,
    effects=effects,
    missing=missing,
)
