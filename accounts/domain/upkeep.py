"""What an administrator does to an account: stop it, start it, a new first password, unlock (R-REG-1, R-SEC-2)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.logins import forget_failures
from accounts.domain.memberships import (
    already_done,
    first_password,
    no_reason,
    refuse_if,
    why_not_administer,
    why_not_without,
)
from accounts.domain.tokens import end_tokens
from accounts.models import Membership, Organisation, User
from kit.refusals import NotNow, Overtaken


def why_not_upkeep(by: Membership, user: User) -> str:
    """Why `by` may not touch an account, or "".

    All memberships that have not ended must lie in the administrator's place: a new password for one membership opens
    the others too.
    """
    if user.pk == by.user_id:
        return _("不能对自己的账户办理，请由其他管理员办理。")
    memberships = list(user.memberships.select_related("organisation__division").order_by("-since", "-id"))
    places = [
        membership for membership in memberships if membership.until is None or membership.until > timezone.localdate()
    ] or memberships[:1]
    if not places:
        return _("此账户没有岗位，请联系上级管理员。")
    return next(filter(None, (why_not_administer(by, membership.organisation) for membership in places)), "")


def _home(user: User) -> str:
    """The division whose chain tells what was done to an account."""
    membership = user.memberships.select_related("organisation").order_by("-since", "-id").first()
    return membership.organisation.division_id if membership else ""


def _begin(by: Membership, user: User, reason: str) -> None:
    refuse_if(why_not_upkeep(by, user), no_reason(reason), field="reason")


def _turn(user: User, active: bool, act: str) -> None:
    if User.objects.select_for_update(of=("self",)).get(pk=user.pk).is_active == active:
        raise Overtaken(already_done(user, act))
    user.is_active = active
    user.save(update_fields=["is_active"])


def deactivate(user: User, *, by: Membership, reason: str) -> None:
    """The account can no longer be used, nor its API token; all it did stays."""
    _begin(by, user, reason)
    with transaction.atomic():
        for held in user.memberships.current().select_related("organisation"):
            Organisation.objects.select_for_update(of=("self",)).get(pk=held.organisation_id)
            if last := why_not_without(held):
                raise NotNow([last])
        _turn(user, False, "account.deactivated")
        end_tokens(user)
        record("account.deactivated", by=by, on=user, division=_home(user), reason=reason)


def activate(user: User, *, by: Membership, reason: str) -> None:
    """The account can be used again."""
    _begin(by, user, reason)
    with transaction.atomic():
        _turn(user, True, "account.activated")
        record("account.activated", by=by, on=user, division=_home(user), reason=reason)


def reset_password(user: User, *, by: Membership, reason: str) -> str:
    """A new first password, shown once to the administrator; sessions and API token end, the lock is lifted."""
    _begin(by, user, reason)
    password = first_password()
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        end_tokens(user)
        forget_failures(user.username)
        record("account.password_reset", by=by, on=user, division=_home(user), reason=reason)
    return password


def unlock(user: User, *, by: Membership, reason: str) -> None:
    """Lift a lock-out before its time."""
    _begin(by, user, reason)
    with transaction.atomic():
        forget_failures(user.username)
        record("account.unlocked", by=by, on=user, division=_home(user), reason=reason)


def clear_totp(user: User, *, by: Membership, reason: str) -> None:
    """For a lost telephone: the user logs in by password and, where the role asks for it, sets up a new one at once."""
    _begin(by, user, reason)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        end_tokens(user)
        record("account.totp_cleared", by=by, on=user, division=_home(user), reason=reason)
