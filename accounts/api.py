"""Token and session doors of the API; both act in a post."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, ValidationError
from rest_framework.permissions import SAFE_METHODS

from accounts.domain.logins import asked_first
from accounts.domain.people import seats_of
from accounts.domain.tokens import token_behind
from accounts.middleware import SESSION_KEY, post_of
from accounts.models import User
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


def _ask_which_seat(user: User) -> None:
    """Whoever has several seats says for which one something is changed: nothing is written for the oldest because it
    is the oldest.
    """
    seats = seats_of(user.pk)
    if len(seats) > 1:
        raise ValidationError(
            {
                "X-Post": [
                    _("您有多个岗位，办理时请在请求头 X-Post 中写明以哪个岗位办理：%(seats)s。")
                    % {
                        "seats": "；".join(
                            f"{seat.pk}（{seat.organisation.name} · {seat.get_role_display()}）" for seat in seats
                        )
                    }
                ]
            }
        )


class PostTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …`; the header `X-Post` picks one of the user's posts, and must where there are several and
    something is changed.
    """

    asks_seat = True

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found:
            http: HttpRequest = request._request
            http.user = found[0]
            chosen = request.headers.get("X-Post", "")
            http.post = post_of(http, whole(chosen))  # type: ignore[attr-defined]
            if chosen and (http.post is None or str(http.post.pk) != chosen):  # type: ignore[attr-defined]
                raise PermissionDenied(_("X-Post 所指的岗位不是您的在任岗位。"))
            _let_in(http.user)
            if self.asks_seat and not chosen and request.method not in SAFE_METHODS:
                _ask_which_seat(http.user)
        return found

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        token = token_behind(key)
        if token is None:
            raise AuthenticationFailed(_("令牌无效、已作废或已过期，请重新领取。"))
        return token.user, token


class AnySeatTokenAuthentication(PostTokenAuthentication):
    """For what is done to the token itself, in whichever seat."""

    asks_seat = False


class PostSessionAuthentication(SessionAuthentication):
    """The browser's session, with its CSRF check; the post is the one chosen there."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found:
            request._request.post = post_of(request._request, request._request.session.get(SESSION_KEY))
            _let_in(found[0])
        return found
