"""Every request acts in one membership: the one chosen in the session, else the user's first; a page says which roles
open it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.domain.logins import asked_first
from accounts.domain.memberships import memberships_of
from accounts.enums import Role
from accounts.models import Membership

View = Callable[..., HttpResponse]

SESSION_KEY = "membership"
ALWAYS_FREE = {"account_logout", "set_language", "healthz", "readyz", "metrics", "favicon"}
# What a user may still open while something must be settled first, and where the way begins.
WAY_OUT = {
    "password": ("account_change_password", {"account_change_password"}),
    "totp": (
        "mfa_activate_totp",
        {
            "mfa_activate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "mfa_reauthenticate",
            "account_reauthenticate",
            "account_change_password",
        },
    ),
}


def caller_address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")[:45]


def membership_of(request: HttpRequest, chosen: int | None = None) -> Membership | None:
    """The current membership of the request's user, carrying the caller's address; None for nobody and for users
    without a membership. All of the user's are put on the request (`memberships`).
    """
    request.memberships = memberships = memberships_of(request.user.pk) if request.user.is_authenticated else []
    membership = next((held for held in memberships if held.pk == chosen), memberships[0] if memberships else None)
    if membership:
        membership.origin = caller_address(request)
    return membership


def membership_required(*roles: str) -> Callable[[View], View]:
    """A page for people with a membership, of any role or of one of `roles`: others get 403 with a sentence."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            membership: Membership | None = request.membership
            if membership is None:
                raise PermissionDenied(_("您的账号没有在任岗位，请联系开通账号的部门。"))
            if roles and membership.role not in roles:
                raise PermissionDenied(
                    _("此页面供%(roles)s使用，您现在的岗位是%(role)s。有其他岗位的，请在右上角切换。")
                    % {
                        "roles": "、".join(str(Role(role).label) for role in roles),
                        "role": membership.get_role_display(),
                    }
                )
            return view(request, *args, **kwargs)

        return inner

    return wrap


class ProxyAddressMiddleware:
    """Behind our own proxy the caller's address is the one the proxy names; without this all callers would share one
    lock-out.

    Only for set-ups where nothing but the proxy can reach the web process: it overwrites the header, so nobody can
    forge it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        if forwarded:
            request.META["REMOTE_ADDR"] = forwarded
        return self.get_response(request)


class MembershipMiddleware:
    """Sets `request.membership`; a user with a first password, or without a second factor the role asks for, settles
    that first.

    What is answered to somebody logged in is kept by no browser or proxy: there are people on it (R-SEC-1).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = membership_of(request, request.session.get(SESSION_KEY))
        answer = self.get_response(request)
        if request.user.is_authenticated and "no-store" not in answer.get("Cache-Control", ""):
            answer["Cache-Control"] = "private, no-store"
        return answer

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """The API asks the same question itself (`accounts.api`)."""
        if not request.user.is_authenticated or request.path.startswith(("/static/", "/api/")):
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in ALWAYS_FREE or not (first := asked_first(request.user)):
            return None
        start, free = WAY_OUT[first]
        return None if name in free else redirect(start)
