"""Words beside a case: questions and answers between the applicant and the office, and notes among officers."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership
from casework.domain.flow import flow_of
from casework.domain.inbox import tell
from casework.models import Application, Comment
from kit.fast.prepared import prepared
from kit.refusals import NotValid
from kit.text import written

LONGEST = 2000


def comment(application: Application, text: str, *, by: Membership, internal: bool = False) -> Comment:
    """Add a comment; the other side gets a notice. Internal ones are for offices only."""
    text = written(text)
    if not text:
        raise NotValid(_("请先写下留言内容。"), field="text")
    if len(text) > LONGEST:
        raise NotValid(_("留言不能超过 %(n)d 个字。") % {"n": LONGEST}, field="text")
    if internal and by.is_unit:
        raise NotValid(_("内部意见只供审批部门使用。"), field="internal")
    flow = flow_of(application)
    with transaction.atomic():
        added = Comment.objects.create(kind=flow.kind, object_id=application.pk, by=by, text=text, internal=internal)
        record("comment.added", by=by, on=application, internal=internal)
        other = application.desk if by.is_unit else application.applicant
        if other and not internal and other.pk != by.organisation_id:
            tell(
                application,
                _("%(number)s 有新留言：%(text)s") % {"number": application, "text": text},
                organisation=other,
            )
    return added


def comments_on(application: Application, membership: Membership) -> list[Comment]:
    """What this membership may read, oldest first; internal notes never reach a unit."""
    return _comments(application._meta.model_name, application.pk, unit=membership.is_unit)


@prepared
def _comments(kind: str, object_id: int, *, unit: bool) -> QuerySet[Comment]:
    rows = Comment.objects.filter(kind=kind, object_id=object_id)
    if unit:
        rows = rows.filter(internal=False)
    return rows.select_related("by__user", "by__organisation").order_by("id")
