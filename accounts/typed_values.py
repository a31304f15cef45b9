"""What a person typed or chose, in words, where no form can show it again: labelled, and nothing that only a machine
reads (R-SEC-4).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from django.forms import BaseForm, BooleanField
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.domain.form_tokens import OWN_FIELDS
from accounts.domain.labels import code_label, label_of

# What the portal puts into its small forms by itself (a test holds that every hidden field of a template is here), and
# ticks of numbered rows.
SET_BY_THE_PORTAL = OWN_FIELDS | {
    "next",
    "confirm",
    "confirmed",
    "supplementary",
    "subject",
    "stamp",
    "slot",
    "membership",
    "kind",
    "document",
    "department",
    "case",
    "active",
    "row",
    "item",
    "enrolment",
    "person",
    "subsidy",
    "drop",
    "correction",
    "token",
    "division",
    "kinds",
    "roles",
}


def typed_values(posted: Iterable[tuple[str, Sequence[str]]], address: str) -> list[str]:
    """One line a field, «label：what was said»; `address` is where the form is taken."""
    found = {name: [one for one in values if one.strip()] for name, values in posted}
    fields = _fields_of(address, found)
    lines = [
        _line(name, values, fields.get(name))
        for name, values in found.items()
        if values and (name in fields or name not in SET_BY_THE_PORTAL)
    ]
    return list(dict.fromkeys(filter(None, lines)))


def _fields_of(address: str, names: Iterable[str]) -> dict[str, Any]:
    """The fields of the form that this address takes: of those its view knows, the one with most of these names."""
    try:
        view: Any = resolve(address).func
    except Resolver404:
        return {}
    known = vars(sys.modules[inspect.unwrap(view).__module__]).values()
    forms = [
        one.base_fields
        for one in known
        if isinstance(one, type) and issubclass(one, BaseForm) and hasattr(one, "base_fields")
    ]
    return max(forms, key=lambda fields: len(fields.keys() & set(names)), default={})


def _line(name: str, values: Sequence[str], field: Any) -> str:
    """Of a field nobody labelled only what can be nothing but words."""
    choices = {str(code): str(words) for code, words in getattr(field, "choices", ()) or ()} if field else {}
    said = "、".join(
        _("是") if isinstance(field, BooleanField) else choices.get(one) or code_label(one) for one in values
    )
    label = str(field.label or "") if field else label_of(name.rpartition("-")[2])
    if label:
        return f"{label}：{said}"
    return "" if said.isascii() and " " not in said.strip() else said
