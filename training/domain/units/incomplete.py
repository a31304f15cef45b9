"""Which units still have to complete their file, what each lacks, and a notice to them (N二(二)3, R-REG-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import OrganisationKind, Role
from accounts.models import Membership
from casework.domain.inbox import tell
from casework.enums import ENDED, WITH_APPLICANT
from kit.refusals import NotAllowed
from training.domain.units.profiles import proposed
from training.domain.units.registrations import NEEDED, NEEDED_OF_INSTITUTIONS, what_lacks
from training.domain.units.upkeep import may_open_units, why_not_import
from training.models import AccountChange, Registration, Teacher, Unit, UnitAccount, Venue

NULLABLE = {"phone", "established_on"}


@dataclass
class Incomplete:
    """A unit with what its draft, or its approved file, still lacks."""

    unit: Unit
    registration: Registration | None
    lacks: list[str] = field(default_factory=list)


def incomplete_units(membership: Membership) -> QuerySet[Unit]:
    """Units of the scope that nobody can log in for, whose draft is with them, or whose approved file has gaps."""
    latest = Registration.objects.filter(unit=OuterRef("pk")).order_by("-id").values("state")[:1]
    operators = Membership.objects.current().filter(organisation=OuterRef("organisation"), role=Role.OPERATOR)
    with_unit = Q(latest__in=WITH_APPLICANT) | Q(latest__isnull=True, approved_at__isnull=True)
    settled = Q(latest__in=ENDED) | Q(latest__isnull=True)
    gaps = reduce(or_, (_empty(name) for name in NEEDED))
    of_institutions = reduce(or_, (_empty(name) for name in NEEDED_OF_INSTITUTIONS))
    institution = Q(organisation__kind=OrganisationKind.INSTITUTION)
    return (
        Unit.objects.visible_to(membership)
        .filter(organisation__is_active=True)
        .annotate(latest=Subquery(latest), can_log_in=Exists(operators))
        .filter(
            Q(can_log_in=False)
            | with_unit
            | (Q(approved_at__isnull=False) & settled & (gaps | (institution & of_institutions)))
        )
        .select_related("organisation__division")
        .order_by("organisation__division__path", "organisation__name", "pk")
    )


def _empty(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) if name in NULLABLE else Q(**{name: ""})


def what_each_lacks(units: Sequence[Unit]) -> list[Incomplete]:
    """What each of these units lacks, in their order; six queries for any number of them."""
    ids = [unit.pk for unit in units]
    latest = {row.unit_id: row for row in Registration.objects.filter(unit__in=ids).order_by("unit", "id")}
    changes = {row.unit_id: row for row in AccountChange.objects.filter(~Q(state__in=ENDED), unit__in=ids)}
    paid = set(UnitAccount.objects.filter(unit__in=ids, ended_at__isnull=True).values_list("unit", flat=True))
    staffed, housed = (
        set(model.objects.filter(unit__in=ids, is_active=True).values_list("unit", flat=True))
        for model in (Teacher, Venue)
    )
    reached = set(
        Membership.objects.current()
        .filter(organisation__unit__in=ids, role=Role.OPERATOR)
        .values_list("organisation__unit", flat=True)
    )
    found = []
    for unit in units:
        registration, change = latest.get(unit.pk), changes.get(unit.pk)
        drafted = registration is not None and registration.state in WITH_APPLICANT
        if registration is not None:
            registration.unit = unit
        shape = proposed(registration) if registration is not None and drafted else unit
        lacks = [] if unit.pk in reached else [_("还没有能登录的经办人，请开设账户。")]
        lacks += what_lacks(
            shape,
            asks_account=unit.approved_at is None and unit.pk not in paid and change is None,
            change=change,
            staffed=(unit.pk in staffed, unit.pk in housed),
        )
        found.append(Incomplete(unit, registration, lacks or [_("已填写完整，还没有提交审核。")]))
    return found


@transaction.atomic
def remind(units: Iterable[Unit], *, by: Membership) -> int:
    """A notice to each of these units with what it lacks; gives how many were told."""
    if not may_open_units(by):
        raise NotAllowed(why_not_import())
    told = 0
    for found in what_each_lacks(list(units)):
        if found.registration is None:
            continue
        said = "".join(found.lacks)
        tell(found.registration, _("请补充完善单位信息并提交审核：%(lacks)s") % {"lacks": said})
        record("unit.reminded", by=by, on=found.unit, division=found.unit.organisation.division_id, text=said[:300])
        told += 1
    return told
