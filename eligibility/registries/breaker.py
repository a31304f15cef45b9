"""Stops asking a registry that does not answer, and tries again after a pause with one call (R-ELG-6).

The state is in Redis (`lua/breaker.lua`), so all workers stop together. After `failures` calls in a row without an
answer the breaker is open for `pause` seconds (an answer one subject may have spoilt shows that it is there); then one
trial call is let through while the others wait for its outcome: an answer closes it, silence opens it again.
"""

from datetime import UTC, datetime

from eligibility.registries import store


def paused_until(code: str) -> datetime | None:
    """The moment until which a registry is not asked at all; None while it is asked."""
    value = store.client().hget(store.key(code, "breaker"), "open_until")
    until = datetime.fromtimestamp(int(float(value)) / 1000, UTC) if value else None
    return until if until and until > datetime.now(UTC) else None


def ask_again(code: str) -> None:
    """Close the breaker by hand, after the other side says it is back."""
    store.client().delete(*store.keys(code, "breaker", "trial", "not_before"))
