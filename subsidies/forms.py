"""Forms of MONEY; what they check beyond shape is asked of the domain."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kit.text import joined
from kit.whole import wholes
from subsidies.domain.budgets import FIRST_YEAR, LAST_YEAR
from subsidies.enums import CorrectionKind, ObjectionOutcome
from training.enums import FundSource


class BudgetForm(forms.Form):
    fund_source = forms.ChoiceField(label=_("资金来源"), choices=FundSource.choices)
    year = forms.IntegerField(label=_("年度"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    amount = forms.DecimalField(label=_("预算金额（元）"), min_value=0, max_digits=14, decimal_places=2)
    source = forms.CharField(label=_("文号或依据"), max_length=120)


class ReasonForm(forms.Form):
    """A ready sentence, free words, or both."""

    reason_choice = forms.CharField(required=False, max_length=200)
    reason = forms.CharField(label=_("理由"), required=False, max_length=1000)

    @property
    def words(self) -> str:
        return joined(self.cleaned_data.get("reason_choice", ""), self.cleaned_data.get("reason", ""))


class ChoiceOfClaimsForm(forms.Form):
    subsidy = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: object, offered: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["subsidy"].choices = [(pk, pk) for pk in offered]  # type: ignore[attr-defined]


class ChoiceOfPeopleForm(forms.Form):
    """Enrolments of a class; which of them can be chosen is asked of the domain."""

    enrolment = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def clean_enrolment(self) -> list[int]:
        given = self.cleaned_data["enrolment"] or []
        if len(chosen := wholes(given)) < len(given):
            raise forms.ValidationError(_("请刷新后重新选择。"))
        return chosen


class ResultForm(forms.Form):
    file = forms.FileField(label=_("银行回执（xlsx）"), allow_empty_file=True)


class CorrectionForm(forms.Form):
    kind = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    bank_reference = forms.CharField(label=_("银行流水号"), max_length=200)
    reason = forms.CharField(label=_("原因（按银行的说明填写）"), max_length=200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["day"].label = _("到账日期") if self["kind"].value() == CorrectionKind.ARRIVED else _("退回日期")


class CorrectionAnswerForm(forms.Form):
    decision = forms.ChoiceField(choices=[("agree", ""), ("decline", ""), ("take_back", "")])
    note = forms.CharField(label=_("说明"), required=False, max_length=500)


class ObjectionForm(forms.Form):
    sequence = forms.IntegerField(
        label=_("名单序号（针对某人时填写）"), required=False, min_value=1, max_value=2**31 - 1
    )
    text = forms.CharField(label=_("异议内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    contact = forms.CharField(label=_("联系方式（可不填；只有经办部门可见）"), required=False, max_length=100)


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("处理结果"), choices=[c for c in ObjectionOutcome.choices if c[0]], widget=forms.RadioSelect
    )
    answer = forms.CharField(label=_("答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
