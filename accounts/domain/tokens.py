"""Issuing, checking and ending the tokens of programs (R-SEC-1, R-SEC-2)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.domain.audit import record
from accounts.models import ApiToken, User
from kit.crypto import digest_of

BYTES = 32  # the stored form is a plain hash: 256 random bits nobody can try out
NOTED_EVERY = timedelta(minutes=10)  # how exactly the last use is kept: a write for each call would buy nothing


def issue_token(user: User, *, label: str = "", division: str = "", origin: str = "") -> tuple[str, ApiToken]:
    """A new token for `settings.API_TOKEN_DAYS` days; its key is given once and kept nowhere."""
    key, now = secrets.token_urlsafe(BYTES), timezone.now()
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            digest=digest_of(key),
            label=label,
            origin=origin,
            issued_at=now,
            expires_at=now + timedelta(days=settings.API_TOKEN_DAYS),
        )
        record(
            "token.issued",
            by=None,
            user=user,
            on=user,
            division=division,
            origin=origin,
            token=token.pk,
            label=label,
            expires_on=str(timezone.localdate(token.expires_at)),
        )
    return key, token


def token_behind(key: str) -> ApiToken | None:
    """The token in force with this key, of a user who may log in; its use is noted."""
    token = (
        ApiToken.objects.in_force().select_related("user").filter(digest=digest_of(key), user__is_active=True).first()
    )
    now = timezone.now()
    if token and (token.used_at is None or now - token.used_at > NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """All tokens of a user, those in force and the ended ones, the newest first."""
    return ApiToken.objects.filter(user=user).order_by("-issued_at", "-pk")


def revoke_token(token: ApiToken, *, division: str = "", origin: str = "") -> None:
    """Its owner ends a token at once; the second time changes nothing."""
    with transaction.atomic():
        if end_tokens(token.user, only=token.pk):
            record(
                "token.revoked",
                by=None,
                user=token.user,
                on=token.user,
                division=division,
                origin=origin,
                token=token.pk,
                label=token.label,
            )


def end_tokens(user: User, *, only: int | None = None) -> int:
    """All tokens of a user end: the password they were got with is another, or a second factor is now asked for."""
    tokens = ApiToken.objects.filter(user=user, ended_at__isnull=True)
    return (tokens.filter(pk=only) if only else tokens).update(ended_at=timezone.now())
