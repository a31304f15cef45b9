"""The results of a class as posted: one row a trainee (R-CMP-1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kit.day_fields import DayField, DayInput
from kit.text import squeeze
from training.domain.decision.certificate_changes import LONGEST_REASON, OF_ENROLMENT
from training.domain.decision.completions import HIGHEST_SCORE, Row
from training.domain.decision.issuing import is_issued_here
from training.enums import CertificateKind, Result
from training.models import Enrolment, TrainingClass


def certificate_number(text: str) -> str:
    """A certificate's number as typed, without spaces; it must hold a letter or a digit."""
    number = squeeze(text)
    if number and not any(c.isalnum() for c in number):
        raise ValidationError(_("证书编号须含有字母或数字。"))
    return number


class ResultForm(forms.Form):
    """One trainee's scores, result and certificate; everything may be left for later."""

    score = {
        "required": False,
        "min_value": 0,
        "max_value": HIGHEST_SCORE,
        "max_digits": 4,
        "decimal_places": 1,
        "error_messages": dict.fromkeys(("min_value", "max_value"), _("成绩应在0到100分之间。")),
    }
    theory_score = forms.DecimalField(label=_("理论成绩"), **score)
    practice_score = forms.DecimalField(label=_("实操成绩"), **score)
    result = forms.ChoiceField(label=_("结果"), choices=Result.choices, required=False)
    certificate_kind = forms.ChoiceField(
        label=_("证书种类"), choices=[("", "—"), *CertificateKind.choices], required=False
    )
    certificate_number = forms.CharField(label=_("证书编号"), max_length=40, required=False)
    certificate_on = DayField(label=_("发证日期"), required=False, widget=DayInput)

    def clean_certificate_number(self) -> str:
        return certificate_number(self.cleaned_data["certificate_number"])

    def row(self) -> Row:
        return Row(**self.cleaned_data)


def fields_of(training_class: TrainingClass) -> list[str]:
    """What is entered for a trainee of this class: nothing of a certificate that the portal numbers
    itself (R-CMP-5).
    """
    return [name for name in ResultForm.base_fields if not (name in OF_ENROLMENT and is_issued_here(training_class))]


def form_for(training_class: TrainingClass, enrolment: Enrolment, data: Any = None) -> ResultForm:
    """The form of one trainee, its fields named by the enrolment; labels say whose they are for the screen reader."""
    names = fields_of(training_class)
    form = ResultForm(data, prefix=f"r{enrolment.pk}", initial={name: getattr(enrolment, name) for name in names})
    form.fields = {name: form.fields[name] for name in names}
    for field in form.fields.values():
        css = "form-select form-select-sm" if isinstance(field, forms.ChoiceField) else "form-control form-control-sm"
        field.widget.attrs |= {"class": css, "aria-label": f"{enrolment.name} {field.label}"}
    return form


class CertificateForm(forms.Form):
    """The certificate as it should be, and why it was entered otherwise (R-CMP-2)."""

    certificate_kind = forms.ChoiceField(
        label=_("证书种类"),
        choices=[choice for choice in CertificateKind.choices if choice[0] != CertificateKind.COMPLETION],
    )
    certificate_number = forms.CharField(
        label=_("正确的证书编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("按证书原件填写。"),
    )
    certificate_on = DayField(label=_("发证日期"), widget=DayInput)
    reason = forms.CharField(
        label=_("更正理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：录入时错了一位。"),
    )

    def clean_certificate_number(self) -> str:
        return certificate_number(self.cleaned_data["certificate_number"])
