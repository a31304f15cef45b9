"""政策测算: the region asks which verdicts of a period another rule table would change (R-ELG-4)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.domain.audit import record
from accounts.enums import Level, Role
from accounts.models import Post
from casework.domain.jobs import queue
from casework.models import Job
from casework.views.base import seated
from casework.views.jobs import shown
from eligibility.enums import Verdict
from eligibility.rules.table import TABLES
from training.domain.whatif import TASK
from training.models import Enrolment

LISTED = 10


def of_region(post: Post) -> Post:
    """Policy is tried out by the region, nobody else."""
    if post.is_unit or post.division.level != Level.REGION:
        raise PermissionDenied(_("政策测算由自治区办理。"))
    return post


def titles() -> dict[str, str]:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return {table.code: table.title.of(language) for table in TABLES.values()}


@require_http_methods(["GET", "POST"])
@seated(Role.OFFICER, Role.ADMINISTRATOR)
def what_if(request: HttpRequest) -> HttpResponse:
    """Choose a table and a period; the run is a job."""
    post = of_region(request.post)  # type: ignore[attr-defined]
    sentences: list[str] = []
    if request.method == "POST":
        table, days = request.POST.get("table", ""), _days(request)
        if table not in TABLES:
            sentences.append(_("请选择审核条件。"))
        if days is None:
            sentences.append(_("请填写起止日期，起始日期不能晚于终止日期。"))
        if days and not sentences:
            return redirect("what_if_result", _queued(table, days, post).pk)
    jobs = [shown(job, post) for job in Job.objects.visible_to(post).filter(task=TASK).select_related("by__user", "by__organisation").order_by("-id")[:LISTED]]
    return render(request, "training/whatif/form.html", {"tables": titles(), "jobs": jobs, "sentences": sentences},
                  status=400 if sentences else 200)


def _days(request: HttpRequest) -> tuple[date, date] | None:
    try:
        since, until = (date.fromisoformat(request.POST.get(name, "")) for name in ("since", "until"))
    except ValueError:
        return None
    return (since, until) if since <= until else None


def _queued(table: str, days: tuple[date, date], post: Post) -> Job:
    since, until = (day.isoformat() for day in days)
    with transaction.atomic():
        record("whatif.run", by=post, kind="whatif", table=table, since=since, until=until)
        return queue(
            TASK, title=_("政策测算：%(table)s（%(since)s 至 %(until)s）") % {"table": titles()[table], "since": since, "until": until},
            division=post.division, by=post, queue_name="exports", table=table, since=since, until=until,
        )


@require_GET
@seated(Role.OFFICER, Role.ADMINISTRATOR)
def what_if_result(request: HttpRequest, pk: int) -> HttpResponse:
    """What would change, person by person; the whole list is the job's file."""
    post = of_region(request.post)  # type: ignore[attr-defined]
    job = get_object_or_404(Job.objects.visible_to(post).filter(task=TASK).select_related("by__user", "by__organisation"), pk=pk)
    if job.arguments.get("table") not in TABLES:
        raise Http404
    told = job.result.get("rows", [])
    people = Enrolment.objects.visible_to(post).select_related("person", "training_class__opening").in_bulk([one["enrolment"] for one in told])
    rows = [
        {"enrolment": people[one["enrolment"]], "before": Verdict(one["before"]).label,
         "after": Verdict(one["after"]).label if one["after"] else "", "lines": one["lines"], "why_not": one["why_not"]}
        for one in told if one["enrolment"] in people
    ]
    return render(request, "training/whatif/result.html", {"job": shown(job, post), "rows": rows})
