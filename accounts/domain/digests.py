"""The daily digest: made each night, exported and printed, held against the chains later (R-SEC-2).

Whoever owns the tables can wind a chain back or remove it whole, head and all; only a digest kept elsewhere shows that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import Flaw, record
from accounts.domain.seals import seal_tables, seals_now
from accounts.enums import REGION
from accounts.models import ChainHead, DailyDigest
from kit.crypto import digest_of

TITLE = "fanbu audit digest"
Head = tuple[str, int, str]
LINE = re.compile(r"^(\d{6}) (\d{1,18}) ([0-9a-f]{64})$")
SEAL_LINE = re.compile(r"^seal ([a-z_]{1,63}) (\d{1,18}) (\d{1,18}) ([0-9a-f]{64})$")


class DigestUnreadable(Exception):
    """The file is no digest, or not as it was written."""


@dataclass(frozen=True)
class Digest:
    """What a digest file says."""

    day: str
    heads: list[Head]
    seals: list[tuple[str, int, int, str]]


def make_digest(day: date | None = None) -> DailyDigest:
    """The digest of a day, made once: seals over what came since, every chain's head, and the act
    itself in the trail.
    """
    day = day or timezone.localdate()
    with transaction.atomic():
        if found := DailyDigest.objects.filter(day=day).first():
            return found
        seal_tables()
        made = DailyDigest.objects.create(
            day=day,
            made_at=timezone.now(),
            seals=seals_now(),
            heads=[[head.chain, head.number, bytes(head.hash).hex()] for head in ChainHead.objects.order_by("chain")],
        )
        record(
            "audit.digest",
            by=None,
            division=REGION,
            day=str(day),
            digest=digest_of(body_of(made)),
            chains=len(made.heads),
        )
    return made


def body_of(made: DailyDigest) -> str:
    """The digest as lines: title and day, a line a chain (chain, number, hash), a line a table's last seal."""
    lines = [f"{TITLE} {made.day.isoformat()} {made.made_at.isoformat(timespec='seconds')}"]
    lines += [f"{chain} {number} {hash_}" for chain, number, hash_ in made.heads]
    lines += [f"seal {table} {first} {last} {digest}" for table, first, last, digest in made.seals]
    return "\n".join(lines) + "\n"


def text_of(made: DailyDigest) -> str:
    """The file to keep outside: the lines and, last, their own SHA-256."""
    body = body_of(made)
    return f"{body}sha256 {digest_of(body)}\n"


def read_digest(text: str) -> Digest:
    """A digest file as it was written; raises DigestUnreadable for anything else. Line ends of any
    system are the same.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").strip("\n").split("\n")
    if len(lines) < 2 or not lines[0].startswith(f"{TITLE} "):
        raise DigestUnreadable(_("这不是每日摘要文件。"))
    body = "\n".join(lines[:-1]) + "\n"
    if lines[-1] != f"sha256 {digest_of(body)}":
        raise DigestUnreadable(_("摘要文件不完整，或内容被改动：末行的校验值不符。"))
    heads, seals = [], []
    for line in lines[1:-1]:
        if head := LINE.match(line):
            heads.append((head[1], int(head[2]), head[3]))
        elif seal := SEAL_LINE.match(line):
            seals.append((seal[1], int(seal[2]), int(seal[3]), seal[4]))
        else:
            raise DigestUnreadable(_("摘要文件中有看不懂的行：%(line)s") % {"line": line[:60]})
    return Digest(lines[0].removeprefix(f"{TITLE} ")[:10], heads, seals)


def held_against(heads: Iterable[Head]) -> list[Flaw]:
    """Every chain that no longer contains what a digest says it did: removed, wound back, or
    written anew. One query.
    """
    wanted = list(heads)
    chains, numbers, hashes = ([head[place] for head in wanted] for place in range(3))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.chain, w.number, h.number, e.hash IS NOT NULL AND encode(e.hash, 'hex') = w.hash"
            " FROM unnest(%s::text[], %s::bigint[], %s::text[]) w(chain, number, hash)"
            " LEFT JOIN accounts_chainhead h ON h.chain = w.chain"
            " LEFT JOIN accounts_event e ON e.chain = w.chain AND e.number = w.number ORDER BY w.chain",
            [chains, numbers, hashes],
        )
        rows = cursor.fetchall()
    return [
        Flaw(chain, number, _what_became(number, now))
        for chain, number, now, same in rows
        if number and (now is None or now < number or not same)
    ]


def _what_became(number: int, now: int | None) -> str:
    if now is None:
        return _("整条链已不存在")
    if now < number:
        return _("链被退回到第%(now)s号，摘要中为第%(number)s号") % {"now": now, "number": number}
    return _("这一号的记录与摘要中的不同：链被重写")
