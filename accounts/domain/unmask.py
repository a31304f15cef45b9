"""Looking at unmasked personal data is an act of its own, with a purpose on the record (R-SEC-1, N三(四))."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import may
from accounts.domain.refusals import note
from accounts.enums import Act
from accounts.models import Division, Event, Membership
from kit.refusals import NotAllowed, NotValid, Refused
from kit.text import written

SHORTEST_PURPOSE = 4


def unmask(
    membership: Membership | None,
    purpose: str,
    *,
    on: models.Model,
    division: Division,
    category: str = "",
    what: Iterable[str] = ("number",),
) -> Event:
    """Record that `by` looks at `what` of a person or list for a purpose; a refusal is recorded too.

    The caller shows the values only after this returned; their plain text never reaches the trail.
    """
    fields = sorted(what)
    refused: Refused | None = None
    if not may(membership, Act.UNMASK_PERSONS, division, category):
        refused = NotAllowed(_("您没有查看完整个人信息的权限。"))
    elif len(written(purpose)) < SHORTEST_PURPOSE:
        why = _("请写明查看的用途（至少 %(count)d 个字）。") % {"count": SHORTEST_PURPOSE}
        refused = NotValid(why, field="purpose")
    if refused:
        note(
            "person.unmask_refused",
            by=membership,
            kind=on._meta.model_name or "",
            division=division.pk,
            reason=str(refused),
            fields=fields,
            id=on.pk,
        )
        raise refused
    return record("person.unmasked", by=membership, on=on, division=division.pk, reason=written(purpose), fields=fields)
