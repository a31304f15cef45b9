"""The page that moves the practice calendar on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.jobs import queue
from demo.clock import days_ahead, move_on


@login_required
def clock(request: HttpRequest) -> HttpResponse:
    """Move the day on; what the night would do (classes beginning, publicity ending) is done at once."""
    if request.method == "POST":
        days = request.POST.get("days", "1")
        move_on(int(days) if days.isdigit() else 1)
        queue("demo.tasks.night", title=_("演示日历：夜间处理"), owner=request.post.organisation if request.post else None)
        messages.success(request, _("演示日历已到%(day)s。如被要求重新登录，请用同一账号。") % {"day": timezone.localdate()})
        return redirect("demo_clock")
    return render(request, "demo/clock.html", {"ahead": days_ahead(), "today": timezone.localdate()})
