"""The trail itself, held each night against its own rules, the last digest and the seals (R-SEC-2)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.domain.audit import verify
from accounts.domain.digests import held_against
from accounts.domain.findings import Found, register_search
from accounts.domain.seals import broken_seals
from accounts.enums import REGION
from accounts.models import DailyDigest

SENTENCES = {
    "trail_flaw": _("审计链%(chain)s第%(number)s号：%(problem)s。"),
    "trail_cut": _("审计链%(chain)s与%(day)s的每日摘要不符：%(problem)s。"),
    "seal_broken": _("数据表%(table)s第%(first)s至%(last)s行与封存时不同（封存时%(rows)s行，现在%(now)s行）。"),
}


def trail_as_it_was() -> Iterator[Found]:
    """Flaws of the chains, chains shorter than or other than in the last digest, and sealed rows that were changed."""
    for flaw in verify():
        yield Found(
            "trail_flaw",
            flaw.chain,
            "event",
            flaw.number,
            flaw.chain,
            {"chain": flaw.chain, "number": flaw.number, "problem": flaw.problem},
        )
    last = DailyDigest.objects.first()
    for flaw in held_against([(chain, number, hash_) for chain, number, hash_ in last.heads]) if last else ():
        yield Found(
            "trail_cut",
            flaw.chain,
            "event",
            flaw.number,
            flaw.chain,
            {"chain": flaw.chain, "day": str(last.day) if last else "", "problem": flaw.problem},
        )
    for seal in broken_seals():
        yield Found(
            "seal_broken",
            REGION,
            seal.table[:40],
            seal.first,
            seal.table,
            {"table": seal.table, "first": seal.first, "last": seal.last, "rows": seal.rows, "now": seal.rows_now},
        )


def register() -> None:
    register_search("trail", trail_as_it_was, SENTENCES)
