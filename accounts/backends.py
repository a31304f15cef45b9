"""Logging in by password, and coming back with a session (R-REG-1)."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from accounts.domain.people import seats_of
from accounts.models import User


class SeatedBackend(ModelBackend):
    """Django's own, but who comes back is read together with the seats they act in: every page needs both (P7)."""

    def get_user(self, user_id: int) -> User | None:
        """Seats are of active users only; whoever has none is read as usual."""
        seats = seats_of(user_id)
        if not seats:
            return super().get_user(user_id)
        user = seats[0].user
        user.seats = seats
        return user
