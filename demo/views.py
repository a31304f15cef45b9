"""The page that moves the practice calendar on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.jobs import queue
from demo.clock import days_ahead, move_on
from kit.whole import whole


def clock(request: HttpRequest) -> HttpResponse:
    """Move the day on; what the night would do (classes beginning, publicity ending) is done at once."""
    if request.method == "POST":
        days = whole(request.POST.get("days"))
        move_on(1 if days is None else days)
        queue(
            "demo.tasks.night",
            title=_("演示日历：夜间处理"),
            owner=request.membership.organisation if request.membership else None,
        )
        messages.success(
            request, _("演示日历已到%(day)s。如被要求重新登录，请用同一账号。") % {"day": timezone.localdate()}
        )
        return redirect("demo_clock")
    return render(request, "demo/clock.html", {"ahead": days_ahead(), "today": timezone.localdate()})
