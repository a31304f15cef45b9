"""Small parts that the forms of CLASSES share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from kit.errors import KitError

Found = TypeVar("Found")
# What a column of small whole numbers holds.
MOST = 32767


class ClockInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def checked(check: Callable[[str], Found], text: str) -> Found:
    """A kit check as a form's: the same sentence beside the field."""
    try:
        return check(text)
    except KitError as error:
        raise ValidationError(str(error.message), code=error.code) from error


def encrypted_text(label: Any, *, required: bool = False) -> forms.CharField:
    """A text kept encrypted; empty is null in the database."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=60,
        empty_value=None,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class EncryptedFields(forms.ModelForm):
    """A model form with fields kept encrypted, which Django's own model forms leave out; `encrypted` names them."""

    encrypted: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.encrypted:
            self.initial.setdefault(name, getattr(self.instance, name))

    def _post_clean(self) -> None:
        super()._post_clean()
        for name in self.encrypted:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
