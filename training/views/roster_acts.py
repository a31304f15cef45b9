"""Acts on one person of a case under review (workflow.md, Decision)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from casework.domain.moves import NotYours, Obstructed
from casework.views.base import seated
from training.domain.strikes import NOT_CONFIRMED, strike_out, why_not_officer
from training.models import Enrolment


@require_POST
@seated()
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Strike one person out with a reason, chosen or written, and confirmed: never by one click."""
    enrolment = get_object_or_404(
        Enrolment.objects.visible_to(request.post).select_related("person", "training_class__opening"), pk=pk)
    words = [request.POST.get(name, "").replace("\0", "").strip() for name in ("reason_choice", "reason")]
    if "confirmed" not in request.POST and not why_not_officer(enrolment.training_class.opening, request.post):
        return render(request, "409.html", {"sentences": [NOT_CONFIRMED]}, status=409)
    try:
        strike_out(enrolment, "；".join(word for word in words if word), by=request.post)
    except NotYours as refused:
        raise PermissionDenied(" ".join(refused.sentences)) from refused
    except Obstructed as refused:
        return render(request, "409.html", {"sentences": refused.sentences}, status=409)
    messages.success(request, _("已剔除%(name)s。") % {"name": enrolment.person.name})
    return redirect("case", "opening", enrolment.training_class.opening.pk)
