"""What is known of a case while one move is taken or one page is made: read once, handed to guards, conditions and
sections (R-OPN-5).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Generic, TypeVar

from django.db.models import QuerySet

from accounts.domain.authority import Held
from casework.models import Application, Attachment
from kit.fast.prepared import prepared

A = TypeVar("A", bound=Application)
Remits = Iterable[Held]


class CaseFile(Generic[A]):
    """Made anew by `take()` under the row lock and by each page, and kept by nobody, so that nothing in it grows old.

    `remits` are the grants of whoever looks at it, where the page has read them already. A kind of which more is asked
    has a file of its own built on this one; its flow names it (`Flow.file`).
    """

    def __init__(self, application: A, remits: Remits | None = None) -> None:
        self.application, self.remits = application, remits

    @cached_property
    def attachments(self) -> dict[str, list[Attachment]]:
        """Every file of each slot, the valid one first."""
        return attachments_of(self.application._meta.model_name or "", self.application.pk)

    def attached(self, slot: str) -> Attachment | None:
        """The file now valid in a slot."""
        return next((file for file in self.attachments.get(slot, []) if file.replaced_at is None), None)


def attachments_of(kind: str, object_id: int) -> dict[str, list[Attachment]]:
    """Every file of each slot, the valid one first, then the replaced ones, newest first; one query."""
    found: dict[str, list[Attachment]] = {}
    for row in _attachments(kind, object_id):
        found.setdefault(row.slot, []).append(row)
    return found


@prepared
def _attachments(kind: str, object_id: int) -> QuerySet[Attachment]:
    return Attachment.objects.filter(kind=kind, object_id=object_id).select_related("by__user").order_by("-id")
