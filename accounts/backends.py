"""Logging in by password, and coming back with a session (R-REG-1)."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from accounts.domain.memberships import memberships_of
from accounts.models import User


class MembershipBackend(ModelBackend):
    """Django's own, but who comes back is read together with the memberships they act in: every
    page needs both (P7).
    """

    def get_user(self, user_id: int) -> User | None:
        """Memberships are of active users only; whoever has none is read as usual."""
        memberships = memberships_of(user_id)
        if not memberships:
            return super().get_user(user_id)
        user = memberships[0].user
        user.acting_in = memberships
        return user
