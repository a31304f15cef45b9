"""Who may export, and what is on record about it (R-AUT-3, R-RPT-8; exporting is an act of its own)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import may, why_never
from accounts.domain.unmask import SHORTEST_PURPOSE, unmask
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Division, Membership
from kit.moments import minute
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written
from reports.domain.figures import Asked
from reports.models import Export

MOST_NAMED = 3


def why_not_export(membership: Membership | None, division: Division) -> str:
    """Why this membership may not export the data of a place, naming who can grant it, or "" when it may (R-AUT-3)."""
    if membership is None:
        return _("请先登录。")
    if never := why_never(Act.EXPORT_PERSONS, membership.organisation):
        return (
            never
            if membership.is_unit
            else _("%(never)s需要数据时，请向%(whom)s提出。")
            % {"never": never, "whom": _league_office(membership.division)}
        )
    if may(membership, Act.EXPORT_PERSONS, division):
        return ""
    if not division.path.startswith(membership.division.path):
        return _("%(place)s不在您的管辖范围内。") % {"place": division.name}
    return _("您没有%(place)s的人员数据导出权限，或者授权已经到期。可以授权的是：%(whom)s。") % {
        "place": division.name,
        "whom": _administrators(membership),
    }


def _league_office(division: Division) -> str:
    unit = Division.objects.filter(pk__in=division.line[1:2]).first()
    return _("%(league)s人社部门") % {"league": unit.name if unit else division.name}


def _administrators(membership: Membership) -> str:
    """The super administrators who may grant it: of the membership's own league, or above it;
    nobody grants to himself.
    """
    memberships = (
        Membership.objects.current()
        .filter(
            role=Role.ADMINISTRATOR,
            organisation__kind=OrganisationKind.HR_OFFICE,
            organisation__division__in=membership.division.line,
        )
        .exclude(user=membership.user_id)
        .select_related("user", "organisation")
        .order_by("-organisation__division__path", "pk")
    )
    named = "、".join(str(held) for held in memberships[:MOST_NAMED])
    return named or _("上一级超级管理员")


def watermark_of(membership: Membership, purpose: str) -> str:
    """Who, when, what for: a line of the file itself."""
    return _("%(organisation)s　%(name)s　%(time)s　用途：%(purpose)s") % {
        "organisation": membership.organisation.name,
        "name": membership.user.full_name,
        "time": minute(),
        "purpose": purpose,
    }


def check_export(
    form: str, division: Division, *, by: Membership, cell: tuple[str, ...] = (), full_numbers: bool = False
) -> None:
    """Raise NotAllowed, on record, when `by` may not export this. Called outside a transaction the record survives
    the refusal.
    """
    if why := why_not_export(by, division) or _why_not_numbers(by, division, full_numbers):
        record(
            "export.refused",
            by=by,
            kind="export",
            division=division.pk,
            reason=why,
            form=form,
            cell="/".join(filter(None, cell)),
        )
        raise NotAllowed(why)


def request_export(
    form: str,
    asked: Asked,
    axis: str,
    *,
    by: Membership,
    purpose: str,
    banners: bool = False,
    cell: tuple[str, str, str] = ("", "", ""),
    full_numbers: bool = False,
) -> Export:
    """Put an export on record; the caller queues its job. `cell` is (row, column, span) for a list of people.

    Raises NotAllowed without the right, NotValid without a purpose.
    """
    purpose = " ".join(written(purpose).split())
    full_numbers = full_numbers and bool(cell[0])
    check_export(form, asked.division, by=by, cell=cell, full_numbers=full_numbers)
    if len(purpose) < SHORTEST_PURPOSE:
        raise NotValid(_("请写明导出的用途（至少 %(count)d 个字）。") % {"count": SHORTEST_PURPOSE}, field="purpose")
    row, column, span = cell
    with transaction.atomic():
        export = Export.objects.create(
            form=form,
            year=asked.period.year,
            month=asked.period.month,
            division=asked.division,
            body_id=asked.body,
            axis=axis,
            banners=banners,
            row=row,
            column=column,
            span=span,
            full_numbers=full_numbers,
            purpose=purpose,
            watermark=watermark_of(by, purpose),
            by=by,
            at=timezone.now(),
        )
        if full_numbers:
            unmask(by, purpose, on=export, division=export.division)
        record(
            "export.requested",
            by=by,
            on=export,
            reason=purpose,
            form=form,
            axis=axis,
            cell="/".join(filter(None, cell)),
            year=export.year,
            month=export.month,
            full_numbers=export.full_numbers,
        )
    return export


def _why_not_numbers(membership: Membership, division: Division, full_numbers: bool) -> str:
    """Whole citizen numbers in a file need the right to see them as well (R-SEC-1)."""
    if not full_numbers or may(membership, Act.UNMASK_PERSONS, division):
        return ""
    return _("您没有查看完整个人信息的权限，请改为导出隐去中间位的证件号码。")


def take_export(export: Export, *, by: Membership) -> Export:
    """Hand out the file once more, on record each time; only to the person who asked, while the right still stands.

    Raises NotAllowed, NotNow.
    """
    why = (
        _("导出文件只给申请导出的人。")
        if export.by.user_id != by.user_id
        else (why_not_export(by, export.division) or _why_not_numbers(by, export.division, export.full_numbers))
    )
    if why:
        record("export.refused", by=by, on=export, reason=why)
        raise NotAllowed(why)
    if not export.file:
        raise NotNow(_("文件还没有写好，请稍后再来。"))
    record("export.taken", by=by, on=export, reason=export.purpose, digest=export.digest, rows=export.rows)
    return export
