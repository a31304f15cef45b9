"""A person's life line across years and units, and the evidence, for officers within their scope (R-ELG-2,
R-SEC-1).
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.enums import WATCHERS
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership
from eligibility.domain.corrected import seen_by, survivor_of
from eligibility.domain.corrections import may_ask
from eligibility.domain.evidence import gates_of
from eligibility.domain.examine import subjects, subjects_called
from eligibility.domain.people import life_of
from eligibility.forms import NumberForm
from eligibility.models import Examination, Person
from kit.refusals import NotAllowed


@require_http_methods(["GET", "POST"])
@membership_required(*WATCHERS)
def find(request: Request) -> HttpResponse:
    """Find a person of the scope by the number, also by the one it had before a correction; the number never stands in
    an address.
    """
    membership: Membership = request.membership
    form = NumberForm(request.POST or None)
    seen: list[Person] = []
    if request.method == "POST" and form.is_valid():
        seen = seen_by(membership, form.cleaned_data["number"])
        if len(seen) == 1:
            return redirect("person", seen[0].pk)
        if not seen:
            form.add_error(None, _("管辖范围内没有这个号码的人员。"))
    return render(request, "eligibility/people/find.html", {"form": form, "people": seen}, status=status_of(form))


@require_GET
@membership_required()
def person(request: Request, pk: int) -> HttpResponse:
    """Everything the membership may see of a person, newest first, the number masked; a stranger to the scope is not
    found.
    """
    membership: Membership = request.membership
    if membership.is_unit:
        raise NotAllowed(_("人员历次记录供审核部门使用。"))
    found = Person.objects.filter(pk=pk).first()
    if found is None and (survivor := survivor_of(pk)):
        return redirect("person", survivor)
    events = life_of(found, membership) if found else []
    if not found or not events:
        raise Http404
    return render(
        request,
        "eligibility/people/show.html",
        {
            "person": found,
            "events": events,
            "subjects": subjects_of(found, membership),
            "may_correct": may_ask(found, membership),
        },
    )


def subjects_of(found: Person, membership: Membership) -> list[dict[str, Any]]:
    """Each training of the person inside the scope with its gates, the newest first."""
    kind = subjects().kind
    examined = Examination.objects.filter(person=found, subject_kind=kind)
    ids = set(examined.values_list("subject_id", flat=True).distinct())
    described = subjects().describe(membership, ids, struck=True) if ids else {}
    gates = gates_of(kind, described, office=not membership.is_unit)
    return [
        {"kind": kind, "pk": pk, "described": described[pk], "gates": gates[pk]}
        for pk in sorted(described, reverse=True)
    ]


@require_GET
@membership_required()
def subject(request: Request, kind: str, pk: int) -> HttpResponse:
    """One person in one class: every check of every gate. Asked for by htmx, only that part."""
    membership: Membership = request.membership
    provider = subjects_called(kind)
    described = provider.describe(membership, [pk], struck=True).get(pk) if provider else None
    if described is None:
        raise Http404
    rows = Examination.objects.filter(subject_kind=kind, subject_id=pk).select_related("person").order_by("-id")
    latest = rows.first()
    page = {
        "person": latest.person if latest else None,
        "described": described,
        "gates": gates_of(kind, [pk], office=not membership.is_unit)[pk],
        "may_see_person": not membership.is_unit,
        "entry": provider.entry(pk),
    }
    template = "_gates" if request.headers.get("HX-Request") else "subject"
    return render(request, f"eligibility/people/{template}.html", page)
