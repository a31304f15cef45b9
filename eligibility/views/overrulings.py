"""Overruling a registry's fail: the proposal with reason and file, and the second officer's answer (R-ELG-5)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.enums import WATCHERS
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from eligibility.domain import overrulings as acts
from eligibility.domain.descriptions import label_of, sentence_of
from eligibility.domain.examine import latest, subjects_called
from eligibility.enums import Agreement
from eligibility.forms import ProposalForm, SettlementForm
from kit.inputs import cleaned
from kit.refusals import NotAllowed, NotNow

MOST_SHOWN, PAGE = 200, 50


@require_GET
@membership_required(*WATCHERS)
def overrulings(request: Request) -> HttpResponse:
    """Those that wait for a second officer, oldest first; behind them every one that was answered, for ever."""
    membership: Membership = request.membership
    rows = acts.overrulings_seen_by(membership)
    waiting = rows.filter(state=Agreement.PROPOSED).order_by("proposed_at", "id")[:MOST_SHOWN]
    settled = Paginator(rows.exclude(state=Agreement.PROPOSED).order_by("-answered_at", "-id"), PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "eligibility/overrulings/list.html",
        {
            "waiting": acts.lines(waiting, membership),
            "settled": acts.lines(settled.object_list, membership),
            "page": settled,
        },
    )


@require_http_methods(["GET", "POST"])
@membership_required()
def propose(request: Request, kind: str, pk: int, check: str) -> HttpResponse:
    """The failed check with its evidence, and the form for reason and file."""
    membership: Membership = request.membership
    provider = subjects_called(kind)
    described = provider.describe(membership, [pk]).get(pk) if provider and pk < 2**63 else None
    if described is None:
        raise Http404
    if why := provider.why_not(membership, pk):
        raise NotAllowed(why)
    examination = latest(kind, [pk]).get(pk)
    result = acts.result_named(examination, check)
    if why := acts.why_not_overruled(result, examination):
        raise NotNow(why)
    page = {
        "described": described,
        "examination": examination,
        "person": examination.person,
        "result": result,
        "sentence": sentence_of(result),
        "label": label_of(check, examination.category),
    }
    if request.method == "GET":
        return render(request, "eligibility/overrulings/new.html", page)
    asked = cleaned(ProposalForm(request.POST, request.FILES))
    acts.propose(kind, pk, check, asked["reason"], asked["file"], by=membership)
    messages.success(request, _("已提出推翻，须另一名审核人员同意后才生效。"))
    return redirect(described.url)


@post_only("overrulings")
@membership_required()
def answer(request: Request, pk: int) -> HttpResponse:
    """The second officer's yes or no."""
    membership: Membership = request.membership
    if membership.is_unit:
        raise NotAllowed(_("比对结果由审核部门推翻，申请单位不能办理。"))
    found = acts.visible(membership, pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    given = cleaned(SettlementForm(request.POST))
    settled = acts.settle(found, agree=given["answer"] == "agree", note=given["note"], by=membership)
    messages.success(
        request,
        _("已同意推翻，并已重新判定。") if settled.state == Agreement.AGREED else _("已记录不同意推翻，比对结果不变。"),
    )
    back = request.POST.get("next", "")
    return redirect(
        back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "overrulings"
    )
