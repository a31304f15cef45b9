"""Forms of the roster, made from its field dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from training.fields import ALL_FIELDS, MARK, PROBLEMS, RosterField

LONGEST_CELL = 200


class RosterUploadForm(forms.Form):
    file = forms.FileField(
        label=_("花名册（Excel）"), allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ".xlsx"})
    )


def field_of(column: RosterField) -> forms.CharField:
    """A column as a text with its help; the column's own check judges it, and says so when it is missing."""
    label = gettext_lazy(column.header)
    widget: forms.Widget = forms.TextInput(attrs={"autocomplete": "off"})
    if column.choices and column is not MARK:
        widget = forms.Select(choices=[("", "—"), *((choice, choice) for choice in column.choices)])
    return forms.CharField(
        label=label,
        help_text=column.note,
        required=column.required,
        max_length=LONGEST_CELL,
        widget=widget,
        error_messages={"required": format_lazy(PROBLEMS["required"], header=label)},
    )


class AllColumns(forms.BaseForm):
    """Every column of the dictionary."""

    base_fields = {column.key: field_of(column) for column in ALL_FIELDS}


class TraineeForm(AllColumns):
    """One trainee by hand: a field for each of these columns; the domain's validators judge, `refuse` shows what they
    say.
    """

    def __init__(self, *args: Any, columns: Sequence[RosterField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {column.key: self.fields[column.key] for column in columns}


class SheetForm(forms.Form):
    """Why a sheet that is kept already is changed (R-SUP-1); the marks stand in the sheet's own table."""

    correction = forms.CharField(label=_("更正理由"), max_length=500, required=False)
