"""The outside systems' health in business words, how each is connected, and the files exchanged with them (R-ELG-1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.domain.audit import record
from accounts.enums import HANDS_ON, WATCHERS
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.models import Attachment
from eligibility.domain import connections, exchange
from eligibility.domain.connections import jobs_waiting_for, modes
from eligibility.domain.examine import subjects
from eligibility.domain.exchange_file import HOLDER, exchange_file, receive
from eligibility.enums import Mode
from eligibility.forms import ModeForm
from eligibility.models import Connection, Exchange
from eligibility.registries.catalogue import REGISTRIES
from eligibility.registries.health import health
from kit.inputs import cleaned
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.sheets import XLSX

SHOWN = 20


@require_GET
@membership_required(*WATCHERS)
def registries(request: Request) -> HttpResponse:
    """Who answers, how fast, since when not, how many wait; the region's administrators switch the way they are
    connected.
    """
    membership = request.membership
    switcher = membership.administers_region
    switched = {
        row.registry: row for row in Connection.objects.select_related("changed_by__user", "changed_by__organisation")
    }
    exchanges = list(
        Exchange.objects.visible_to(membership).select_related("by__user", "returned_by__user").order_by("-id")[:SHOWN]
    )
    kept = (
        Attachment.objects.filter(kind=HOLDER, object_id__in=[one.pk for one in exchanges]).order_by("id")
        if exchanges
        else []
    )
    files: dict[int, list[Attachment]] = {}
    for file in kept:
        files.setdefault(file.object_id, []).append(file)
    lines = health(modes=modes(), waiting=connections.waiting(membership.division))
    return render(
        request,
        "eligibility/registries/list.html",
        {
            "lines": [(line, switched.get(line.code)) for line in lines],
            "modes": Mode.choices,
            "may_switch": switcher,
            "may_ask": membership.role in HANDS_ON,
            "exchanges": [(one, files.get(one.pk, [])) for one in exchanges],
        },
    )


def known(code: str) -> str:
    if code not in REGISTRIES:
        raise Http404
    return code


def take_up(jobs: list[int]) -> int:
    """Check the cases of these checks again at once; gives how many."""
    return subjects().ask_again(jobs) if jobs else 0


@post_only("registries")
@membership_required()
def switch(request: Request, code: str) -> HttpResponse:
    """Another way from now on; whoever waits for this registry is dealt with in the new way at once."""
    membership, code = request.membership, known(code)
    if not membership.administers_region:
        raise NotAllowed(connections.NOT_YOURS)
    changed = connections.switch(code, by=membership, **cleaned(ModeForm(request.POST)))
    queued = take_up(jobs_waiting_for(code, membership.division)) if changed else 0
    messages.success(request, _("连接方式已保存，%(count)s件重新比对。") % {"count": queued})
    return redirect("registries")


@post_only("registries")
@membership_required(*HANDS_ON)
def ask_now(request: Request, code: str) -> HttpResponse:
    """Ask a silent registry again without waiting for the next time, for the cases of the membership's place."""
    membership, code = request.membership, known(code)
    if modes()[code] != Mode.ONLINE:
        raise NotNow(_("这个系统没有联网，不能立即询问。"))
    count = take_up(jobs_waiting_for(code, membership.division))
    record("registry.asked_again", by=membership, kind="registry", registry=code, cases=count)
    messages.success(
        request, ngettext("%(count)d 件已排队再次比对。", "%(count)d 件已排队再次比对。", count) % {"count": count}
    )
    return redirect("registries")


@post_only("registries")
@membership_required()
def exchange_out(request: Request, code: str) -> HttpResponse:
    """The workbook of everyone who waits for this registry."""
    sent, subjects = exchange.send_out(known(code), by=request.membership)
    return HttpResponse(
        exchange_file(sent, subjects),
        content_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="exchange-{code}-{sent.pk}.xlsx"',
            "Cache-Control": "no-store",
        },
    )


@post_only("registries")
@membership_required()
def exchange_in(request: Request, pk: int) -> HttpResponse:
    """Keep a returned workbook; a job reads it, and its page says what was taken and what is wrong with which row."""
    membership = request.membership
    if not membership.administers_region:
        raise NotAllowed(_("交换文件由自治区超级管理员办理。"))
    sent = get_object_or_404(Exchange, pk=pk)
    upload = request.FILES.get("file")
    if upload is None:
        raise NotValid(_("请先选择要上传的文件。"), field="file")
    if modes()[sent.registry] != Mode.FILE:
        raise NotNow(_("这个系统现在不是文件交换方式。"))
    return redirect("job", receive(sent, upload, by=membership).pk)
