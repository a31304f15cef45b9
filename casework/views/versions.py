"""Somebody saved a draft while it was open here: what is saved now beside what was typed (R-SEC-4; the older of two
open forms never wins).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BoundField
from django.http import HttpRequest

from kit.versions import Stale


@dataclass(frozen=True)
class Difference:
    """One field that was typed otherwise than it is saved now."""

    label: str
    theirs: str
    yours: str


def posted_version(request: HttpRequest) -> str:
    """The version the form was drawn for."""
    return request.POST.get("version", "")


def shown_version(request: HttpRequest, now: str, stale: Stale | None = None) -> str:
    """The version of the form that is shown: of the draft as it is, or as it was when what is typed in the form began."""
    return stale.version if stale else posted_version(request) or now


def differences(yours: BaseForm, theirs: BaseForm, lead: str = "") -> list[Difference]:
    """The fields of a form that was typed in, beside the same form of the draft as it is saved now."""
    found = [
        (str(yours.fields[name].label), shown_value(theirs[name]), shown_value(yours[name]))
        for name in yours.fields
        if name in theirs.fields
    ]
    return [Difference(lead + label, saved, typed) for label, saved, typed in found if saved != typed]


def overtaken(yours: BaseForm, theirs: BaseForm, stale: Stale) -> None:
    """Say on the form what became of the draft meanwhile."""
    yours.add_error(None, str(stale))
    yours.differences = differences(yours, theirs)


def shown_value(bound: BoundField) -> str:
    """The value of a field as people read it."""
    value = bound.value()
    values = value if isinstance(value, list | tuple) else [value]
    texts = [str(getattr(one, "pk", one)) for one in values if one not in (None, "")]
    choices: dict[str, Any] = {str(key): label for key, label in getattr(bound.field, "choices", ()) or ()}
    return "、".join(sorted(str(choices.get(text, text)) for text in texts))
