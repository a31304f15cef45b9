"""Days in forms: the browser's own date field, and the one reader of dates on a page and from a cell."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kit.dates import read_date
from kit.errors import DateError


class DayInput(forms.DateInput):
    """The browser's own date field, in the form it wants."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DayField(forms.DateField):
    """A day as people write it: by the one reader of dates, on a page and from a cell."""

    def to_python(self, value: Any) -> date | None:
        try:
            return read_date(value)
        except DateError as error:
            raise ValidationError(str(error.message), code=error.code) from error
