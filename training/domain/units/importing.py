"""Units registered before are brought in by their office and completed by themselves: 已注册登记的单位应补充完善
(N二(二)3, R-REG-1).

Nothing is approved by an import: what is brought in stands in the unit's draft, which it completes and submits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Division, Membership, Organisation
from casework.enums import ENDED, WITH_APPLICANT
from kit.refusals import NotAllowed
from training.domain.units.profiles import LABELS, PROFILE, needs_account, proposed, stored, value_shown
from training.domain.units.upkeep import (
    begin_amendment,
    covers,
    may_open_units,
    open_case,
    open_file,
    open_operator,
    profile_is_editable,
    update_unit,
    why_not_import,
)
from training.models import Unit


@dataclass(frozen=True)
class Told:
    """A first password, told once to whoever brought the unit in."""

    unit: str
    username: str
    full_name: str
    password: str


@dataclass(frozen=True)
class Beside:
    """A unit that is on file beside what a row says of it: what would be filled in, and what differs and stays."""

    fills: dict[str, Any]
    differs: list[str]
    closed: str = ""


def unit_with(uscc: str, by: Membership) -> Unit | None:
    """The unit of a credit code. Raises NotAllowed for one outside the place."""
    organisation = Organisation.objects.filter(uscc=uscc).select_related("division").first()
    if organisation is None:
        return None
    unit = Unit.objects.filter(organisation=organisation).select_related("organisation__division").first()
    if unit is None:
        raise NotAllowed(_("这个统一社会信用代码是“%(name)s”的，不是单位。") % {"name": organisation.name})
    if not covers(by, unit):
        raise NotAllowed(_("这个统一社会信用代码的单位已在其他地区登记，不在您的管辖范围内。"))
    return unit


def beside(unit: Unit, given: Mapping[str, Any], *, name: str, kind: str, division: Division) -> Beside:
    """Only what is empty is filled in; everything else stays as the unit has it, and is shown where it differs."""
    registration = open_case(unit)
    if registration is not None and registration.state not in (*WITH_APPLICANT, *ENDED):
        return Beside({}, [], _("注册或变更正在审核，没有补充；办结以后可以再导入。"))
    drafted = registration is not None and registration.state in WITH_APPLICANT
    if registration is not None:
        registration.unit = unit
    now = proposed(registration) if registration is not None and drafted else unit
    known = stored({field: getattr(now, field, "") for field in LABELS})
    said = {field: value for field, value in stored(given).items() if value}
    if not needs_account(unit):
        said = {field: value for field, value in said.items() if field in PROFILE}
    organisation = unit.organisation
    identity = (
        (_("单位名称"), organisation.name, name),
        (_("单位类别"), organisation.get_kind_display(), dict(Organisation._meta.get_field("kind").choices)[kind]),
        (_("所在地"), organisation.division.name, division.name),
    )
    pairs = [*identity, *((LABELS[field], known[field], value) for field, value in said.items() if known[field])]
    shown = {LABELS[field]: field for field in LABELS}
    return Beside(
        {field: given[field] for field in said if not known[field]},
        [
            _("%(field)s登记的是“%(now)s”，表中是“%(said)s”，不改。")
            % {
                "field": label,
                "now": value_shown(shown.get(label, ""), now_value),
                "said": value_shown(shown.get(label, ""), new_value),
            }
            for label, now_value, new_value in pairs
            if str(now_value) != str(new_value)
        ],
    )


def has_operator(unit: Unit) -> bool:
    return Membership.objects.current().filter(organisation=unit.organisation_id, role=Role.OPERATOR).exists()


@transaction.atomic
def bring_in(
    unit: Unit | None,
    *,
    identity: Mapping[str, Any],
    profile: Mapping[str, Any],
    operator: Mapping[str, str],
    by: Membership,
) -> Told | None:
    """Open a unit's file, or fill in what its draft lacks; open its operator's account where none can log in.

    `identity`: kind, name, uscc, division. `profile`: the values to fill in. `operator`: username, full_name, phone, or
    nothing. Raises Refused.
    """
    if not may_open_units(by):
        raise NotAllowed(why_not_import())
    if unit is None:
        unit, _registration = open_file(**identity, requested=_("由人社部门成批导入"), by=by)
    elif profile and not profile_is_editable(unit):
        begin_amendment(unit, by=by)
    if profile:
        update_unit(unit, by=by, **profile)
    if operator and not has_operator(unit):
        user, password = open_operator(unit, **operator, by=by)
        return Told(unit.organisation.name, user.username, user.full_name, password)
    return None
