"""通知公告: whom and what, the preview, and sending what was previewed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.channels import open_channels
from casework.domain.announcing import NAMED, announce, preview, refuse_unless_administrator
from casework.domain.deliveries import with_link
from casework.enums import Channel
from casework.forms import AnnouncementForm
from kit.inputs import cleaned


def _form(request: Request) -> AnnouncementForm:
    refuse_unless_administrator(request.membership)
    return AnnouncementForm(request.POST or None, by=request.membership)


@membership_required(Role.ADMINISTRATOR)
def announcements(request: Request) -> HttpResponse:
    """Whom and what; with that filled in, who would get it. Nothing is sent here."""
    form = _form(request)
    found = preview(form.asked, by=request.membership) if request.method == "POST" and form.is_valid() else None
    reached = [(Channel(channel).label, found.counts[channel]) for channel in open_channels()] if found else []
    return render(
        request,
        "casework/notice/announce.html",
        {
            "form": form,
            "found": found,
            "reached": reached,
            "sample": with_link(form.cleaned_data["text"]) if found else "",
            "named": found.without_address[:NAMED] if found else [],
        },
        status=status_of(form),
    )


@post_only("announcements")
@membership_required(Role.ADMINISTRATOR)
def announcement_send(request: Request) -> HttpResponse:
    """The second click: send exactly what was previewed."""
    form = _form(request)
    cleaned(form)
    job = announce(form.asked, request.POST.get("token", ""), by=request.membership)
    messages.success(request, _("已开始发送，进度见任务。"))
    return redirect("job", job.pk)
