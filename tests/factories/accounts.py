"""Builders of the accounts room."""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from accounts.models import User


def code_of(secret: str) -> str:
    """The six digits an authenticator shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def with_totp(user: User) -> str:
    """Gives the user a second factor; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def wrong_code(secret: str) -> str:
    return "000000" if code_of(secret) != "000000" else "111111"
