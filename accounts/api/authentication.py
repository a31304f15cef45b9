"""Token and session of the API; both act in a membership."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, ValidationError
from rest_framework.permissions import SAFE_METHODS

from accounts.domain.logins import asked_first
from accounts.domain.tokens import token_behind
from accounts.middleware import membership_of
from accounts.models import Membership, User
from kit.whole import whole


def why_not_yet(user: User) -> str:
    """The sentence for a user who must settle something in the browser before the API answers, or ""."""
    return {
        "password": _("首次登录请先在网页上修改初始密码，再使用接口。"),
        "totp": _("您的岗位须启用动态口令：请先在网页上设置，再使用接口。"),
    }.get(asked_first(user), "")


def _let_in(user: User) -> None:
    if why := why_not_yet(user):
        raise PermissionDenied(why)


def _ask_which_membership(memberships: list[Membership]) -> None:
    """Whoever has several memberships says for which one something is changed: nothing is written for the oldest
    because it is the oldest.
    """
    if len(memberships) > 1:
        raise ValidationError(
            {
                "X-Membership": [
                    _("您有多个岗位，办理时请在请求头 X-Membership 中写明以哪个岗位办理：%(memberships)s。")
                    % {
                        "memberships": "；".join(
                            f"{membership.pk}（{membership.organisation.name} · {membership.get_role_display()}）"
                            for membership in memberships
                        )
                    }
                ]
            }
        )


class MembershipTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …`; the header `X-Membership` picks one of the user's memberships, and must where there are
    several and something is changed.
    """

    asks_membership = True

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found:
            http: HttpRequest = request._request
            http.user = found[0]
            chosen = request.headers.get("X-Membership", "")
            http.membership = membership_of(http, whole(chosen))
            if chosen and (http.membership is None or str(http.membership.pk) != chosen):
                raise PermissionDenied(_("X-Membership 所指的岗位不是您的在任岗位。"))
            _let_in(http.user)
            if self.asks_membership and not chosen and request.method not in SAFE_METHODS:
                _ask_which_membership(http.memberships)
        return found

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        token = token_behind(key)
        if token is None:
            raise AuthenticationFailed(_("令牌无效、已作废或已过期，请重新领取。"))
        return token.user, token


class AnyMembershipTokenAuthentication(MembershipTokenAuthentication):
    """For what is done to the token itself, in whichever membership."""

    asks_membership = False


class MembershipSessionAuthentication(SessionAuthentication):
    """The browser's session, with its CSRF check; the membership is the one chosen there, as the middleware has it."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found:
            _let_in(found[0])
        return found
