"""Token and session doors of the API; both act in a post (issue: The API)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.exceptions import PermissionDenied

from accounts.middleware import SESSION_KEY, post_of


class PostTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …`; the header `X-Post` picks one of the user's posts."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found:
            http: HttpRequest = request._request
            http.user = found[0]
            chosen = request.headers.get("X-Post", "")
            http.post = post_of(http, int(chosen) if chosen.isdigit() else None)  # type: ignore[attr-defined]
            if http.user.must_change_password:
                raise PermissionDenied(_("首次登录请先修改密码。"))
        return found


class PostSessionAuthentication(SessionAuthentication):
    """The browser's session, with its CSRF check; the post is the one chosen there."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found:
            request._request.post = post_of(request._request, request._request.session.get(SESSION_KEY))
        return found
