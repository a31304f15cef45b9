"""Writing and verifying the audit trail (R-SEC-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.enums import REGION
from accounts.models import Event, Membership
from kit.fast.rows import insert_row


def record(
    act: str,
    /,
    *,
    by: Membership | None,
    on: models.Model | None = None,
    kind: str = "",
    pk: int | None = None,
    division: str = "",
    reason: str = "",
    origin: str = "",
    user: Any = None,
    **data: Any,
) -> Event:
    """Add one event in the caller's transaction, about `on` or about the thing of `kind` numbered `pk`. `data` must be
    JSON and hold no plain personal number.

    The chain is the subject's division, else the actor's, else the region's.
    """
    chain = division or getattr(on, "division_id", "") or (by.organisation.division_id if by else "") or REGION
    event = Event(
        chain=chain,
        user=by.user if by else user,
        membership=by,
        actor=str(by) if by else (str(user) if user else _("系统")),
        act=act,
        subject_kind=kind or (on._meta.model_name if on is not None else ""),
        subject_id=on.pk if on is not None and isinstance(on.pk, int) else pk,
        subject=named(on)[:200] if on is not None else "",
        reason=reason,
        origin=origin or (by.origin if by else ""),
        data=data,
    )
    insert_row(event)
    return event


def named(thing: models.Model) -> str:
    """What a thing is called in the trail; one whose model gives it no name is called by its number."""
    if type(thing).__str__ is models.Model.__str__:
        return f"编号 {thing.pk}"
    with translation.override("zh-hans"):
        return str(thing)


@dataclass(frozen=True)
class Flaw:
    """A place where the trail does not hold: which chain, at which number, what is wrong."""

    chain: str
    number: int
    problem: str


# A row is whole when its hash is the digest of its own content on top of its predecessor's hash, and the numbers have
# no gap.
_FLAWS = """
    SELECT chain, number,
           CASE WHEN number <> expected THEN 'gap' WHEN previous <> before THEN 'link' ELSE 'content' END
    FROM (
        SELECT chain, number, previous, hash, accounts_event_digest(e) AS digest,
               row_number() OVER w AS expected,
               coalesce(lag(hash) OVER w, ''::bytea) AS before
        FROM accounts_event e WHERE %(all)s OR chain = ANY(%(chains)s) WINDOW w AS (PARTITION BY chain ORDER BY number)
    ) walked
    WHERE number <> expected OR previous <> before OR hash <> digest
    UNION ALL
    SELECT h.chain, h.number, 'head'
    FROM accounts_chainhead h
    LEFT JOIN LATERAL (SELECT number, hash FROM accounts_event
      WHERE chain = h.chain ORDER BY number DESC LIMIT 1) last ON true
    WHERE (last.number IS DISTINCT FROM h.number OR last.hash IS DISTINCT FROM h.hash) AND (%(all)s
      OR h.chain = ANY(%(chains)s))
    UNION ALL
    SELECT DISTINCT e.chain, 0::bigint, 'head' FROM accounts_event e
    WHERE (%(all)s OR e.chain = ANY(%(chains)s)) AND NOT EXISTS (SELECT 1 FROM accounts_chainhead h
      WHERE h.chain = e.chain)
    ORDER BY 1, 2 LIMIT 200
"""


def problem_label(code: str) -> str:
    return {
        "gap": _("编号不连续：此前有记录被删除或插入"),
        "link": _("与上一条记录的摘要不衔接"),
        "content": _("记录内容与其摘要不符：内容被改动"),
        "head": _("链尾与登记不符：末尾记录被删除或改动"),
    }[code]


def verify(chains: Iterable[str] | None = None) -> list[Flaw]:
    """Every flaw of every chain (or of the given ones), at most 200; an empty list means the trail is whole."""
    with connection.cursor() as cursor:
        cursor.execute(_FLAWS, {"all": chains is None, "chains": list(chains or [])})
        return [Flaw(chain, number, problem_label(code)) for chain, number, code in cursor.fetchall()]


def digest_of_the_day() -> str:
    """One line over all chain heads, for the monthly report (R-SEC-2)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(coalesce(string_agg(chain::bytea || hash, ''::bytea ORDER BY chain), ''::bytea)),"
            " 'hex') FROM accounts_chainhead"
        )
        return cursor.fetchone()[0]
