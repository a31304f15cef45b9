"""The fields of a page's form as the API takes them: one place says what is asked, how long, how much, out of what, and
with which sentence it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from rest_framework import fields, serializers

from kit.refusals import NotValid


class FormSerializer(serializers.Serializer):
    """A serializer whose fields are those of `Meta.form`; fields declared beside them, or named in `Meta.leave_out`,
    are not taken from it. What the form's field refuses is refused with the form's sentence.

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

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as refused:
            found = {name: self._sentences(name, data) or said for name, said in refused.detail.items()}
            raise serializers.ValidationError(found) from refused

    def _sentences(self, name: str, data: Any) -> list[str]:
        """What the form's field says of a value this serializer does not take; nothing where it would take it."""
        if name not in self.fields or name not in self.Meta.form.base_fields:
            return []
        value = self.fields[name].get_value(data)
        try:
            self.Meta.form.base_fields[name].clean(None if value is fields.empty else value)
        except ValidationError as wrong:
            return wrong.messages
        return []


def cleaned(form: forms.BaseForm) -> dict[str, Any]:
    """What a form makes of its data; NotValid with the form's sentences by field."""
    if not form.is_valid():
        raise NotValid({"" if name == NON_FIELD_ERRORS else name: list(said) for name, said in form.errors.items()})
    return form.cleaned_data


def field_for(field: forms.Field, *, is_draft: bool = False) -> serializers.Field:
    """The field of a serializer that takes what this field of a form takes."""
    kind, limits = _kind_of(field)
    if field.required and not is_draft:
        return kind(**limits)
    if kind is serializers.BooleanField and not is_draft:
        return kind(default=bool(field.initial))
    if kind in (serializers.BooleanField, serializers.ListField):
        return kind(required=False, **limits)
    is_text = kind in _TEXTS and not _is_of_numbers(limits)
    is_null = not is_text or getattr(field, "empty_value", "") is None
    empty: dict[str, Any] = {"allow_blank": True} if is_text else {}
    if is_null:
        empty["allow_null"] = True
    if not is_draft:
        empty["default"] = None if is_null else ""
    return kind(required=False, **empty, **limits)


_TEXTS = (serializers.CharField, serializers.ChoiceField)
# Of a kind of field: its serializer's field, and which of its limits that takes. The first that fits counts.
_KINDS = (
    (forms.DecimalField, serializers.DecimalField, ("max_digits", "decimal_places", "min_value", "max_value")),
    (forms.IntegerField, serializers.IntegerField, ("min_value", "max_value")),
    (forms.DateField, serializers.DateField, ()),
    (forms.TimeField, serializers.TimeField, ()),
    (forms.BooleanField, serializers.BooleanField, ()),
    (forms.FileField, serializers.FileField, ("allow_empty_file",)),
    (forms.CharField, serializers.CharField, ("max_length",)),
)


def _kind_of(field: forms.Field) -> tuple[type[serializers.Field], dict[str, Any]]:
    """The class and its limits; TypeError for a kind of field no operation takes."""
    if isinstance(field, forms.ChoiceField):
        return _kind_of_choice(field)
    for asked, kind, names in _KINDS:
        if isinstance(field, asked):
            limits = {name: getattr(field, name) for name in names if getattr(field, name) is not None}
            return kind, limits | ({"max_length": 255} if asked is forms.FileField else {})
    raise TypeError(f"no operation takes a {type(field).__name__}")


def _kind_of_choice(field: forms.ChoiceField) -> tuple[type[serializers.Field], dict[str, Any]]:
    """Rows by their keys, the rest by its values; any text where a form knows its choices only when it is asked."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField, {"child": serializers.IntegerField()}
    if isinstance(field, forms.ModelChoiceField):
        key = field.queryset.model._meta.pk
        is_text = isinstance(key, models.CharField)
        return (serializers.CharField, {"max_length": key.max_length}) if is_text else (serializers.IntegerField, {})
    choices = [choice for choice in field.choices if choice[0] != ""]
    one, limits = (serializers.ChoiceField, {"choices": choices}) if choices else (serializers.CharField, {})
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField, {"child": one(**limits), "allow_empty": not field.required}
    return one, limits


def _is_of_numbers(limits: Mapping[str, Any]) -> bool:
    return any(isinstance(value, int) for value, _label in limits.get("choices", ()))
