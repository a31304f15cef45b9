"""Whose work waits on which desk: for every person who may decide it, without a query a person (R-AUT-1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from accounts.domain.grants import remits_of_many
from accounts.enums import HANDS_ON, Role
from accounts.models import Membership
from casework.domain.inbox import needs_of

Row = Mapping[str, Any]
FIELDS = ("desk", "need", "category", "training_type", "barred")


def deciders(rows: Iterable[Row]) -> Iterator[tuple[Membership, list[Row]]]:
    """Every person of an office, in whatever roles he sits there, with those of the rows (`FIELDS` of a work item)
    that stand in his 待办; as `waiting` finds them for one. Four queries however many there are.
    """
    by_desk: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_desk[row["desk"]].append(row)
    seats = list(
        Membership.objects.current()
        .filter(organisation__in=by_desk, role__in=(*HANDS_ON, Role.FINANCE))
        .select_related("user__contact", "organisation__division")
        .order_by("id")
    )
    remits = remits_of_many(seats)
    people: dict[tuple[int, int], tuple[Membership, set[tuple[str, str, str]]]] = {}
    for membership in seats:
        seat = (membership.organisation_id, membership.user_id)
        people.setdefault(seat, (membership, set()))[1].update(needs_of(membership, remits[membership.pk]))
    for (office, user), (membership, needs) in people.items():
        mine = [row for row in by_desk[office] if user not in row["barred"] and needs & set(_fitting(row))]
        if mine:
            yield membership, mine


def _fitting(row: Row) -> Iterable[tuple[str, str, str]]:
    """What a grant may name that lets a row be decided."""
    return product([row["need"]], ["", row["category"]], ["", row["training_type"]])
