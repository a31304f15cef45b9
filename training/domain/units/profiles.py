"""A unit's file and the draft beside it: everything outside the draft's own pages reads the file, which only approval
changes (R-REG-1).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.changes import changes
from casework.enums import ENDED
from kit.masking import mask_account, mask_phone
from training.enums import EntityType
from training.models import AccountChange, Registration, Unit, UnitAccount

LABELS = {
    "entity_type": _("单位类型"),
    "legal_representative": _("法定代表人"),
    "contact": _("联系人"),
    "phone": _("联系电话"),
    "address": _("地址"),
    "established_on": _("成立日期"),
    "licence_number": _("办学许可证号"),
    "licence_valid_to": _("办学许可证有效期至"),
    "facilities": _("设施设备"),
    "bank_name": _("开户银行"),
    "bank_account_name": _("账户名称"),
    "bank_account": _("银行账号"),
}
# The first account comes with the registration; every later one by an account change.
ACCOUNT = ("bank_name", "bank_account_name", "bank_account")
PROFILE = tuple(name for name in LABELS if name not in ACCOUNT)
DAYS = ("established_on", "licence_valid_to")
SEALED = frozenset({"phone", "bank_account"})
MASKS = {"phone": mask_phone, "bank_account": mask_account}


@dataclass(frozen=True)
class Difference:
    """One field of the file beside the draft, as people read it."""

    label: Any
    old: str
    new: str

    @property
    def differs(self) -> bool:
        return self.old != self.new


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the draft keeps them: days as text, nothing as ""."""
    return {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in values.items()}


def file_of(unit: Unit) -> dict[str, Any]:
    """The approved values by field, as `stored`."""
    return stored({name: getattr(unit, name) for name in PROFILE})


def proposed(registration: Registration) -> Unit:
    """The unit as its draft would have it, with the first account where the draft asks for one; never to be saved."""
    unit = copy.copy(registration.unit)
    for name in (*PROFILE, *ACCOUNT):
        value = registration.values.get(name, "" if name in ACCOUNT else getattr(unit, name))
        setattr(
            unit,
            name,
            (date.fromisoformat(value) if value else None) if name in DAYS and isinstance(value, str) else value,
        )
    return unit


def needs_account(unit: Unit) -> bool:
    """Whether the registration asks for an account: the unit was never approved, and asks for one in no other way."""
    if unit.approved_at is not None:
        return False
    in_force = UnitAccount.objects.filter(unit=unit.pk, ended_at__isnull=True)
    return not (in_force.exists() or AccountChange.objects.filter(~Q(state__in=ENDED), unit=unit.pk).exists())


def what_changes(registration: Registration) -> dict[str, list[str]]:
    """{field: [approved, proposed]} for the audit trail, personal values sealed."""
    return changes(
        registration.former,
        {name: registration.values.get(name, "") for name in LABELS if name in registration.values},
        sealed=SEALED,
    )


def value_shown(name: str, value: Any) -> str:
    """A value for a page: kinds in words, telephone and account masked."""
    if name == "entity_type":
        return str(dict(EntityType.choices).get(value, value))
    return MASKS[name](value) if name in MASKS else str(value or "")


def differences(registration: Registration) -> list[Difference]:
    """Every field, file and draft side by side; a telephone that changes in its hidden digits says so."""
    found = []
    for name, label in LABELS.items():
        if name in registration.values:
            before, after = registration.former.get(name, ""), registration.values[name]
            old, new = value_shown(name, before), value_shown(name, after)
            found.append(Difference(label, old, f"{new} *" if old == new and before != after else new))
    return found
