"""Forms of people and corrections; the domain's validators judge, `refuse` shows what they say beside the field."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from eligibility.domain.corrections import LONGEST_REASON, read_number
from eligibility.enums import Answer
from kit.errors import IdError


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
        choices=[("", "—"), (Answer.CONFIRMED, _("是困难企业")), (Answer.REFUTED, _("不在困难企业名单内"))],
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
        label=_("复函文件"), required=False, widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"})
    )
