"""Ready sentences for returning, refusing, striking out: those in force today, by kind of case and category."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from casework.models import Reason
from kit.fast.prepared import prepared


def ready_reasons(moves: tuple[str, ...], *, kind: str = "", category: str = "") -> list[tuple[str, str]]:
    """(move, sentence) of these moves, those of the case's own kind and category before the general ones; one query."""
    return list(_reasons(moves, ("", kind), ("", category), timezone.localdate()))


@prepared
def _reasons(
    moves: tuple[str, ...], kinds: tuple[str, ...], categories: tuple[str, ...], day: date
) -> QuerySet[Reason]:
    rows = Reason.objects.filter(Reason.on(day), move__in=moves, kind__in=kinds, category__in=categories)
    return rows.order_by("-kind", "-category", "id").values_list("move", "text")
