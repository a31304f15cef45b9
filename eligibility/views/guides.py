"""The role guides inside the portal (R-AUT-6)."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.middleware import membership_required
from eligibility.domain import guides


@require_GET
@membership_required()
def every(request: Request) -> HttpResponse:
    """All guides, the reader's own first."""
    own = guides.guide_of(request.membership)
    names = [own, *(name for name in guides.GUIDES if name != own)]
    return render(request, "eligibility/guides/list.html", {"guides": [guides.guide(name) for name in names]})


@require_GET
@membership_required()
def show(request: Request, name: str) -> HttpResponse:
    try:
        found = guides.guide(name)
    except KeyError as missing:
        raise Http404 from missing
    return render(request, "eligibility/guides/show.html", {"guide": found})


@require_GET
@membership_required()
def picture(request: Request, name: str) -> FileResponse:
    """A picture some guide shows; no other file."""
    try:
        return FileResponse(guides.picture(name).open("rb"))
    except KeyError as missing:
        raise Http404 from missing
