"""What the nightly watch found, grouped by class, and what the officer in charge made of it (R-ELG-8)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.enums import HANDS_ON, WATCHERS
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from kit.inputs import cleaned
from kit.whole import whole
from training.domain.verification.watch import changes_for, deal_with, why_none_in_charge
from training.domain.verification.watch_stops import describe_watch
from training.forms.checks import DealtForm
from training.models import Change

PAGE = 100
RELATED = (
    "enrolment__person",
    "enrolment__training_class__opening",
    "enrolment__training_class__division",
    "dealt_by__user",
)


@require_GET
@membership_required(*WATCHERS)
def changes(request: Request) -> HttpResponse:
    """The changes of the scope, open ones first, the newest night first, class by class; ?class= shows one."""
    return listed(request)


def listed(request: Request, sentences: list[str] | None = None, status: int = 200) -> HttpResponse:
    membership: Membership = request.membership
    rows = changes_for(membership).select_related(*RELATED)
    wanted = whole(request.GET.get("class"))
    if wanted is not None:
        rows = rows.filter(enrolment__training_class=wanted)
    page = Paginator(
        rows.order_by(
            F("dealt_at").desc(nulls_first=True), "-seen_at", "enrolment__training_class", "enrolment__sequence", "id"
        ),
        PAGE,
    ).get_page(request.GET.get("page"))
    return render(
        request,
        "training/watch/list.html",
        {
            "page": page,
            "classes": by_class(list(page), membership),
            "sentences": sentences or [],
        },
        status=status,
    )


def by_class(rows: list[Change], membership: Membership) -> list[dict[str, Any]]:
    """Each class once, with what is open, what was dealt with, and whether this membership may deal with it."""

    def key(change: Change) -> int:
        return change.enrolment.training_class_id

    places = {pk: place for place, pk in enumerate(dict.fromkeys(key(row) for row in rows))}
    forbidden = why_none_in_charge(
        membership, {key(row): row.enrolment.training_class for row in rows if row.dealt_at is None}.values()
    )
    found = []
    for pk, group in groupby(sorted(rows, key=lambda row: places[key(row)]), key=key):
        of_class = list(group)
        training_class = of_class[0].enrolment.training_class
        unsettled = describe_watch([row for row in of_class if row.dealt_at is None], training_class)
        found.append(
            {
                "class": training_class,
                "open": unsettled,
                "dealt": [row for row in of_class if row.dealt_at],
                "may_deal": bool(unsettled) and membership.role in HANDS_ON and not forbidden[pk],
            }
        )
    return found


@post_only("watch")
@membership_required(*HANDS_ON)
def dealt(request: Request, pk: int) -> HttpResponse:
    """The officer in charge says what came of a change."""
    change = get_object_or_404(changes_for(request.membership).select_related(*RELATED), pk=pk)
    deal_with(change, by=request.membership, **cleaned(DealtForm(request.POST)))
    messages.success(request, _("已标记为已处理。"))
    return redirect("watch")
