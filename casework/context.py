"""What the frame shows on every page: menu, what waits, unseen notices, the user's other memberships. Asked once a
request, and only if shown.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils import timezone

from accounts.domain.authority import Held
from accounts.domain.grants import remits_of
from accounts.models import Membership
from casework.domain.counters import counters_for
from casework.domain.duties import Duty, duties_of
from casework.domain.inbox import Needs, inbox, needs_of, waiting
from casework.domain.workdays import calendar
from casework.enums import Standing
from casework.menu import menu_for
from casework.models import Notice, WorkItem
from kit.fast.prepared import prepared
from kit.workdays import Calendar

MOST_NOTICES = 99


class Frame:
    """The frame of one request. Views use the same object, so that nothing is asked twice."""

    def __init__(self, membership: Membership | None, path: str = "") -> None:
        self.membership, self.path = membership, path

    @cached_property
    def menu(self) -> list[Any]:
        return menu_for(self.membership) if self.membership else []

    @cached_property
    def current(self) -> str:
        """The address of the menu's line this page belongs to: the longest one the page's address begins with."""
        urls = [line.url for _label, lines in self.menu for line in lines]
        return max(
            (url for url in urls if self.path == url or (url != "/" and self.path.startswith(url))), key=len, default=""
        )

    @cached_property
    def remits(self) -> list[Held]:
        """The grants of this membership and of its department."""
        return remits_of(self.membership) if self.membership else []

    @cached_property
    def waiting(self) -> QuerySet[WorkItem]:
        """待办 of this membership, unread; the grants behind it are asked once."""
        return inbox(self.membership, Standing.TODO, remits=self.remits) if self.membership else WorkItem.objects.none()

    @property
    def todo_by_kind(self) -> dict[str, int]:
        return {line["kind"]: line["count"] for line in self._of_this_membership("waiting")}

    @cached_property
    def duties(self) -> list[Duty]:
        """What this membership must do that is no case."""
        return duties_of(self.membership) if self.membership else []

    @cached_property
    def workdays(self) -> Calendar:
        """The working days as they are known now; asked once a page, and only where a day may be provisional."""
        return calendar()

    @property
    def todo(self) -> int:
        return (
            0 if not self.membership or self.membership.is_unit else sum(self.todo_by_kind.values()) + len(self.duties)
        )

    @property
    def unseen(self) -> list[dict[str, Any]]:
        return self._of_this_membership("unseen")

    @cached_property
    def memberships(self) -> list[Membership]:
        """The user's memberships, each with the notices its user has not seen (`unseen`: id, kind, object) and this
        membership's 待办 (`waiting`: kind, count).

        What upper rooms count for this membership stands beside them as `n_…`.
        """
        return (
            _memberships_with_numbers(
                self.membership, timezone.localdate(), needs=needs_of(self.membership, self.remits)
            )
            if self.membership
            else []
        )

    @property
    def counted(self) -> Membership | None:
        """The membership acted in, with its numbers."""
        return next(
            (membership for membership in self.memberships if self.membership and membership.pk == self.membership.pk),
            None,
        )

    def _of_this_membership(self, what: str) -> list[dict[str, Any]]:
        """Nothing at all where the database had nothing to ask: no grants, no 待办."""
        return getattr(self.counted, what, None) or []

    @property
    def notices(self) -> int:
        return len(self.unseen)

    @cached_property
    def counters(self) -> dict[str, int]:
        """The numbers of the menu: 待办, unseen notices, and what upper rooms count for this membership."""
        more = (
            {name.removeprefix("n_"): number for name, number in vars(self.counted).items() if name.startswith("n_")}
            if self.counted
            else {}
        )
        return {"todo": self.todo, "notices": self.notices, **more}

    def has_news_of(self, kind: str, object_id: int) -> bool:
        return any(notice["kind"] == kind and notice["object_id"] == object_id for notice in self.unseen)


@prepared
def _memberships_with_numbers(membership: Membership, today: date, *, needs: Needs) -> QuerySet[Membership]:
    """One query for what the frame shows, whoever asks."""
    unseen = (
        Notice.objects.filter(Q(reader=None) | Q(reader=OuterRef("user_id")), organisation=OuterRef("organisation_id"))
        .exclude(seen_by=membership.user_id)
        .order_by("-id")
        .values(json=JSONObject(id="id", kind="kind", object_id="object_id"))[:MOST_NOTICES]
    )
    todo = inbox(membership, Standing.TODO) if membership.is_unit else waiting(membership, needs)
    by_kind = (
        todo.order_by().values("kind").annotate(count=Count("pk")).values(json=JSONObject(kind="kind", count="count"))
    )
    memberships = (
        Membership.objects.current(today).filter(user=membership.user_id).select_related("organisation__division")
    )
    numbers = {f"n_{name}": number for name, number in counters_for(membership).items()}
    return memberships.annotate(unseen=ArraySubquery(unseen), waiting=ArraySubquery(by_kind), **numbers).order_by(
        "since", "id"
    )


def frame_of(request: HttpRequest) -> Frame:
    """The request's one frame."""
    membership = getattr(request, "membership", None)
    found = getattr(request, "frame", None)
    if found is None or found.membership is not membership:
        found = Frame(membership, request.path)
        request.frame = found  # type: ignore[attr-defined]
    return found


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"frame": frame_of(request)}
