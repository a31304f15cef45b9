"""The fields of a page's form as the API takes them: one place says what is asked, how long, how much, out of what."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers


class FormSerializer(serializers.Serializer):
    """A serializer whose fields are those of `Meta.form`; fields declared beside them, or named in `Meta.leave_out`,
    are not taken from it.

    With `Meta.is_draft` nothing is demanded and what is left out stays as it is.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        declared, meta = super().get_fields(), self.Meta
        is_draft, leave_out = getattr(meta, "is_draft", False), getattr(meta, "leave_out", ())
        asked = {
            name: field_for(field, is_draft=is_draft)
            for name, field in meta.form.base_fields.items()
            if name not in declared and name not in leave_out
        }
        return asked | declared


def field_for(field: forms.Field, *, is_draft: bool = False) -> serializers.Field:
    """The field of a serializer that takes what this field of a form takes."""
    kind, limits = _kind_of(field)
    if field.required and not is_draft:
        return kind(**limits)
    if kind is serializers.BooleanField and not is_draft:
        return kind(default=False)
    if kind in (serializers.BooleanField, serializers.ListField):
        return kind(required=False, **limits)
    empty: dict[str, Any] = {"allow_blank": True} if kind in _TEXTS else {"allow_null": True}
    if not is_draft:
        empty["default"] = "" if kind in _TEXTS else None
    return kind(required=False, **empty, **limits)


_TEXTS = (serializers.CharField, serializers.ChoiceField)


def _kind_of(field: forms.Field) -> tuple[type[serializers.Field], dict[str, Any]]:
    """The class and its limits; TypeError for a kind of field no operation takes."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField, {"child": serializers.IntegerField()}
    if isinstance(field, forms.ModelChoiceField):
        return serializers.IntegerField, {}
    if isinstance(field, forms.DecimalField):
        places = {"max_digits": field.max_digits, "decimal_places": field.decimal_places}
        return serializers.DecimalField, places | _limits(field, "min_value", "max_value")
    if isinstance(field, forms.IntegerField):
        return serializers.IntegerField, _limits(field, "min_value", "max_value")
    if isinstance(field, forms.DateField):
        return serializers.DateField, {}
    if isinstance(field, forms.TimeField):
        return serializers.TimeField, {}
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField, {}
    if isinstance(field, forms.ChoiceField):
        return serializers.ChoiceField, {"choices": [choice for choice in field.choices if choice[0] != ""]}
    if isinstance(field, forms.FileField):
        return serializers.FileField, {"max_length": 255, "allow_empty_file": field.allow_empty_file}
    if isinstance(field, forms.CharField):
        return serializers.CharField, _limits(field, "max_length")
    raise TypeError(f"no operation takes a {type(field).__name__}")


def _limits(field: forms.Field, *names: str) -> dict[str, Any]:
    return {name: getattr(field, name) for name in names if getattr(field, name) is not None}
