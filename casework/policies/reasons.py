"""常用理由: the ready sentences of moves that ask for a reason, by kind of case and category (N二(二)3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from casework.domain.flow import flows
from casework.domain.policy import Draft, PolicyKind, rows_on
from casework.models import Reason
from casework.policies.base import ANY, PolicyForm
from casework.policies.routes import every_category, procedures

STRIKE = "strike"


def any_procedure() -> Iterable[tuple[str, object]]:
    return [ANY, *procedures()]


def moves() -> list[tuple[str, object]]:
    """Every move that asks for a reason, and striking a person out."""
    found: dict[str, object] = {}
    for flow in flows().values():
        for move in flow.moves:
            if move.reason:
                found.setdefault(move.name, move.label)
    return [*found.items(), (STRIKE, gettext_lazy("剔除"))]


class ReasonForm(PolicyForm):
    """A ready sentence."""

    move = forms.ChoiceField(label=gettext_lazy("办理"), choices=moves)
    kind = forms.ChoiceField(label=gettext_lazy("事项"), required=False, choices=any_procedure)
    category = forms.ChoiceField(label=gettext_lazy("人员类别"), required=False, choices=every_category)
    text = forms.CharField(label=gettext_lazy("理由"), max_length=200)


def refuse(draft: Draft, by: Membership) -> dict[str, str]:
    """A move the kind of case does not have."""
    row = draft.row
    if not isinstance(row, Reason) or not row.kind or row.move == STRIKE:
        return {}
    move = flows()[row.kind].move(row.move)
    return {} if move and move.reason else {"move": _("这一事项没有这种办理，或它不用写理由。")}


def effects(draft: Draft) -> list[str]:
    return [_("办理时可选的理由随之增减；已经写下的理由不变，也仍可自己填写。")]


def missing(day: date) -> list[str]:
    there = set(rows_on(REASONS_KIND, day).values_list("move", flat=True))
    return [
        _("“%(move)s”没有可选的理由。") % {"move": label}
        for code, label in moves()
        if code not in there and code in ("refuse", "return", STRIKE)
    ]


REASONS_KIND = PolicyKind(
    code="reasons",
    label=gettext_lazy("常用理由"),
    about=gettext_lazy("不同意、退回、剔除时可选的理由，按事项和人员类别。"),
    clause="N二(二)3",
    model=Reason,
    form=ReasonForm,
    key=("move", "kind", "category", "text"),
    columns=("move", "kind", "category", "text"),
    refuse=refuse,
    effects=effects,
    missing=missing,
)
