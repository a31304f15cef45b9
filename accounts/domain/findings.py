"""The nightly search for what should not be: rights held by older data, states and sums without a trail (R-AUT-5,
R-SEC-2).

Every room registers its searches; what they find stands on a page of the administrators and auditors of the place and
of the levels above until it is mended, and is put in the trail once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise

from accounts.domain.audit import record
from accounts.enums import REGION, Act, Role
from accounts.models import Division, Finding, Membership


@dataclass(frozen=True)
class Found:
    """One thing a search found: what kind of wrong (`code`), where, on what, and the facts its sentence names."""

    code: str
    division: str
    kind: str
    id: int
    subject: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.code, self.kind, self.id, self.subject


Search = Callable[[], Iterable[Found]]
_searches: dict[str, Search] = {}
_sentences: dict[str, str | Promise] = {}


def register_search(name: str, search: Search, sentences: Mapping[str, str | Promise]) -> None:
    """A search and the sentences of the codes it may find, with %(name)s places for its facts."""
    _searches[name] = search
    _sentences.update(sentences)


def ask(sql: str, params: list[Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a search written in SQL."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or [])
        yield from cursor.fetchall()


def sentence_of(finding: Finding) -> str:
    """What is wrong, in words; roles and rights by their names."""
    words = _sentences.get(finding.code)
    return str(words) % {name: _named(value) for name, value in finding.facts.items()} if words else finding.code


def _named(value: Any) -> Any:
    if value in Role.values:
        return Role(value).label
    return Act(value).label if value in Act.values else value


def search() -> list[Finding]:
    """Run every search; new findings are kept and recorded, those that are mended are closed. Gives
    all that stand now.
    """
    found = {one.key: one for name in sorted(_searches) for one in _searches[name]()}
    with transaction.atomic():
        standing = {
            (f.code, f.subject_kind, f.subject_id, f.subject): f
            for f in Finding.objects.select_for_update().filter(gone_at__isnull=True)
        }
        places = set(Division.objects.values_list("pk", flat=True))
        for key, one in found.items():
            if key not in standing:
                _keep(one, one.division if one.division in places else REGION)
        gone = [finding.pk for key, finding in standing.items() if key not in found]
        Finding.objects.filter(pk__in=gone).update(gone_at=timezone.now())
    return list(Finding.objects.filter(gone_at__isnull=True).select_related("division").order_by("code", "pk"))


def _keep(one: Found, place: str) -> None:
    kept = Finding.objects.create(
        code=one.code,
        division_id=place,
        subject_kind=one.kind,
        subject_id=one.id,
        subject=one.subject,
        facts=one.facts,
        found_at=timezone.now(),
    )
    record("watch.found", by=None, on=kept, division=place, code=one.code, what=one.subject, **one.facts)


def standing(membership: Membership | None) -> Any:
    """The findings that stand, of the membership's place and below, the newest first."""
    return (
        Finding.objects.visible_to(membership)
        .filter(gone_at__isnull=True)
        .select_related("division")
        .order_by("-found_at", "-pk")
    )
