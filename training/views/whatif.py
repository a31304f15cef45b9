"""政策测算: the region asks which verdicts of a period another rule table would change (R-ELG-4)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.enums import Role
from accounts.middleware import seated
from accounts.models import Post
from casework.views.jobs import shown
from eligibility.enums import Verdict
from eligibility.rules.table import TABLES
from training.domain.whatif import NotYourPolicy, WhatIfRefused, changed_in, of_region, runs, start, titles

LISTED = 10


def region_post(request: HttpRequest) -> Post:
    post: Post = request.post  # type: ignore[attr-defined]
    try:
        of_region(post)
    except NotYourPolicy as refused:
        raise PermissionDenied(str(refused)) from refused
    return post


@require_http_methods(["GET", "POST"])
@seated(Role.OFFICER, Role.ADMINISTRATOR)
def what_if(request: HttpRequest) -> HttpResponse:
    """Choose a table and a period; the run is a job."""
    post = region_post(request)
    sentences: list[str] = []
    if request.method == "POST":
        try:
            job = start(request.POST.get("table", ""), _day(request, "since"), _day(request, "until"), by=post)
            return redirect("what_if_result", job.pk)
        except WhatIfRefused as refused:
            sentences = [str(refused)]
    jobs = [shown(job, post) for job in runs(post).order_by("-id")[:LISTED]]
    return render(
        request,
        "training/whatif/form.html",
        {"tables": titles(), "jobs": jobs, "sentences": sentences},
        status=400 if sentences else 200,
    )


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        return None


@require_GET
@seated(Role.OFFICER, Role.ADMINISTRATOR)
def what_if_result(request: HttpRequest, pk: int) -> HttpResponse:
    """What would change, person by person; the whole list is the job's file."""
    post = region_post(request)
    job = get_object_or_404(runs(post), pk=pk)
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
        for enrolment, one in changed_in(job, post)
    ]
    return render(request, "training/whatif/result.html", {"job": shown(job, post), "rows": rows})
