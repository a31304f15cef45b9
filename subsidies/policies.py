"""补贴标准: the form of a subsidy standard and what stands against one; one drafts, another puts in force (R-SUB-1)."""

from __future__ import annotations

from datetime import date

from django import forms
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from casework.domain.categories import categories
from casework.domain.policy import Draft, PolicyKind, rows_on
from casework.policies.base import ANY, PolicyForm
from kit.text import code_text
from subsidies.domain.standard_effects import effects
from subsidies.enums import Item
from subsidies.models import Standard, SubsidyLine
from training.enums import SkillLevel, TrainingType
from training.models import Occupation, Project


class StandardForm(PolicyForm):
    """An amount per person; what is left open matches anything, the most specific row wins."""

    item = forms.ChoiceField(label=gettext_lazy("补贴项目"), choices=Item.choices)
    project_code = forms.CharField(
        label=gettext_lazy("项目编码"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("只对一个培训项目的，填它的编码；不填则不限。适用条件最具体的一条优先。"),
    )
    occupation = forms.CharField(
        label=gettext_lazy("职业编码"), required=False, max_length=12, help_text=gettext_lazy("如：4-10-01-05")
    )
    level = forms.TypedChoiceField(
        label=gettext_lazy("等级"), required=False, coerce=int, empty_value="", choices=[ANY, *SkillLevel.choices]
    )
    training_type = forms.ChoiceField(
        label=gettext_lazy("培训类别"), required=False, choices=[ANY, *TrainingType.choices]
    )
    category = forms.ChoiceField(
        label=gettext_lazy("人员类别"), required=False, choices=lambda: [ANY, *categories().items()]
    )
    hours_from = forms.IntegerField(
        label=gettext_lazy("课时不少于"),
        min_value=0,
        max_value=10_000,
        initial=0,
        help_text=gettext_lazy("不限课时的填0。"),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("标准（元/人）"), min_value=0, max_value=1_000_000, max_digits=14, decimal_places=2
    )
    without_certificate_percent = forms.IntegerField(
        label=gettext_lazy("无证书时（%）"),
        min_value=0,
        max_value=100,
        initial=100,
        help_text=gettext_lazy("项目不要求证书、合格而没有证书的人，按标准的百分之几。"),
    )

    def clean_project_code(self) -> str:
        return code_text(self.cleaned_data["project_code"])

    def clean_occupation(self) -> str:
        return code_text(self.cleaned_data["occupation"])


def refuse(draft: Draft, by: Membership) -> dict[str, str]:
    """An end before the last class that was paid by the row; codes that are in no catalogue."""
    row, target = draft.row, draft.target
    if target is not None:
        ends, at = (row.since, "first_day") if row is not None else (draft.until, "last_day")
        last = last_use(target.pk)
        if last and ends and ends <= last:
            day = {"day": last.isoformat()}
            return {at: _("已有%(day)s开班的班次按这一条计算补贴，它至少施行到那一天。") % day}
    if not isinstance(row, Standard):
        return {}
    wrong = {}
    if row.project_code and not Project.objects.filter(code=row.project_code).exists():
        wrong["project_code"] = _("目录中没有编码为“%(code)s”的项目。") % {"code": row.project_code}
    if row.occupation and not Occupation.objects.filter(pk=row.occupation).exists():
        wrong["occupation"] = _("职业编码 %(code)s 不在职业目录中，请先导入职业。") % {"code": row.occupation}
    return wrong


def last_use(standard: int) -> date | None:
    """The last first day of a class whose subsidy was worked out by a standard."""
    lines = SubsidyLine.objects.filter(standard=standard)
    return lines.aggregate(last=Max("enrolment__training_class__first_day"))["last"]


def missing(day: date) -> list[str]:
    if rows_on(STANDARDS, day).filter(item=Item.TRAINING).exists():
        return []
    return [_("没有施行的职业培训补贴标准，补贴申请会被拒绝。")]


STANDARDS = PolicyKind(
    code="standards",
    label=gettext_lazy("补贴标准"),
    about=gettext_lazy("每人补贴多少：按项目、职业、等级、类别和课时，以开班日施行的一条为准。"),
    clause="N二(一)",
    model=Standard,
    form=StandardForm,
    key=("item", "project_code", "occupation", "level", "training_type", "category", "hours_from"),
    columns=(
        "item",
        "project_code",
        "occupation",
        "level",
        "training_type",
        "category",
        "hours_from",
        "amount",
        "without_certificate_percent",
    ),
    two_people=True,
    backdated=True,
    refuse=refuse,
    effects=effects,
    missing=missing,
)
