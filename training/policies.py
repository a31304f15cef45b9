"""任务目标 as a kind of policy: the region sets its leagues', a league its banners' (R-RPT-9)."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import REGION, Level
from accounts.models import Division, Membership
from casework.domain.policy import Draft, PolicyKind
from casework.enums import PolicyAction
from casework.policies.base import ANY, PolicyForm
from casework.policies.routes import every_category
from training.enums import TrainingType
from training.models import Target

FIRST_YEAR_OF_TARGETS, YEARS_AHEAD_OF_TARGETS = 2020, 5


def places() -> Iterable[tuple[str, object]]:
    """The region, every league, every banner below its league."""
    for place in Division.objects.order_by("path"):
        yield place.pk, f"— {place.name}" if place.level == Level.BANNER and not place.is_reporting_unit else place.name


class TargetForm(PolicyForm):
    """People to be trained in a year."""

    division = forms.ChoiceField(label=gettext_lazy("地区"), choices=places)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=FIRST_YEAR_OF_TARGETS, max_value=2100)
    category = forms.ChoiceField(label=gettext_lazy("人员类别"), required=False, choices=every_category)
    training_type = forms.ChoiceField(
        label=gettext_lazy("培训类别"),
        required=False,
        choices=[ANY, *TrainingType.choices],
        help_text=gettext_lazy("人员类别和培训类别只选一个；都不选的是总数。"),
    )
    people = forms.IntegerField(label=gettext_lazy("人次"), min_value=1, max_value=10_000_000)


def refuse(draft: Draft, by: Membership) -> dict[str, str]:
    """Whose target it is to set; a year out of reach; a category and a type at once."""
    row = draft.subject
    above = row.division.reports_to_id or REGION
    if by.division.pk not in (REGION, above):
        return {"": _("任务目标由上一级下达：盟市只录入所辖旗县区的目标。")}
    if draft.action in (PolicyAction.CLOSE, PolicyAction.CANCEL):
        return {}
    if row.category and row.training_type:
        return {"training_type": _("人员类别和培训类别只选一个。")}
    if row.year > timezone.localdate().year + YEARS_AHEAD_OF_TARGETS:
        return {"year": _("年度太远，请核对。")}
    return {}


def effects(draft: Draft) -> list[str]:
    """How the targets of the places side by side add up to that of the place above."""
    row, above = draft.subject, draft.subject.division.reports_to
    if above is None:
        return []
    day = row.since if draft.row is not None or draft.until is None else draft.until
    same = Target.objects.filter(
        Target.on(day), year=row.year, category=row.category, training_type=row.training_type
    ).exclude(division=row.division)
    others = same.filter(division__reports_to=above).aggregate(total=Sum("people"))["total"] or 0
    whole = same.filter(division=above).values_list("people", flat=True).first()
    total = others + (draft.row.people if isinstance(draft.row, Target) else 0)
    words = {"above": above.name, "total": total, "year": row.year}
    if whole is None:
        return [_("%(above)s%(year)s年还没有同类目标；所辖各地合计%(total)s人次。") % words]
    return [_("%(above)s%(year)s年目标%(whole)s人次，所辖各地合计%(total)s人次。") % (words | {"whole": whole})]


TARGETS = PolicyKind(
    code="targets",
    label=gettext_lazy("任务目标"),
    about=gettext_lazy("各地每年的培训任务，按人员类别或培训类别；自治区下达到盟市，盟市下达到旗县区。"),
    clause="M三(三)",
    model=Target,
    form=TargetForm,
    key=("division", "year", "category", "training_type"),
    columns=("division", "year", "category", "training_type", "people"),
    leagues=True,
    backdated=True,
    refuse=refuse,
    effects=effects,
)
