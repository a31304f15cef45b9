"""Acts on one person of a case under review (R-OPN-5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.moves import why_not_officer
from kit.refusals import NotNow
from kit.text import joined
from training.domain.decision.strikes import NOT_CONFIRMED, strike_out
from training.models import Enrolment


def page_of_enrolment(request: Request, pk: int) -> str:
    """The page on which one person of an opening is struck out."""
    return reverse("case", args=["opening", enrolment_of(request, pk).training_class.opening.pk])


def enrolment_of(request: Request, pk: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(getattr(request, "membership", None))
    return get_object_or_404(rows.select_related("person", "training_class__opening"), pk=pk)


@post_only(page_of_enrolment)
@membership_required()
def strike(request: Request, pk: int) -> HttpResponse:
    """Strike one person out with a reason, chosen or written, and confirmed: never by one click."""
    enrolment = enrolment_of(request, pk)
    if "confirmed" not in request.POST and not why_not_officer(enrolment.training_class.opening, request.membership):
        raise NotNow(NOT_CONFIRMED, field="confirmed")
    strike_out(
        enrolment,
        joined(request.POST.get("reason_choice", ""), request.POST.get("reason", "")),
        by=request.membership,
    )
    messages.success(request, _("已剔除%(name)s。") % {"name": enrolment.name})
    return redirect("case", "opening", enrolment.training_class.opening.pk)
