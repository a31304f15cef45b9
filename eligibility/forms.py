"""Forms of people and corrections; the domain's validators judge, `refuse` shows what they say beside the field."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from eligibility.domain.assistance import NO_ANSWER
from eligibility.domain.connections import NO_MODE
from eligibility.domain.corrections import LONGEST_REASON, read_number
from eligibility.domain.recognitions import NO_RESULT
from eligibility.enums import Answer, Mode
from kit.errors import IdError

ANSWERS = [choice for choice in Answer.choices if choice[0] != Answer.OPEN]
RECOGNITION_ANSWERS = [(Answer.CONFIRMED, _("是困难企业")), (Answer.REFUTED, _("不在困难企业名单内"))]


class CorrectionForm(forms.Form):
    """Lenient: what is well-formed can be saved, submission demands the rest."""

    name = forms.CharField(
        label=_("正确的姓名"),
        required=False,
        max_length=200,
        help_text=_("只更正号码的不用填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    number = forms.CharField(
        label=_("正确的公民身份号码"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("只更正姓名的不用填。15 位的旧号码会换成 18 位，请提交前核对。"),
    )
    reason = forms.CharField(
        label=_("更正理由"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：录入时错了一位；本人改名，公安机关已变更登记。"),
    )
    file = forms.FileField(
        label=_("身份证复印件或证明"),
        required=False,
        allow_empty_file=True,
        help_text=_("更正姓名必须上传。PDF、JPG、PNG，不超过 10 MB。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class NumberForm(forms.Form):
    """A citizen number to find a person by; sent in the body, so that no log keeps it."""

    number = forms.CharField(
        label=_("公民身份号码"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        help_text=_("18 位号码，15 位旧号码，或更正以前的号码。"),
    )

    def clean_number(self) -> str:
        try:
            return read_number(self.cleaned_data["number"]).number
        except IdError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class RecognitionForm(forms.Form):
    """The recognising department's letter about an employer; the period as the letter writes it,
    its last day included.
    """

    answer = forms.ChoiceField(
        label=_("认定部门的答复"),
        choices=[("", "—"), *RECOGNITION_ANSWERS],
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_RESULT),
    )
    since = forms.DateField(
        label=_("认定自"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("认定至（含当日）"),
        required=False,
        help_text=_("复函没有写截止日期的，不用填。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    area = forms.ModelChoiceField(label=_("认定地区"), queryset=Division.objects.order_by("path"), required=False)
    department = forms.CharField(label=_("认定部门"), max_length=60)
    letter = forms.CharField(label=_("复函文号"), max_length=80)
    note = forms.CharField(label=_("说明"), required=False, max_length=500)
    file = forms.FileField(
        label=_("复函文件"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class EvidenceForm(forms.Form):
    """The letter, or what was found out, that an answer stands on."""

    department = forms.CharField(label=_("答复部门"), max_length=60, required=False)
    letter = forms.CharField(label=_("复函文号"), max_length=80, required=False)
    note = forms.CharField(label=_("核实情况"), max_length=500, required=False)
    file = forms.FileField(label=_("复函文件"), required=False, allow_empty_file=True)


class AnswerForm(EvidenceForm):
    """What people found out about one or many, with the evidence (R-ELG-5)."""

    field_order = ("answer",)
    answer = forms.ChoiceField(
        label=_("协查结果"),
        choices=ANSWERS,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_ANSWER),
    )


class ReplySheetForm(forms.Form):
    """The workbook a department filled in; `letter` stands where a row names none."""

    file = forms.FileField(
        label=_("填好的表格"), allow_empty_file=True, error_messages={"required": _("请先选择要上传的文件。")}
    )
    letter = forms.CharField(label=_("复函文号"), max_length=80, required=False)


class ProposalForm(forms.Form):
    """Why a registry's fail shall not count, and the file that shows it; the domain demands both (R-ELG-5)."""

    reason = forms.CharField(label=_("理由"), max_length=1000, required=False)
    file = forms.FileField(label=_("依据文件"), required=False, allow_empty_file=True)


class SettlementForm(forms.Form):
    """The second officer's yes or no; a no says why."""

    NEITHER = _("请选择同意或不同意。")
    answer = forms.ChoiceField(
        choices=[("agree", _("同意推翻")), ("decline", _("不同意"))],
        error_messages=dict.fromkeys(("required", "invalid_choice"), NEITHER),
    )
    note = forms.CharField(label=_("意见"), max_length=1000, required=False)


class ModeForm(forms.Form):
    """Another way for one system, and why."""

    mode = forms.ChoiceField(
        choices=Mode.choices, error_messages=dict.fromkeys(("required", "invalid_choice"), NO_MODE)
    )
    reason = forms.CharField(label=_("理由"), max_length=200, required=False)
