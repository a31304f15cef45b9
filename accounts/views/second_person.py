"""Proposed rights to export and to pay, for the second administrator (R-AUT-3, R-AUT-5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.authority import Grant
from accounts.domain.categories import remit_label
from accounts.domain.second_person import awaiting, confirm, turn_down, why_not_confirm
from accounts.enums import Act, Role
from accounts.forms import ReasonForm
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from accounts.views.guard import page_of

KINDS = ("department", "person", "membership")


@require_safe
@membership_required(Role.ADMINISTRATOR)
def listing(request: Request) -> HttpResponse:
    """What waits for confirmation in the administrator's place; beside what is not his the reason why."""
    by: Membership = request.membership
    rows = [(kind, one) for kind, found in zip(KINDS, awaiting(by), strict=True) for one in found]
    page = page_of(request, rows)
    page.object_list = [_line(kind, one, by) for kind, one in page.object_list]
    return render(request, "accounts/grant/second_person.html", {"page": page})


def _line(kind: str, proposed: Grant | Membership, by: Membership) -> dict[str, object]:
    line = {"kind": kind, "pk": proposed.pk, "key": f"{kind}-{proposed.pk}", "why_not": why_not_confirm(proposed, by)}
    if isinstance(proposed, Membership):
        what = _("岗位：%(role)s") % {"role": proposed.get_role_display()}
        proposer, at, where = proposed.given_by, proposed.since, proposed.organisation.name
        return line | {"holder": proposed.user.full_name, "what": what, "where": where, "by": proposer, "at": at}
    remit = proposed.content_object
    return line | {
        "holder": proposed.group.organisation.name if kind == "department" else proposed.user.full_name,
        "what": f"{Act(proposed.permission.codename).label}·{remit_label(remit.category, remit.training_type)}",
        "where": remit.division.name,
        "by": proposed.granted_by,
        "at": proposed.granted_at,
    }


@post_only("second_person")
@membership_required(Role.ADMINISTRATOR)
def answer(request: Request, kind: str, pk: int, name: str) -> HttpResponse:
    """Confirm a proposal, or turn it down with a reason."""
    kinds = dict(zip(KINDS, awaiting(request.membership), strict=True))
    if kind not in kinds or name not in ("confirm", "turn-down"):
        raise Http404
    proposed = get_object_or_404(kinds[kind], pk=pk)
    if name == "confirm":
        confirm(proposed, by=request.membership)
        messages.success(request, _("已复核，现已生效。"))
    else:
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        turn_down(proposed, by=request.membership, reason=reason)
        messages.success(request, _("已驳回。"))
    return redirect("second_person")
