"""Who may open a page of this room: a login, a seat, a role; the rows come from `visible_to` (R-LVL-2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Division, Post

View = Callable[..., HttpResponse]
PER_PAGE = 50


def seated(*roles: Role) -> Callable[[View], View]:
    """Nobody → the login; no seat or another role → 403 with the sentence."""

    def around(view: View) -> View:
        @login_required
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            post: Post | None = request.post  # type: ignore[attr-defined]
            if post is None:
                raise PermissionDenied(_("您的账户没有在任岗位，请联系本地超级管理员。"))
            if post.role not in roles:
                raise PermissionDenied(_("此页面供%(roles)s使用，您现在的岗位是%(role)s。") % {
                    "roles": "、".join(str(role.label) for role in roles), "role": post.get_role_display()})
            return view(request, *args, **kwargs)

        return inner

    return around


def page_of(request: HttpRequest, rows: Any) -> Page:
    """The asked page; a number beyond the last gives the last."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def place_asked(request: HttpRequest, post: Post) -> Division | None:
    """The division of the address's `division=`, None when it names none; outside the post's place is 404."""
    code = request.GET.get("division", "")
    return get_object_or_404(Division, pk=code, path__startswith=post.division.path) if code else None
