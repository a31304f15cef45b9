"""Home: what is asked of me now, by when, and why (R-SEC-3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.enums import Role
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from casework.context import frame_of
from casework.domain.home import home_sections
from casework.domain.inbox import overdue
from casework.enums import Standing, State
from casework.models import Step, WorkItem

LINES = 12
SOON = timedelta(days=2)
TEMPLATES = {
    Role.OPERATOR: "casework/home/applicant.html",
    Role.OFFICER: "casework/home/officer.html",
    Role.ADMINISTRATOR: "casework/home/officer.html",
    Role.FINANCE: "casework/home/finance.html",
    Role.INSPECTOR: "casework/home/reader.html",
    Role.AUDITOR: "casework/home/reader.html",
}


@membership_required()
def home(request: Request) -> HttpResponse:
    """The page of the role, then the sections other apps have added for it."""
    membership: Membership = request.membership
    facts = {Role.OPERATOR: applicant_facts, Role.INSPECTOR: reader_facts, Role.AUDITOR: reader_facts}.get(
        Role(membership.role), lambda held: office_facts(request, held)
    )
    context = facts(membership) | {
        "first_parts": home_sections(membership, first=True),
        "parts": home_sections(membership),
        "today": timezone.localdate(),
    }
    return render(request, TEMPLATES[Role(membership.role)], context)


def applicant_facts(membership: Membership) -> dict[str, Any]:
    """The unit's own cases: those it must act on with the reason, those on their way with the desk,
    those just decided.
    """
    mine = WorkItem.objects.filter(applicant=membership.organisation_id).select_related("desk", "division")
    asked = list(mine.filter(state__in=[State.DRAFT, State.RETURNED]).order_by("-since")[: LINES * 2])
    asked.sort(key=lambda item: item.state != State.RETURNED)
    reasons = last_reasons(asked, State.RETURNED)
    for item in asked:
        item.reason = reasons.get((item.kind, item.object_id))
    ended = list(mine.filter(standing=Standing.DONE).order_by("-since")[:6])
    refusals = last_reasons(ended, State.REFUSED)
    for item in ended:
        item.reason = refusals.get((item.kind, item.object_id))
    under_way = mine.filter(standing__in=[Standing.TODO, Standing.WAITING]).exclude(state=State.RETURNED)
    return {"asked": asked, "under_way": list(under_way.order_by("due_on", "id")[:LINES]), "ended": ended}


def last_reasons(items: list[WorkItem], state: str) -> dict[tuple[str, int], Step]:
    """The latest step into `state` of each of these cases; one query."""
    cases = Q()
    for item in items:
        if item.state == state:
            cases |= Q(kind=item.kind, object_id=item.object_id)
    steps = Step.objects.filter(cases, to_state=state).order_by("id") if cases else Step.objects.none()
    return {(step.kind, step.object_id): step for step in steps}


def office_facts(request: Request, membership: Membership) -> dict[str, Any]:
    """待办 by deadline, what is late or soon due, and for those above: late work below them."""
    frame, today = frame_of(request), timezone.localdate()
    sums = frame.waiting.order_by().aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)), soon=Count("pk", filter=Q(due_on__range=(today, today + SOON)))
    )
    facts: dict[str, Any] = sums | {
        "items": list(frame.waiting.select_related("applicant", "division")[:LINES]),
        "waiting": WorkItem.objects.filter(desk=membership.organisation_id, standing=Standing.WAITING).count(),
    }
    if membership.role == Role.ADMINISTRATOR or not membership.division.path.count("/") > 2:
        facts |= overdue_below(membership)
    return facts


def overdue_below(membership: Membership) -> dict[str, Any]:
    rows = overdue(membership).exclude(desk=membership.organisation_id)
    places = rows.order_by().values("division__name").annotate(n=Count("pk")).order_by("-n", "division_id")
    return {
        "below": list(rows.select_related("applicant", "division", "desk")[:LINES]),
        "below_places": list(places[:14]),
        "shows_below": True,
    }


def reader_facts(membership: Membership) -> dict[str, Any]:
    """Figures of everything in scope for those who only read."""
    rows = WorkItem.objects.visible_to(membership).order_by()
    by_kind = rows.values("kind").annotate(
        todo=Count("pk", filter=Q(standing=Standing.TODO)),
        waiting=Count("pk", filter=Q(standing=Standing.WAITING)),
        done=Count("pk", filter=Q(standing=Standing.DONE)),
        late=Count("pk", filter=Q(standing=Standing.TODO, due_on__lt=timezone.localdate())),
    )
    return {"kinds": list(by_kind.order_by("kind"))} | overdue_below(membership)
