"""Who gave what to whom: from a membership up to whom it goes back to, and down to what it gave (R-AUT-1, R-SEC-2)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.domain.authority import grants_in
from accounts.domain.categories import remit_label
from accounts.domain.memberships import givers_of
from accounts.enums import TRAIL_ROLES, Act, Role
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.views.guard import page_of
from kit.whole import whole


@require_safe
@membership_required(*TRAIL_ROLES)
def tree(request: Request) -> HttpResponse:
    """One membership of the place with its givers above and what it gave below; without one the administrators of the
    place itself.
    """
    by: Membership = request.membership
    seats = Membership.objects.visible_to(by).select_related("user", "organisation")
    number = whole(request.GET.get("of", ""))
    of = get_object_or_404(seats, pk=number) if number is not None else None
    rows = (
        seats.filter(given_by=of)
        if of
        else seats.current().filter(role=Role.ADMINISTRATOR, organisation__division=by.division)
    )
    page = page_of(request, rows.order_by("-since", "-pk"))
    return render(
        request,
        "accounts/grant/tree.html",
        {"of": of, "above": givers_of(of) if of else [], "page": page, "grants": _given(by, of) if of else []},
    )


def _given(by: Membership, of: Membership) -> list[dict[str, object]]:
    """The grants a membership gave in the reader's place."""
    departments, people = (rows.filter(granted_by=of) for rows in grants_in(by.division))
    named = [(given.group.organisation.name, given) for given in departments]
    named += [(given.user.full_name, given) for given in people]
    return [
        {
            "holder": holder,
            "act": Act(given.permission.codename).label,
            "about": remit_label(given.content_object.category, given.content_object.training_type),
            "place": given.content_object.division.name,
            "given": given,
        }
        for holder, given in named
    ]
