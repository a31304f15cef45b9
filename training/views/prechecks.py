"""The precheck of a draft roster, for its applicant alone (R-ELG-1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.enums import Role
from accounts.http import Request
from accounts.middleware import membership_required
from casework.domain.jobs import shown
from training.domain.verification.precheck import advised, jobs_of, start
from training.views.classes import own_class, tab


@require_http_methods(["GET", "POST"])
@membership_required(Role.OPERATOR)
def precheck(request: Request, pk: int) -> HttpResponse:
    """Verdict and advice per trainee of the last precheck; POST asks for a new one."""
    training_class = own_class(request, pk)
    if request.method == "POST":
        start(training_class, by=request.membership)
        messages.success(request, _("已开始预检。"))
        return redirect("class_precheck", pk)
    job = jobs_of(training_class)
    return tab(
        request,
        training_class,
        "roster",
        "training/rosters/precheck.html",
        {"job": shown(job, request.membership) if job else None, "rows": advised(training_class)},
    )
