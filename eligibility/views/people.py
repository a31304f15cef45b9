"""A person's life line across years and units, for officers within their scope (lessons.md, feature 12; R-SEC-1)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from casework.views.base import seated
from eligibility.domain.people import life_of
from eligibility.models import Person


@require_GET
@seated()
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the post may see of a person, newest first, the number masked; a stranger to the scope is not found."""
    post = request.post  # type: ignore[attr-defined]
    if post.is_unit:
        raise PermissionDenied(_("人员历次记录供审核部门使用。"))
    found = get_object_or_404(Person, pk=pk)
    events = life_of(found, post)
    if not events:
        raise Http404
    return render(request, "eligibility/people/show.html", {"person": found, "events": events})
