"""Refused attempts on the record, also where the transaction they were made in rolls back (R-AUT-4, R-SEC-2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from accounts.domain.audit import record
from kit.postgres.base import Refusal, listeners
from kit.refusals import NotValid, Refused

RIGHTS = "rights"  # the constraint name the triggers of the grant and membership tables give
GUARDED = "guarded"  # and the triggers of columns that change with a trail only


def note(act: str, /, **what: Any) -> None:
    """Record a refused attempt when the transaction is over, with what `record` takes; at once outside one."""
    connection.when_over(lambda: record(act, **what))


@contextmanager
def noted(act: str, **what: Any) -> Iterator[None]:
    """Whoever is refused inside: the attempt goes on record, with the sentence. What is merely to be mended is none."""
    try:
        yield
    except Refused as refused:
        if not isinstance(refused, NotValid):
            note(act, reason=str(refused), **what)
        raise


def listen() -> None:
    """From now on what the triggers refuse is noted, whichever way it was tried: `save()`, bulk calls, raw SQL."""
    listeners[RIGHTS] = _rights_refused
    listeners[GUARDED] = _change_refused


def _rights_refused(refusal: Refusal) -> None:
    note("grant.refused", by=None, reason=refusal.message, to=[refusal.detail] if refusal.detail else [])


def _change_refused(refusal: Refusal) -> None:
    note("guard.refused", by=None, reason=refusal.message, table=refusal.table, row=refusal.detail)
