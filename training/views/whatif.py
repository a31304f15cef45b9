"""政策测算: the region asks which verdicts of a period another rule table would change (R-ELG-4)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.enums import HANDS_ON
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from casework.domain.jobs import shown
from eligibility.enums import Verdict
from eligibility.rules.table import TABLES
from kit.inputs import cleaned
from training.domain.verification.whatif import changed_in, of_region, runs, start, titles
from training.forms.checks import WhatIfForm

LISTED = 10


def region_membership(request: Request) -> Membership:
    membership: Membership = request.membership
    of_region(membership)
    return membership


@require_http_methods(["GET", "POST"])
@membership_required(*HANDS_ON)
def what_if(request: Request) -> HttpResponse:
    """Choose a table and a period; the run is a job."""
    membership = region_membership(request)
    if request.method == "POST":
        job = start(by=membership, **cleaned(WhatIfForm(request.POST)))
        return redirect("what_if_result", job.pk)
    jobs = [shown(job, membership) for job in runs(membership).order_by("-id")[:LISTED]]
    return render(
        request,
        "training/whatif/form.html",
        {"tables": titles(), "jobs": jobs},
    )


@require_GET
@membership_required(*HANDS_ON)
def what_if_result(request: Request, pk: int) -> HttpResponse:
    """What would change, person by person; the whole list is the job's file."""
    membership = region_membership(request)
    job = get_object_or_404(runs(membership), pk=pk)
    if job.arguments.get("table") not in TABLES:
        raise Http404
    rows = [
        {
            "enrolment": enrolment,
            "before": Verdict(one["before"]).label,
            "after": Verdict(one["after"]).label if one["after"] else "",
            "lines": one["lines"],
            "why_not": one["why_not"],
        }
        for enrolment, one in changed_in(job, membership)
    ]
    return render(request, "training/whatif/result.html", {"job": shown(job, membership), "rows": rows})
