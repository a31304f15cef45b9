"""What every page behind the login starts with: a membership, and a case inside its scope."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import Http404, HttpResponse

from accounts.http import Request
from accounts.models import Membership
from casework.domain.case_page import case_page_of
from casework.domain.flow import Flow, flows
from casework.models import Application
from kit.fast.prepared import prepared

View = Callable[..., HttpResponse]


def load_case(request: Request, kind: str, pk: int) -> tuple[Flow, Application]:
    """The flow and the application, or 404 when there is none inside the scope of the membership (R-LVL-2)."""
    flow = flows().get(kind)
    if flow is None:
        raise Http404
    found = _case(request.membership, pk, kind=kind)
    if not found:
        raise Http404
    return flow, found[0]


@prepared
def _case(membership: Membership, pk: int, *, kind: str) -> QuerySet:
    """No LIMIT, as get() has: it makes PostgreSQL plan so wide a join seven times as long."""
    return (
        flows()[kind]
        .model.objects.visible_to(membership)
        .select_related("division", "applicant", "desk", *case_page_of(kind).related)
        .filter(pk=pk)
    )
