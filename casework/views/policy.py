"""政策: what holds, will hold and held, kind by kind; entering, following and ending rows; drafts, history (R-SUB-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import OFFICE_ROLES, REGION
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.domain.keyset import PAGE
from casework.domain.policy import (
    PolicyKind,
    choices_of,
    counted,
    differences,
    label_of,
    line_of,
    line_version,
    missing_on,
    policy_kinds,
    policy_pages,
    rows_of_line,
    said,
    standings,
    why_not_enter,
    words_of,
)
from casework.domain.proposals import (
    DECISIONS,
    MADE_OF_A_ROW,
    OVERTAKEN,
    changed_words,
    form_for,
    inspect,
    looked_at,
    proposals_for,
    propose,
    read,
    waiting_for,
    why_not_put_in_force,
)
from casework.enums import PolicyAction, ProposalState
from casework.forms import PolicyUploadForm
from casework.http import posted_version
from casework.models import PolicyFile, PolicyProposal
from casework.resources import export, keep_file, preview_file, take_file
from kit.dates import cell_date
from kit.refusals import NotAllowed, Overtaken
from kit.sheets import XLSX
from kit.whole import whole


def kind_or_404(code: str) -> PolicyKind:
    if code not in policy_kinds():
        raise Http404
    return policy_kinds()[code]


@dataclass(frozen=True)
class Shown:
    """A row with its values in words, in the kind's columns."""

    row: Any
    cells: list[tuple[str, str]]
    is_mine: bool = False


def shown(kind: PolicyKind, rows: list[Any], by: Membership) -> list[Shown]:
    """Rows as the lists show them; `is_mine`: this membership may follow and end the row."""
    choices, may = choices_of(kind), not why_not_enter(kind, by)
    return [
        Shown(
            row,
            [(label_of(kind, name), said(kind, row, name, choices)) for name in kind.columns],
            may and is_own(row, by),
        )
        for row in rows
    ]


def is_own(row: Any, by: Membership) -> bool:
    """A row without a place, and any of the region's eyes; a league's are those of its places."""
    place = getattr(row, "division_id", None)
    return by.division.pk == REGION or (place is not None and row.division.path.startswith(by.division.path))


@membership_required(*OFFICE_ROLES)
def policy(request: Request) -> HttpResponse:
    """All kinds: how many rows hold and will hold, what is only an example, what waits for a second person."""
    today = timezone.localdate()
    waiting = dict(
        proposals_for(request.membership)
        .filter(state=ProposalState.DRAFTED)
        .order_by()
        .values_list("kind")
        .annotate(number=Count("pk"))
    )
    return render(
        request,
        "casework/policy/index.html",
        {
            "kinds": [(kind, counted(kind, today), waiting.get(kind.code, 0)) for kind in policy_kinds().values()],
            "pages": policy_pages(),
            "missing": missing_on(today),
            "mine": waiting_for(request.membership),
            "may_keep": request.membership.administers_reporting_unit,
        },
    )


@membership_required(*OFFICE_ROLES)
def policy_of(request: Request, code: str) -> HttpResponse:
    """One kind in three groups, with what waits and what nothing holds for."""
    kind, today = kind_or_404(code), timezone.localdate()
    found = standings(kind, today)
    return render(
        request,
        "casework/policy/kind.html",
        {
            "kind": kind,
            "today": today,
            "groups": [
                ("now", _("现行"), shown(kind, found.now, request.membership)),
                ("coming", _("将施行"), shown(kind, found.coming, request.membership)),
                ("past", _("已失效"), shown(kind, found.past, request.membership)),
            ],
            "columns": [label_of(kind, name) for name in kind.columns],
            "missing": kind.missing(today),
            "waiting": proposals_for(request.membership).filter(kind=code, state=ProposalState.DRAFTED),
            "may_enter": not why_not_enter(kind, request.membership),
        },
    )


@membership_required(*OFFICE_ROLES)
def policy_act(request: Request, code: str, action: str, pk: int | None = None) -> HttpResponse:
    """Fill in, look at what would change, confirm. Kinds that take two people wait for the second one then."""
    kind = kind_or_404(code)
    if (pk is None) != (action not in MADE_OF_A_ROW) or action not in PolicyAction.values:
        raise Http404
    target = get_object_or_404(kind.model, pk=pk) if pk else None
    if why := why_not_enter(kind, request.membership):
        raise NotAllowed(why)
    if target and not is_own(target, request.membership):
        raise NotAllowed(_("这一条不是本级录入的，只能查看。"))
    version = line_version(kind, target) if target else ""
    if request.method != "POST":
        form = form_for(kind, action, target=target)
        return _form_page(request, kind, action, form, target, version)
    form = form_for(kind, action, request.POST, target)
    if not form.is_valid():
        return _form_page(request, kind, action, form, target, posted_version(request) or version)
    draft = read(kind, action, request.POST, target)
    now = line_version(kind, draft.subject)
    if posted_version(request) not in ("", now):
        raise Overtaken(OVERTAKEN)
    inspect(draft, by=request.membership)
    if "confirm" not in request.POST:
        return _preview(request, draft, form, now)
    made = propose(draft, by=request.membership, seen=posted_version(request))
    messages.success(request, _("已交另一名超级管理员复核，复核以前不施行。") if kind.two_people else _("已生效。"))
    return redirect("policy_proposal", made.pk) if kind.two_people else redirect("policy_of", code)


def _form_page(request: Request, kind: PolicyKind, action: str, form: Any, target: Any, version: str) -> HttpResponse:
    return render(
        request,
        "casework/policy/edit.html",
        {
            "kind": kind,
            "form": form,
            "action": PolicyAction(action),
            "target": target,
            "what": words_of(kind, target) if target else "",
            "version": version,
        },
        status=status_of(form),
    )


def _preview(request: Request, draft: Any, form: Any, version: str) -> HttpResponse:
    return render(
        request,
        "casework/policy/preview.html",
        {
            "kind": draft.kind,
            "action": PolicyAction(draft.action),
            "target": draft.target,
            "draft": draft,
            "what": words_of(draft.kind, draft.subject),
            "changed": _changed(draft.kind, changed_words(draft)),
            "effects": draft.kind.effects(draft),
            "hidden": [(name, value) for name in form.fields for value in request.POST.getlist(name)],
            "version": version,
        },
    )


def _changed(kind: PolicyKind, changed: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    return [(label_of(kind, name), was, now) for name, (was, now) in changed.items() if name in kind.form.base_fields]


@membership_required(*OFFICE_ROLES)
def policy_line(request: Request, code: str, pk: int) -> HttpResponse:
    """沿革: all rows of one line, and who proposed and decided what about it, when and why."""
    kind = kind_or_404(code)
    row = get_object_or_404(kind.model, pk=pk)
    history = PolicyProposal.objects.filter(kind=code, line=line_of(kind, row)).exclude(state=ProposalState.DRAFTED)
    return render(
        request,
        "casework/policy/line.html",
        {
            "kind": kind,
            "what": words_of(kind, row),
            "columns": [label_of(kind, name) for name in kind.columns],
            "rows": shown(kind, list(rows_of_line(kind, row)), request.membership),
            "today": timezone.localdate(),
            "history": _told(
                history.select_related(
                    "drafted_by__user", "drafted_by__organisation", "decided_by__user", "decided_by__organisation"
                ).order_by("-pk")[:PAGE]
            ),
        },
    )


def _told(proposals: Any) -> list[tuple[PolicyProposal, list[tuple[str, str, str]]]]:
    return [(one, _changed(policy_kinds()[one.kind], one.changed)) for one in proposals if one.kind in policy_kinds()]


@membership_required(*OFFICE_ROLES)
def policy_changes(request: Request) -> HttpResponse:
    """What changed of every kind, or of one, between two days; this year so far unless asked otherwise."""
    today = timezone.localdate()
    first = cell_date(request.GET.get("first", "")) or date(today.year - 1, 12, 31)
    second = cell_date(request.GET.get("second", "")) or today
    chosen = [kind for kind in policy_kinds().values() if request.GET.get("kind", kind.code) in ("", kind.code)]
    return render(
        request,
        "casework/policy/changes.html",
        {
            "first": first,
            "second": second,
            "kinds": policy_kinds().values(),
            "found": [(kind, differences(kind, first, second)) for kind in chosen],
        },
    )


@membership_required(*OFFICE_ROLES)
def policy_history(request: Request) -> HttpResponse:
    """All proposals of one's own place, newest first."""
    page = Paginator(proposals_for(request.membership), PAGE).get_page(request.GET.get("page"))
    return render(request, "casework/policy/history.html", {"page": page, "told": _told(page.object_list)})


@membership_required(*OFFICE_ROLES)
def policy_export(request: Request, code: str) -> HttpResponse:
    """All rows of a kind as xlsx; it can be filled in and uploaded again."""
    content = export(kind_or_404(code), request.membership)
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="policy-{code}.xlsx"'}
    )


@membership_required(*OFFICE_ROLES)
def policy_upload(request: Request, code: str) -> HttpResponse:
    """Upload, look at every row, confirm; a file with a wrong row is not taken at all."""
    kind = kind_or_404(code)
    if why := why_not_enter(kind, request.membership):
        raise NotAllowed(why)
    if taken := request.POST.get("confirm"):
        file = get_object_or_404(PolicyFile, pk=whole(taken) or 0, kind=code, by=request.membership)
        number = take_file(file, kind, by=request.membership)
        text = _("已提交%(count)s条，待复核。") if kind.two_people else _("已生效%(count)s条。")
        messages.success(request, text % {"count": number})
        return redirect("policy_of", code)
    form, seen = PolicyUploadForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        file = keep_file(kind, form.cleaned_data["file"], by=request.membership)
        seen = preview_file(file, kind, by=request.membership)
    return render(
        request,
        "casework/policy/upload.html",
        {"kind": kind, "form": form, "preview": seen},
        status=status_of(form),
    )


@membership_required(*OFFICE_ROLES)
def policy_proposal(request: Request, pk: int) -> HttpResponse:
    """One proposal: old and new values, what would change now, and for the second person the decision."""
    found = get_object_or_404(proposals_for(request.membership), pk=pk)
    kind = kind_or_404(found.kind)
    stands, effects = looked_at(found) if found.state == ProposalState.DRAFTED else ("", [])
    return render(
        request,
        "casework/policy/proposal.html",
        {
            "proposal": found,
            "kind": kind,
            "changed": _changed(kind, found.changed),
            "effects": effects,
            "stands": stands,
            "why_not": why_not_put_in_force(found, request.membership),
            "is_drafter": found.drafter_id == request.membership.user_id,
        },
    )


@post_only("policy_proposal", "pk")
@membership_required(*OFFICE_ROLES)
def policy_decide(request: Request, pk: int) -> HttpResponse:
    """Put in force, send back with a reason, or take one's own draft back."""
    found = get_object_or_404(proposals_for(request.membership), pk=pk)
    decide = DECISIONS.get(request.POST.get("decision", ""))
    if decide is None:
        raise Http404
    decided = decide(found, by=request.membership, answer=request.POST.get("answer", "")[:200])
    messages.success(request, _("已办理：%(state)s。") % {"state": decided.get_state_display()})
    return redirect("policy_of", decided.kind)
