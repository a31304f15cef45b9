"""Comments, notices and late work (R-SEC-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.enums import READ_ONLY, WATCHERS
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.domain.comments import comment
from casework.domain.deliveries import numbers_of
from casework.domain.inbox import overdue as overdue_rows
from casework.domain.keyset import page_of
from casework.models import Notice
from casework.views.base import load_case
from kit.refusals import NotAllowed
from kit.whole import whole


@post_only("case", "kind", "pk")
@membership_required()
def comments(request: Request, kind: str, pk: int) -> HttpResponse:
    _flow, application = load_case(request, kind, pk)
    membership: Membership = request.membership
    if membership.role in READ_ONLY:
        raise NotAllowed(_("只读岗位不能留言。"))
    comment(application, request.POST.get("text", ""), by=membership, internal="internal" in request.POST)
    messages.success(request, _("留言已发出。"))
    return redirect("case", kind, pk)


@require_GET
@membership_required()
def notices(request: Request) -> HttpResponse:
    """The notices of the organisation, the latest first, page by page; new ones are marked until opened."""
    membership: Membership = request.membership
    seen = Notice.seen_by.through.objects.filter(notice_id=OuterRef("pk"), user_id=membership.user_id)
    rows = Notice.objects.filter(Notice.of(membership)).annotate(seen=Exists(seen))
    page = page_of(
        rows, "id", descending=True, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    return render(request, "casework/notice/list.html", {"page": page, "groups": _by_case(page.rows)})


def _by_case(rows: Sequence[Notice]) -> list[dict[str, Any]]:
    """The notices of a page by case, in the order of the newest of each; what is about no case stands for itself."""
    numbers, found = numbers_of(rows), {}
    for row in rows:
        number = numbers.get((row.kind, row.object_id), "")
        group = found.setdefault(number or row.pk, {"number": number, "newest": row, "older": [], "news": False})
        group["news"] |= not row.seen
        if group["newest"] is not row:
            group["older"].append(row)
    return list(found.values())


@post_only("notices")
@membership_required()
def notice(request: Request, pk: int) -> HttpResponse:
    """Open a notice: it is seen by this reader, and its case comes up."""
    membership: Membership = request.membership
    found = get_object_or_404(Notice, Notice.of(membership), pk=pk)
    found.seen_by.add(membership.user_id)
    return redirect(found.url or "notices")


@post_only("notices")
@membership_required()
def notices_seen(request: Request) -> HttpResponse:
    """All notices seen, or those of one case, whose page asks for it when it is opened."""
    membership: Membership = request.membership
    rows = Notice.objects.filter(Notice.of(membership)).exclude(seen_by=membership.user_id)
    kind, object_id = request.POST.get("kind", ""), whole(request.POST.get("object_id"))
    if kind and object_id is not None:
        rows = rows.filter(kind=kind, object_id=object_id)
    through = Notice.seen_by.through
    through.objects.bulk_create(
        [through(notice_id=pk, user_id=membership.user_id) for pk in rows.values_list("pk", flat=True)],
        ignore_conflicts=True,
    )
    return HttpResponse(status=204) if request.htmx else redirect("notices")


@require_GET
@membership_required(*WATCHERS)
def overdue(request: Request) -> HttpResponse:
    """Work past its last day at this place and below it, the latest first."""
    rows = overdue_rows(request.membership)
    places = (
        rows.order_by().values("division_id", "division__name").annotate(n=Count("pk")).order_by("-n", "division_id")
    )
    place = request.GET.get("place", "")
    if whole(place) is not None:
        rows = rows.filter(division=place)
    page = page_of(
        rows.select_related("applicant", "division", "desk"),
        "due_on",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    return render(
        request,
        "casework/overdue/list.html",
        {"page": page, "places": list(places), "place": place, "today": timezone.localdate()},
    )
