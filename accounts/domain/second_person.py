"""The rights to export and to pay are proposed by one administrator and confirmed by another (R-AUT-3, R-AUT-5)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import Grant, goes_back_to, grants_in, revoke
from accounts.domain.memberships import already_done, end_membership
from accounts.domain.refusals import noted
from accounts.enums import Role
from accounts.models import Division, Membership, Organisation, RemitGroupGrant, User
from kit.refusals import NotAllowed, Overtaken


def awaiting(by: Membership) -> tuple[QuerySet[RemitGroupGrant], QuerySet, QuerySet[Membership]]:
    """What waits for a second administrator in a membership's place: departments' grants, people's, memberships."""
    departments, people = (
        rows.filter(awaits_second=True).select_related(
            holder, "permission", "content_object__division", "granted_by__user", "granted_by__organisation"
        )
        for rows, holder in zip(grants_in(by.division), ("group__organisation", "user"), strict=True)
    )
    memberships = Membership.objects.visible_to(by).current(awaiting=True).filter(awaits_second=True)
    return departments, people, memberships.select_related("user", "organisation__division", "given_by__user")


def why_not_confirm(proposed: Grant | Membership, by: Membership) -> str:
    """Why this administrator is not the second one for a right, or ""."""
    place, proposer = _place(proposed), _proposer(proposed)
    if by.role != Role.ADMINISTRATOR or not place.path.startswith(by.division.path):
        return _("只能由超级管理员复核本级管辖范围内的权限和岗位。")
    if proposer is None or proposer.user_id == by.user_id:
        return _("提出的人不能自己复核，请由另一名管理员办理。")
    if goes_back_to(by, proposer.user):
        return _("您的岗位是由提出的人设立的，不能由您复核，请由上级管理员办理。")
    holder = _holder(proposed)
    if isinstance(holder, User) and goes_back_to(by, holder):
        return _("不能复核给自己的权限，请由其他管理员办理。")
    return ""


def confirm(proposed: Grant | Membership, *, by: Membership) -> None:
    """The second administrator puts a proposed right in force. Raises NotAllowed, Overtaken."""
    place, kind = _place(proposed), "membership" if isinstance(proposed, Membership) else "grant"
    with noted(f"{kind}.refused", by=by, division=place.pk, to=str(_holder(proposed))):
        if why := why_not_confirm(proposed, by):
            raise NotAllowed(why)
    with transaction.atomic():
        locked = type(proposed).objects.select_for_update(of=("self",)).get(pk=proposed.pk)
        if not locked.awaits_second:
            raise Overtaken(already_done(proposed, f"{kind}.confirmed"))
        locked.awaits_second, locked.confirmed_by = False, by
        locked.save(update_fields=["awaits_second", "confirmed_by"])
        record(f"{kind}.confirmed", by=by, on=locked, division=place.pk, **_words(proposed))


def turn_down(proposed: Grant | Membership, *, by: Membership, reason: str) -> None:
    """Any administrator of the place turns a proposal down, its proposer too; the trail keeps it. Errors as theirs."""
    if isinstance(proposed, Membership):
        end_membership(proposed, by=by, reason=reason)
    else:
        revoke(proposed, by=by, reason=reason)


def _place(proposed: Grant | Membership) -> Division:
    return proposed.division if isinstance(proposed, Membership) else proposed.content_object.division


def _proposer(proposed: Grant | Membership) -> Membership | None:
    return proposed.given_by if isinstance(proposed, Membership) else proposed.granted_by


def _holder(proposed: Grant | Membership) -> User | Organisation:
    return proposed.group.organisation if isinstance(proposed, RemitGroupGrant) else proposed.user


def _words(proposed: Grant | Membership) -> dict[str, Any]:
    if isinstance(proposed, Membership):
        return {"to": str(proposed.user), "role": proposed.role}
    return {"to": str(_holder(proposed)), "act": proposed.permission.codename}
