"""Who may do what, where, for which trainees (R-AUT-1 … R-AUT-5). The only way to the grant tables.

A department's grant never reaches the memberships of its administrators: they could give it to their own department.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.deciding import deciding_levels
from accounts.domain.refusals import note
from accounts.enums import CASE_ACTS, CLASS_ACTS, HANDS_ON, SECOND_PERSON_ACTS, Act, Level, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation, Remit, RemitGroupGrant, RemitUserGrant, User
from kit.refusals import NotAllowed, NotValid
from kit.text import written

Grant = RemitGroupGrant | RemitUserGrant
Held = tuple[str, str, str, str]  # act, code of the division, category, training type ("" for all of either)
# Inspectors, auditors and finance officers look on: a grant to their department lets them neither decide nor edit.
HANDS_ON_ACTS = (*CASE_ACTS, Act.MAINTAIN_PERSONS)


def may(
    membership: Membership | None,
    act: str,
    division: Division,
    category: str = "",
    *,
    training_type: str = "",
    remits: Iterable[Held] | None = None,
) -> bool:
    """Does this membership hold `act` for the place, category and training type, by its own grant or its department's?
    Units never do.

    One query; none where the caller has read the membership's grants already (`grants.remits_of`).
    """
    if membership is None or membership.is_unit or not division.path.startswith(membership.organisation.division.path):
        return False
    if act == Act.EXPORT_PERSONS and not membership.organisation.division.is_reporting_unit:
        return False
    if act in HANDS_ON_ACTS and membership.role not in HANDS_ON:
        return False
    held = (
        remits_held(membership.user_id, membership.organisation.group_id, timezone.localdate())
        if remits is None
        else remits
    )
    return any(
        one == act and place in division.line and kind in ("", category) and sort in ("", training_type)
        for one, place, kind, sort in held
    )


def applies_for(membership: Membership, organisation_id: int) -> bool:
    """The hands of an applicant: a unit's operator; where an office applies itself (a correction), its officers."""
    return membership.organisation_id == organisation_id and membership.role in (
        (Role.OPERATOR,) if membership.is_unit else HANDS_ON
    )


def remits_held(user: int, group: int, today: date) -> QuerySet:
    """What is `Held` by every grant in force of a user and of the department's group, without those that do not reach
    its administrators.
    """
    what = (
        "permission__codename",
        "content_object__division_id",
        "content_object__category",
        "content_object__training_type",
    )
    own = RemitUserGrant.objects.filter(RemitUserGrant.in_force(today), user=user)
    shared = RemitGroupGrant.objects.filter(
        RemitGroupGrant.in_force(today), ~Exists(administering(today).filter(user=user)), group=group
    )
    return own.values_list(*what).union(shared.values_list(*what))


def administering(today: date) -> QuerySet[Membership]:
    """The administrators' memberships of a day."""
    return Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=today), since__lte=today, role=Role.ADMINISTRATOR
    )


def not_reached(organisations: Iterable[Organisation | int]) -> dict[int, list[str]]:
    """Whom a grant to each of these departments does not reach: those of its people who are
    administrators. One query.
    """
    administrators = administering(timezone.localdate()).values("user")
    memberships = Membership.objects.current().filter(
        organisation__in=list(organisations), role__in=HANDS_ON, user__in=administrators
    )
    found: dict[int, list[str]] = {}
    for office, name in (
        memberships.order_by("user__full_name", "user").values_list("organisation", "user__full_name").distinct()
    ):
        found.setdefault(office, []).append(name)
    return found


def why_never(act: str, organisation: Organisation) -> str:
    """The sentence that forbids a grant for ever, or "" (R-AUT-3, R-AUT-4, R-AUT-5)."""
    if organisation.is_unit and act == Act.MAINTAIN_PERSONS:
        return _("严禁将劳动者基础信息维护权限提供给培训机构或企业（内人社办发〔2020〕95号 三（四））。")
    if organisation.is_unit:
        return _("培训机构、企业和评价机构不能获得审批或数据权限。")
    if act == Act.EXPORT_PERSONS and not organisation.division.is_reporting_unit:
        return _("数据导出权限只能授予盟市层级的工作人员（内人社办发〔2020〕95号 三（四））。")
    return ""


def _why_not(act: str, organisation: Organisation, division: Division, by: Membership) -> str:
    if never := why_never(act, organisation):
        return never
    if by.role != Role.ADMINISTRATOR:
        return _("只有超级管理员可以分配权限。")
    if not division.path.startswith(by.division.path) or not organisation.division.path.startswith(by.division.path):
        return _("只能在本级管辖范围内分配权限。")
    if act == Act.EXPORT_PERSONS and by.division.level == Level.BANNER and not by.division.is_reporting_unit:
        return _("导出权限由盟市超级管理员授予。")
    if not division.path.startswith(organisation.division.path):
        return _("权限所及地区须在该单位的辖区之内。")
    if not _level_holds(act, by):
        return _("您所在层级不办理“%(act)s”，请由上级管理员授权。") % {"act": Act(act).label}
    if organisation.kind == OrganisationKind.FINANCE and act in CASE_ACTS:
        return _("财政部门办理拨付，不办理审批（不相容岗位分离）。")
    return ""


def _level_holds(act: str, by: Membership) -> bool:
    """Whether the routes have the act done at the administrator's level or below; what no route names, any level."""
    levels = set().union(*(found for (one, _category), found in deciding_levels([""]).items() if one == act))
    place = by.division
    own = {
        Level.REGION: {Level.REGION, Level.LEAGUE, Level.BANNER},
        Level.LEAGUE: {Level.LEAGUE, Level.BANNER},
        Level.BANNER: {Level.BANNER} | ({Level.LEAGUE} if place.is_reporting_unit else set()),
    }[Level(place.level)]
    return not levels or bool(levels & own)


def _why_not_typed(act: str, training_type: str) -> str:
    """The training type narrows what is decided about a class and nothing else (R-AUT-7)."""
    if not training_type or act in CLASS_ACTS:
        return ""
    return _("%(act)s与班次的培训类别无关，请选择“全部培训类别”。") % {"act": Act(act).label}


def grant(
    act: str,
    *,
    to: Organisation | User,
    division: Division,
    category: str = "",
    training_type: str = "",
    by: Membership,
    begins_on: date | None = None,
    expires_on: date | None = None,
) -> Grant:
    """Give `act` on a remit to a department or an officer, from a day (none: at once) until a day; refused grants are
    logged (R-AUT-3, R-AUT-4).

    Raises NotAllowed, NotValid where the days are not in order. A second grant of the same thing only moves its days.
    """
    if begins_on and expires_on and expires_on <= begins_on:
        raise NotValid(_("失效日期须晚于生效日期。"), field="expires_on")
    words: dict[str, Any] = {"category": category} | ({"training_type": training_type} if training_type else {})
    organisations = (
        [to]
        if isinstance(to, Organisation)
        else [p.organisation for p in to.memberships.current().select_related("organisation__division")]
    )
    reasons = [_why_not(act, organisation, division, by) for organisation in organisations]
    if isinstance(to, User) and to.pk == by.user_id:
        reasons.append(_("不能给自己授权，请由其他管理员办理。"))
    elif isinstance(to, User) and goes_back_to(by, to):
        reasons.append(_("您的岗位是由此人设立的，不能反过来给此人授权，请由上级管理员办理。"))
    reasons.append(_why_not_typed(act, training_type))
    why = _("此人没有在任岗位，不能授权。") if not organisations else next((r for r in reasons if r), "")
    if why:
        note("grant.refused", by=by, division=division.pk, reason=why, to=str(to), act=act, **words)
        raise NotAllowed(why)
    with transaction.atomic():
        remit, _created = Remit.objects.get_or_create(division=division, category=category, training_type=training_type)
        given, _created = _put(act, to, remit, granted_by=by, begins_on=begins_on, expires_on=expires_on)
        record(
            "grant.given",
            by=by,
            division=division.pk,
            to=str(to),
            act=act,
            begins_on=str(begins_on or ""),
            expires_on=str(expires_on or ""),
            **words,
        )
    return given


def goes_back_to(membership: Membership | None, user: User) -> bool:
    """Whether a membership is this user's, or was given by him, or by somebody whose membership goes back to him: he
    would give to himself.
    """
    while membership is not None:
        if membership.user_id == user.pk:
            return True
        membership = membership.given_by
    return False


def _put(act: str, to: Organisation | User, remit: Remit, **extra: Any) -> tuple[Grant, bool]:
    permission = Permission.objects.get(codename=act, content_type__app_label="accounts", content_type__model="remit")
    model, holder = (
        (RemitGroupGrant, {"group": to.group}) if isinstance(to, Organisation) else (RemitUserGrant, {"user": to})
    )
    what = {"permission": permission, "content_object": remit, **holder}
    former = model.objects.filter(**what).first()
    if act in SECOND_PERSON_ACTS and not (former and _no_wider(former, extra)):
        extra |= {"awaits_second": True, "confirmed_by": None}
    elif former and former.confirmed_by_id:
        extra.pop("granted_by")  # who gave and who confirmed stay two
    return model.objects.update_or_create(**what, defaults=extra)


def _no_wider(former: Grant, days: dict[str, Any]) -> bool:
    """Whether new days lie within those a second administrator has confirmed."""
    if former.awaits_second or (former.begins_on and (days["begins_on"] or date.min) < former.begins_on):
        return False
    return former.expires_on is None or (days["expires_on"] or date.max) <= former.expires_on


def revoke(given: Grant, *, by: Membership, reason: str) -> None:
    """Take a grant back; the trail keeps that it was there."""
    remit = given.content_object
    if by.role != Role.ADMINISTRATOR or not remit.division.path.startswith(by.division.path):
        raise NotAllowed(_("只能由超级管理员收回本级管辖范围内的权限。"))
    if not written(reason):
        raise NotValid(_("请说明收回的理由。"), field="reason")
    with transaction.atomic():
        record(
            "grant.revoked",
            by=by,
            division=remit.division_id,
            reason=reason,
            category=remit.category,
            training_type=remit.training_type,
            act=given.permission.codename,
            to=str(getattr(given, "group", None) or given.user),
        )
        given.delete()


def grants_in(division: Division) -> tuple[QuerySet, QuerySet]:
    """Grants to departments and to officers on places of a subtree, newest first."""
    within = Q(content_object__division__path__startswith=division.path)
    return (
        RemitGroupGrant.objects.filter(within).select_related(
            "group__organisation", "permission", "content_object__division"
        ),
        RemitUserGrant.objects.filter(within).select_related("user", "permission", "content_object__division"),
    )
