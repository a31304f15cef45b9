"""The results of a class as posted: one row a trainee (R-CMP-1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kit.text import squeeze
from training.domain.completions import HIGHEST_SCORE, Row
from training.enums import CertificateKind, Result
from training.forms.fields import DayInput
from training.models import Enrolment


class ResultForm(forms.Form):
    """One trainee's scores, result and certificate; everything may be left for later."""

    score = {"required": False, "min_value": 0, "max_value": HIGHEST_SCORE, "max_digits": 4, "decimal_places": 1}
    theory_score = forms.DecimalField(label=_("理论成绩"), **score)
    practice_score = forms.DecimalField(label=_("实操成绩"), **score)
    result = forms.ChoiceField(label=_("结果"), choices=Result.choices, required=False)
    certificate_kind = forms.ChoiceField(label=_("证书种类"), choices=[("", "—"), *CertificateKind.choices], required=False)
    certificate_number = forms.CharField(label=_("证书编号"), max_length=40, required=False)
    certificate_on = forms.DateField(label=_("发证日期"), required=False, widget=DayInput)

    def clean_certificate_number(self) -> str:
        number = squeeze(self.cleaned_data["certificate_number"])
        if number and not any(c.isalnum() for c in number):
            raise ValidationError(_("证书编号须含有字母或数字。"))
        return number

    def row(self) -> Row:
        return Row(**self.cleaned_data)


def form_for(enrolment: Enrolment, data: Any = None) -> ResultForm:
    """The form of one trainee, its fields named by the enrolment; labels say whose they are for the screen reader."""
    initial = {name: getattr(enrolment, name) for name in ResultForm.base_fields}
    form = ResultForm(data, prefix=f"r{enrolment.pk}", initial=initial)
    for field in form.fields.values():
        css = "form-select form-select-sm" if isinstance(field, forms.ChoiceField) else "form-control form-control-sm"
        field.widget.attrs |= {"class": css, "aria-label": f"{enrolment.person.name} {field.label}"}
    return form
