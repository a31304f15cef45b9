"""What allauth may do: nobody signs up by themselves; every way in and out is on the record (R-REG-1, R-SEC-2)."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.logins import record_failure
from accounts.domain.tokens import end_tokens
from accounts.middleware import caller_address
from accounts.models import User

NOTED = {"mfa/email/totp_activated": "account.totp_added", "mfa/email/totp_deactivated": "account.totp_removed"}


class AccountAdapter(DefaultAccountAdapter):
    """Settings' ACCOUNT_ADAPTER."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_password(self, password: str, user: User | None = None) -> str:
        """A first password is known to whoever opened the account: it cannot be kept."""
        if user and user.must_change_password and user.check_password(password):
            raise ValidationError(_("新密码不能与初始密码相同。"))
        return super().clean_password(password, user)

    def set_password(self, user: User, password: str) -> None:
        """A new password ends the first one's duty and the API token that was got with the old one."""
        user.must_change_password = False
        super().set_password(user, password)
        end_tokens(user)
        record("account.password_changed", by=None, user=user, on=user, division=_place(user), origin=self._origin())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is counted until the lock; what comes during the lock adds nothing to the trail."""
        if not getattr(request, "axes_locked_out", False):
            record_failure(str(credentials.get("username", ""))[:60], caller_address(request))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        record("account.login", by=None, user=user, on=user, division=_place(user), origin=caller_address(request))
        return super().post_login(request, user, **kwargs)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if not isinstance(user, AnonymousUser):
            record("account.logout", by=None, user=user, on=user, division=_place(user), origin=caller_address(request))
        super().logout(request)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """allauth tells of changes to the second factor here; there is no mail, the trail takes note.

        Tokens got without it, or with one that is gone, end.
        """
        if act := NOTED.get(template_prefix):
            end_tokens(user)
            record(act, by=None, user=user, on=user, division=_place(user), origin=self._origin())

    def _origin(self) -> str:
        return caller_address(self.request) if self.request else ""


def _place(user: User) -> str:
    """The chain of a user's own division, so that its auditors see the logins of their people."""
    return (
        user.memberships.current().order_by("since", "id").values_list("organisation__division_id", flat=True).first()
        or ""
    )
