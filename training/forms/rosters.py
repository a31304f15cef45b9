"""Forms of the roster, made from its field dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from training.fields import RosterField


class RosterUploadForm(forms.Form):
    file = forms.FileField(label=_("花名册（Excel）"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))


class TraineeForm(forms.Form):
    """One trainee by hand: a field per column, with its help; the domain's validators judge, `refuse` shows what they
    say.
    """

    def __init__(self, *args: Any, columns: Sequence[RosterField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in columns:
            self.fields[column.key] = _form_field(column)


def _form_field(column: RosterField) -> forms.Field:
    common = {"label": column.label, "help_text": column.note, "required": column.required}
    if column.key == "marks":
        return forms.CharField(**common)
    if column.choices:
        return forms.ChoiceField(choices=[("", "—"), *((choice, choice) for choice in column.choices)], **common)
    return forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}), **common)
