"""What happens at the login, on the record; who must first do what before anything else (R-SEC-2, R-REG-1)."""

from __future__ import annotations

from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from axes.conf import settings as axes_settings
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset as reset_attempts
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Event, User
from kit.crypto import lookup_hash


def guard_name(username: str) -> str:
    """What the login guard keeps instead of the name that was typed: the same for the same name, and nobody can read
    it.
    """
    return lookup_hash(username, "axes.username").hex()


def guarded_name(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str | None:
    """Settings' AXES_USERNAME_CALLABLE."""
    typed = (credentials or request.POST).get("username")
    return guard_name(typed) if typed else None


def record_failure(username: str, origin: str, *, locked: bool = False) -> Event:
    """A wrong password, or (`locked`) the one too many.

    An unknown name is kept as a keyed digest only: people type passwords into that box.
    """
    user = User.objects.filter(username=username).first()
    shown = username if user else _("未知用户名 #%(mark)s") % {"mark": guard_name(username)[:8]}
    act = "account.locked_out" if locked else "account.login_failed"
    return record(act, by=None, user=user, on=user, origin=origin, username=shown)


def has_totp(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def asked_first(user: User) -> str:
    """What a user must settle before anything else: "password", "totp" or "" (settings.TOTP_REQUIRED_ROLES)."""
    if user.must_change_password:
        return "password"
    roles = settings.TOTP_REQUIRED_ROLES
    if roles and user.memberships.current().filter(role__in=roles).exists() and not has_totp(user):
        return "totp"
    return ""


def is_locked(user: User) -> bool:
    """Are there too many wrong passwords for this user within the cool-off, from any one address?"""
    recent = AccessAttempt.objects.filter(username=guard_name(user.username))
    if cool_off := get_cool_off():
        recent = recent.filter(attempt_time__gt=timezone.now() - cool_off)
    by_address = recent.values("ip_address").annotate(failures=Sum("failures_since_start"))
    return by_address.filter(failures__gte=axes_settings.AXES_FAILURE_LIMIT).exists()


def forget_failures(username: str, origin: str = "") -> None:
    """Wrong passwords of a name are forgotten, from one address or from all."""
    reset_attempts(username=guard_name(username), ip=origin or None)
