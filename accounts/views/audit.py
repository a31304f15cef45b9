"""The audit trail for those who may read it: filters, keyset pages, the integrity check (R-SEC-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.domain.audit import digest_of_the_day, record, verify
from accounts.domain.digests import text_of
from accounts.domain.labels import act_label, describe_data, known_acts, subject_label
from accounts.enums import TRAIL_ROLES, Level
from accounts.forms import AuditFilter
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import DailyDigest, Division, Event, Membership, User
from accounts.submissions import post_only
from accounts.views.guard import PER_PAGE, page_of, place_asked
from kit.whole import whole

SHOWN_NAMES = 200


@dataclass
class KeysetPage:
    """A page found by the id it stands beside, so that the millionth event costs what the first does."""

    paginator = None  # how many there are is not counted
    events: list[Event]
    before: int | None
    after: int | None

    @property
    def has_other_pages(self) -> bool:
        return bool(self.before or self.after)


@require_safe
@membership_required(*TRAIL_ROLES)
def listing(request: Request) -> HttpResponse:
    """Events of the reader's place, newest first."""
    membership: Membership = request.membership
    form = AuditFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    place = place_asked(request, membership)
    events = _narrowed(Event.objects.visible_to(membership), asked)
    return render(
        request,
        "accounts/audit/list.html",
        {
            "page": _page(events.within(place) if place else events, request),
            "form": form,
            "place": place,
            "divisions": Division.objects.filter(path__startswith=membership.division.path).order_by("path"),
            "acts": sorted(known_acts(), key=lambda act: act[1]),
            "codes": dict(known_acts()),
            "whole_region": membership.division.level == Level.REGION,
        },
    )


def _narrowed(events: QuerySet[Event], asked: dict[str, Any]) -> QuerySet[Event]:
    wanted = Q()
    if name := asked.get("person"):
        people = User.objects.filter(Q(full_name__icontains=name) | Q(username__iexact=name)).values_list(
            "pk", flat=True
        )
        wanted &= Q(user__in=list(people[:SHOWN_NAMES]))
    if act := asked.get("act"):
        wanted &= Q(act=act) if "." in act else Q(act__startswith=act)
    if kind := asked.get("kind"):
        wanted &= Q(subject_kind=kind)
    if subject := asked.get("subject"):
        wanted &= Q(subject_id=subject)
    if since := asked.get("since"):
        wanted &= Q(at__gte=_midnight(since))
    if until := asked.get("until"):
        wanted &= Q(at__lte=timezone.make_aware(datetime.combine(until, time.max)))
    return events.filter(wanted)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _page(events: QuerySet[Event], request: Request) -> KeysetPage:
    """`after=` older than that id, `before=` newer than it; one event more than shown tells whether there is another
    page.
    """
    after, before = (whole(request.GET.get(name)) for name in ("after", "before"))
    if before:
        rows = list(events.filter(pk__gt=before).order_by("pk")[: PER_PAGE + 1])
        more, shown = len(rows) > PER_PAGE, rows[:PER_PAGE][::-1]
        newer, older = more, bool(shown)
    else:
        rows = list((events.filter(pk__lt=after) if after else events).order_by("-pk")[: PER_PAGE + 1])
        shown, older, newer = rows[:PER_PAGE], len(rows) > PER_PAGE, bool(after)
    for event in shown:
        event.words, event.told, event.about = (
            act_label(event.act),
            describe_data(event.data, event.act),
            subject_label(event.subject),
        )
    return KeysetPage(shown, shown[0].pk if shown and newer else None, shown[-1].pk if shown and older else None)


@post_only("audit")
@membership_required(*TRAIL_ROLES)
def check(request: Request) -> HttpResponse:
    """Walk the chains of the reader's place, say what does not hold, and put the check itself on the record."""
    membership: Membership = request.membership
    place = membership.division
    whole = place.level == Level.REGION
    chains = None if whole else list(Division.objects.filter(path__startswith=place.path).values_list("pk", flat=True))
    flaws = verify(chains)
    digest = digest_of_the_day()
    record("audit.verified", by=membership, division=place.pk, flaws=len(flaws), digest=digest)
    names = dict(Division.objects.values_list("pk", "name"))
    return render(
        request,
        "accounts/audit/checked.html",
        {
            "flaws": [(names.get(flaw.chain, flaw.chain), flaw) for flaw in flaws],
            "digest": digest,
            "place": place,
            "at": timezone.now(),
        },
    )


@require_safe
@membership_required(*TRAIL_ROLES)
def digests(request: Request) -> HttpResponse:
    """The digests of the nights, the newest first: hashes and numbers of all chains, nothing of what the events say."""
    return render(request, "accounts/audit/digests.html", {"page": page_of(request, DailyDigest.objects.all())})


@require_safe
@membership_required(*TRAIL_ROLES)
def digest_page(request: Request, pk: int) -> HttpResponse:
    """One digest for the printer."""
    made = get_object_or_404(DailyDigest, pk=pk)
    return render(request, "accounts/audit/digest.html", {"digest": made, "text": text_of(made)})


@require_safe
@membership_required(*TRAIL_ROLES)
def digest_file(request: Request, pk: int) -> HttpResponse:
    """The file to keep outside, for `verify_audit --against`; taking it is on record."""
    made = get_object_or_404(DailyDigest, pk=pk)
    membership: Membership = request.membership
    record("audit.digest_taken", by=membership, division=membership.division.pk, day=str(made.day))
    return HttpResponse(
        text_of(made),
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="fanbu-digest-{made.day}.txt"',
            "X-Content-Type-Options": "nosniff",
        },
    )
