"""Night work of WHO, MAY and DID: ten lines each, safe to run twice (R-SEC-2, R-AUT-5)."""

from __future__ import annotations

from celery import shared_task

from accounts.domain.digests import make_digest
from accounts.domain.findings import search


@shared_task(name="accounts.tasks.make_daily_digest")
def make_daily_digest() -> str:
    """The digest of the day, once; gives the day."""
    return make_digest().day.isoformat()


@shared_task(name="accounts.tasks.search_at_night")
def search_at_night() -> int:
    """Look for rights nobody could be given and for values without a trail; gives how many findings stand."""
    return len(search())
