"""Long work as rows people can watch: how far, how long still, result, take up again (R-ELG-6)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.domain.audit import record
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.domain.jobs import jobs_of, may_restart, shown, take_up_again
from casework.domain.keyset import PAGE
from casework.enums import TO_TAKE_UP, JobState
from casework.http import job_download
from casework.models import Job
from kit.refusals import NotAllowed


@require_GET
@membership_required()
def jobs(request: Request) -> HttpResponse:
    membership: Membership = request.membership
    rows, state = jobs_of(membership), request.GET.get("state", "")
    if state == "open":
        rows = rows.filter(state__in=[JobState.QUEUED, JobState.RUNNING])
    elif state == "bad":
        rows = rows.filter(state__in=TO_TAKE_UP)
    elif state == "mine":
        rows = rows.filter(Q(by__user=membership.user_id))
    page = Paginator(rows.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "casework/job/list.html",
        {"page": page, "rows": [shown(job, membership) for job in page], "state": state},
    )


def load_job(request: Request, pk: int) -> Job:
    return shown(get_object_or_404(jobs_of(request.membership), pk=pk), request.membership)


@require_GET
@membership_required()
def job(request: Request, pk: int) -> HttpResponse:
    found = load_job(request, pk)
    return render(request, "casework/job/page.html", {"job": found, "sentences": found.result.get("problems", [])})


@require_GET
@membership_required()
def job_row(request: Request, pk: int) -> HttpResponse:
    """The job's own piece of page, asked again every two seconds while it is under way."""
    return render(request, "components/_job.html", {"job": load_job(request, pk)})


@require_GET
@membership_required()
def job_file(request: Request, pk: int) -> HttpResponse:
    found = load_job(request, pk)
    if not found.file:
        raise Http404
    if not found.can_fetch:
        raise NotAllowed(_("结果文件只给发起这项任务的人。"))
    return job_download(found, by=request.membership)


@post_only("job", "pk")
@membership_required()
def job_again(request: Request, pk: int) -> HttpResponse:
    """Put a stuck or failed job back into its queue, once however often it is clicked (R-ELG-6)."""
    membership: Membership = request.membership
    found = load_job(request, pk)
    if not may_restart(found, membership):
        raise NotAllowed(_("这项任务由发起单位或审批部门重新开始。"))
    with transaction.atomic():
        locked = Job.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if locked.state not in TO_TAKE_UP:
            sentence = _("任务现在是“%(state)s”，不需要重新开始。") % {"state": locked.get_state_display()}
            return render(
                request,
                "casework/job/page.html",
                {"job": shown(found, membership), "sentences": [sentence]},
                status=409,
            )
        take_up_again(locked)
        record("job.taken_up_again", by=membership, on=locked, division=locked.division_id or "", title=locked.title)
    messages.success(request, _("已重新排队；做过的部分不会重做。"))
    return redirect("job", pk)
