"""allauth's doors: nobody signs up by themselves; a first password is gone once changed (R-REG-1)."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.domain.audit import record
from accounts.models import User


class ClosedDoorAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        user.must_change_password = False
        super().set_password(user, password)
        record("account.password_changed", by=None, user=user, on=user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> object:
        record("account.login", by=None, user=user, on=user, origin=request.META.get("REMOTE_ADDR", "")[:45])
        return super().post_login(request, user, **kwargs)
