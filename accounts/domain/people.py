"""Opening organisations, accounts and posts (R-REG-1, R-AUT-5)."""

from __future__ import annotations

import secrets
from datetime import date

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import Role
from accounts.models import Division, Organisation, Post, RemitUserGrant, User


class PostRefused(Exception):
    """A post that may not be given; the message says why."""


def open_organisation(*, kind: str, name: str, division: Division, by: Post | None, **fields: object) -> Organisation:
    """An organisation with the group that receives its grants."""
    with transaction.atomic():
        group = Group.objects.create(name=f"{division.pk} {name}"[:140] + f" {secrets.token_hex(3)}")
        organisation = Organisation.objects.create(kind=kind, name=name, division=division, group=group, **fields)
        record("organisation.opened", by=by, on=organisation)
    return organisation


def open_account(
    username: str, full_name: str, *, organisation: Organisation, role: str, by: Post | None, phone: str | None = None
) -> tuple[User, str]:
    """A login with a first password that must be changed; the password is shown once to the opener and stored nowhere."""
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        user = User.objects.create_user(
            username, password, full_name=full_name, phone=phone, must_change_password=True,
            opened_by=by.organisation if by else None,
        )
        open_post(user, organisation=organisation, role=role, by=by)
        record("account.opened", by=by, on=user, division=organisation.division_id, organisation=organisation.name)
    return user, password


def open_post(
    user: User, *, organisation: Organisation, role: str, by: Post | None, title: str = "", since: date | None = None
) -> Post:
    """A seat for a user. Nobody sits both in an office that decides and in a unit that applies (R-AUT-5)."""
    if organisation.is_unit != (role == Role.OPERATOR):
        raise PostRefused(_("单位人员只能是经办人，经办人只能在单位任职。"))
    others = user.posts.current().select_related("organisation")
    if any(post.organisation.is_unit != organisation.is_unit for post in others):
        raise PostRefused(_("同一人不能既在审批部门任职，又在申请单位任职。"))
    if organisation.is_unit and RemitUserGrant.objects.filter(user=user).exists():
        raise PostRefused(_("此人持有审批权限，不能担任单位经办人；请先收回权限。"))
    dates = {"since": since} if since else {}
    with transaction.atomic():
        post = Post.objects.create(user=user, organisation=organisation, role=role, title=title, **dates)
        user.groups.add(organisation.group)
        record("post.opened", by=by, on=post, division=organisation.division_id, role=role)
    return post


def default_post(user: User) -> Post | None:
    """The seat a user acts in until another is chosen."""
    return (
        user.posts.current().select_related("user", "organisation__division", "organisation__group").order_by("since", "id").first()
    )
