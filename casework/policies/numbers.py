"""政策参数: the form of a number of policy, what stands against one, what it changes (R-SEC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Level
from accounts.models import Division, Membership
from casework.domain.policy import Draft, PolicyKind, rows_on
from casework.domain.proposals import is_region
from casework.domain.routing import NUMBERS
from casework.enums import PolicyAction
from casework.models import Parameter
from casework.policies.base import PolicyForm

PERCENTS = {"attendance_percent"}
AT_LEAST_ONE = {"class_most_people", "class_least_people", "lesson_hours_a_day"}
YES_OR_NO = {"three_reviews_apart"}
ALL_PERCENT = 100
EVERYWHERE = gettext_lazy("全区")


def divisions() -> Iterable[tuple[str, object]]:
    """Everywhere, then every league and banner by the reporting line."""
    yield "", EVERYWHERE
    for place in Division.objects.exclude(level=Level.REGION).order_by("path"):
        yield place.pk, place.name if place.is_reporting_unit else f"— {place.name}"


class ParameterForm(PolicyForm):
    """A number of policy."""

    code = forms.ChoiceField(label=gettext_lazy("参数"), choices=[("", "---------"), *NUMBERS.items()])
    division = forms.ChoiceField(
        label=gettext_lazy("地区"),
        required=False,
        choices=divisions,
        help_text=gettext_lazy("盟市的规定及于所辖旗县区；最近一级的规定优先。"),
    )
    value = forms.IntegerField(label=gettext_lazy("数值"), min_value=0, max_value=1_000_000)
    leagues_may = forms.BooleanField(
        label=gettext_lazy("盟市可以另行规定"),
        required=False,
        help_text=gettext_lazy("只对全区的一条有意义；不勾选的，盟市不能录入自己的数值。"),
    )


def refuse_parameter(draft: Draft, by: Membership) -> dict[str, str]:
    """What stands against a number: its range, the place, what the region left open."""
    row = draft.subject
    if row.division_id and not row.division.path.startswith(by.division.path):
        return {"": _("只能录入本级管辖范围内的数值。")}
    if not row.division_id and not is_region(by):
        return {"": _("全区的数值由自治区录入；请选择本级管辖范围内的地区。")}
    if draft.action in (PolicyAction.CLOSE, PolicyAction.CANCEL):
        return {}
    if row.code in PERCENTS and row.value > ALL_PERCENT:
        return {"value": _("比例不能超过百分之百。")}
    if row.code in YES_OR_NO and row.value not in (0, 1):
        return {"value": _("这一项只填 1（是）或 0（否）。")}
    if row.code in AT_LEAST_ONE and row.value < 1:
        return {"value": _("这一项至少为一。")}
    if row.division_id and row.leagues_may:
        return {"leagues_may": _("只有全区的一条可以放开给盟市，请不要勾选。")}
    whole = Parameter.objects.filter(Parameter.on(row.since), code=row.code, division=None).first()
    if not is_region(by) and not (whole and whole.leagues_may):
        return {"": _("自治区没有放开“%(number)s”，盟市不能另行规定。") % {"number": NUMBERS[row.code]}}
    return _refuse_pair(row)


def _refuse_pair(row: Parameter) -> dict[str, str]:
    """The least people of a class are not more than the most, where the row holds."""
    pair = {"class_most_people": "class_least_people", "class_least_people": "class_most_people"}
    line = row.division.line if row.division_id else []
    others = [
        one
        for one in Parameter.objects.filter(Parameter.on(row.since), code=pair.get(row.code, ""))
        if one.division_id is None or one.division_id in line
    ]
    other = max(others, key=lambda one: line.index(one.division_id) if one.division_id else -1, default=None)
    if other is None or (row.value >= other.value) == (row.code == "class_most_people") or row.value == other.value:
        return {}
    return {"value": _("班级人数下限不能大于上限（现为%(value)s）。") % {"value": int(other.value)}}


def effects_of_parameter(draft: Draft) -> list[str]:
    """Where and for whom the number changes; whether a place is left without one."""
    row = draft.subject
    where = row.division.name if row.division_id else EVERYWHERE
    found = [_("对%(where)s适用；已经作出的决定和已经算好的期限不变。") % {"where": where}]
    if not row.division_id:
        own = Parameter.objects.filter(code=row.code, division__isnull=False).filter(Parameter.on(row.since))
        if names := [one.division.name for one in own.select_related("division").order_by("division__path")]:
            found.append(_("这些地区另有规定，不受影响：%(names)s。") % {"names": "、".join(names)})
        if draft.action == PolicyAction.CLOSE:
            found.append(_("终止以后没有接续的，要用到这个数值的办理都会停下，直到录入新的一条。"))
    return found


def missing_parameters(day: date) -> list[str]:
    known = set(rows_on(PARAMETERS, day).filter(division=None).values_list("code", flat=True))
    return [_("没有施行的“%(number)s”。") % {"number": label} for code, label in NUMBERS.items() if code not in known]


PARAMETERS = PolicyKind(
    code="parameters",
    label=gettext_lazy("政策参数"),
    about=gettext_lazy("人数、课时、工作日、次数等由文件规定的数字。"),
    clause="N二(一)",
    model=Parameter,
    form=ParameterForm,
    key=("code", "division"),
    columns=("code", "division", "value", "leagues_may"),
    leagues=True,
    refuse=refuse_parameter,
    effects=effects_of_parameter,
    missing=missing_parameters,
)
