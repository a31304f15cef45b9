"""待办 / 在办 / 已办, and agreeing to many clean cases at once (R-OPN-5; docs/performance.md, P4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.enums import HANDS_ON, WORKERS, Role
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.context import frame_of
from casework.domain.case_page import case_page_of, points_to_look_at
from casework.domain.flow import Move, Who, file_of, flows
from casework.domain.inbox import inbox as desk_inbox
from casework.domain.keyset import page_of
from casework.domain.moves import available, take
from casework.enums import Standing
from casework.forms import InboxFilter
from casework.models import Application, WorkItem
from kit.refusals import Refused
from kit.whole import whole, wholes

MOST_AT_ONCE = 100
OFFICE_TABS = (Standing.TODO, Standing.WAITING, Standing.DONE)
UNIT_TABS = {
    Standing.DRAFT: gettext_lazy("草稿"),
    Standing.TODO: gettext_lazy("审核中"),
    Standing.WAITING: gettext_lazy("退回与等待"),
    Standing.DONE: gettext_lazy("已办结"),
}


@require_GET
@membership_required(*WORKERS)
def inbox(request: Request, standing: str) -> HttpResponse:
    """25 cases a page, by deadline or by the latest move; the same few queries however long the list."""
    membership: Membership = request.membership
    tabs = UNIT_TABS if membership.is_unit else {tab: tab.label for tab in OFFICE_TABS}
    if standing not in tabs:
        raise Http404
    frame, form = frame_of(request), InboxFilter(request.GET)
    by_deadline = standing == Standing.TODO and not membership.is_unit
    rows = form.narrow(frame.waiting if standing == Standing.TODO else desk_inbox(membership, standing))
    page = page_of(
        rows.select_related("applicant", "division", "desk"),
        "due_on" if by_deadline else "since",
        descending=not by_deadline,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        ids_first=form.asks_number,
    )
    for item in page.rows:
        item.tickable = by_deadline and is_clean(item) and agreement(item) is not None
    return render(
        request,
        "casework/inbox/list.html",
        {
            "standing": standing,
            "tabs": tabs,
            "page": page,
            "filter": form,
            "by_deadline": by_deadline,
            "bulk": membership.role != Role.FINANCE and any(item.tickable for item in page.rows),
            "kinds": frame.todo_by_kind if by_deadline else {},
        },
    )


def is_clean(item: WorkItem) -> bool:
    """By its cover: people in it, every one of them eligible. Conditions and signals are asked when it is ticked
    (`preview_agreement`).
    """
    return bool(item.people) and item.exceptions == 0


def agreement(item: WorkItem) -> Move | None:
    """The move by which the desk agrees to a case in its present state: the one that decides and needs no reason."""
    flow = flows().get(item.kind)
    moves = flow.moves if flow else ()
    return next(
        (m for m in moves if m.who is Who.DESK and m.decides and not m.reason and item.state in m.sources), None
    )


@dataclass
class Choice:
    """One case of a bulk agreement: what stands in its way, and after the agreement what became of it."""

    item: WorkItem
    application: Application | None = None
    move: Move | None = None
    sentences: list[str] = field(default_factory=list)
    agreed: bool = False


@post_only(lambda request: reverse("inbox", args=["todo"]))
@membership_required(*HANDS_ON)
def agree(request: Request) -> HttpResponse:
    """First the preview of what was ticked; on confirmation every case is agreed to on its own (R-OPN-5)."""
    membership: Membership = request.membership
    if "confirmed" in request.POST:
        versions = dict(_pair(text) for text in request.POST.getlist("case")[:MOST_AT_ONCE])
        choices = chosen(frame_of(request).waiting, set(versions))
        for choice in choices:
            agree_one(choice, membership, versions[choice.item.pk], request.POST.get("reason", ""))
        lost = len(versions) - len(choices)
        return render(request, "casework/inbox/agreed.html", {"choices": choices, "lost": lost})
    ticked = set(wholes(request.POST.getlist("item")[:MOST_AT_ONCE]))
    choices = chosen(frame_of(request).waiting, ticked)
    if not choices:
        messages.warning(request, _("没有选中可以办理的事项。请先勾选，再点“批量同意”。"))
        return redirect("inbox", "todo")
    for choice in choices:
        preview_agreement(choice, membership)
    return render(
        request, "casework/inbox/agree.html", {"choices": choices, "free": [c for c in choices if not c.sentences]}
    )


def _pair(text: str) -> tuple[int, int]:
    """`item:version` of the confirmation form; a broken one names nothing."""
    pk, version = map(whole, text.partition(":")[::2])
    return (0, 0) if pk is None or version is None else (pk, version)


def chosen(waiting: QuerySet[WorkItem], pks: set[int]) -> list[Choice]:
    """The ticked items that lie on this desk, with their applications; one query a kind."""
    items = list(waiting.filter(Q(pk__in=pks)).select_related("applicant", "division"))
    choices = [Choice(item, move=agreement(item)) for item in items]
    for kind in {item.kind for item in items}:
        mine = [choice for choice in choices if choice.item.kind == kind]
        rows = (
            flows()[kind]
            .model.objects.select_related("division", "applicant", "desk", *case_page_of(kind).related)
            .in_bulk([choice.item.object_id for choice in mine])
        )
        for choice in mine:
            choice.application = rows.get(choice.item.object_id)
    return choices


def preview_agreement(choice: Choice, membership: Membership) -> None:
    """Fill in what stands in the way of a case, before anything is done."""
    if not is_clean(choice.item):
        choice.sentences = [_("有人员需要逐个处理，请打开此件单独办理。")]
    elif choice.move is None or choice.application is None:
        choice.sentences = [_("这类事项不能批量同意。")]
    else:
        file = file_of(choice.application)
        mine: Any = next((a for a in available(file, membership) if a.move.name == choice.move.name), None)
        choice.sentences = (
            (mine.obstacles or points_to_look_at(file, membership)) if mine else [_("此件现在不在您的办理环节。")]
        )


def agree_one(choice: Choice, membership: Membership, version: int, reason: str) -> None:
    """Agree to one case in its own transaction; a refusal leaves its sentences and does not touch the others."""
    preview_agreement(choice, membership)
    if choice.sentences or choice.move is None or choice.application is None:
        return
    try:
        take(choice.application, choice.move.name, by=membership, reason=reason, expected_version=version)
        choice.agreed = True
    except Refused as refused:
        choice.sentences = refused.sentences
