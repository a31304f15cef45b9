"""Grants in scope: who × act × category × where × until × by whom; giving, taking back, gaps (R-AUT-1, R-AUT-3,
R-AUT-4).
"""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

from django.contrib import messages
from django.db.models import CharField, F, Q, QuerySet, Value
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.domain.authority import grant, grants_in, not_reached, revoke
from accounts.domain.categories import remit_label
from accounts.enums import SECOND_PERSON_ACTS, TRAIL_ROLES, Act, Role
from accounts.forms import GrantForm, ReasonForm, divisions_of
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Division, Membership, Organisation, RemitGroupGrant, User
from accounts.submissions import post_only
from accounts.views.guard import page_of, place_asked
from kit.refusals import Refused

STATES = (
    ("force", gettext_lazy("有效")),
    ("coming", gettext_lazy("尚未生效")),
    ("soon", gettext_lazy("30 天内失效")),
    ("ended", gettext_lazy("已失效")),
)
SOON = timedelta(days=30)
COLUMNS = (
    "pk",
    "holder_kind",
    "holder",
    "holder_pk",
    "act",
    "place",
    "category",
    "sort",
    "begins_on",
    "expires_on",
    "awaits_second",
    "granted_at",
    "giver",
    "code",
)


@require_safe
@membership_required(*TRAIL_ROLES)
def listing(request: Request) -> HttpResponse:
    """All grants of the place in one list, those about to end marked."""
    membership: Membership = request.membership
    place = place_asked(request, membership)
    asked, act, state = (request.GET.get(name, "").strip() for name in ("q", "act", "state"))
    narrowed = Q(permission__codename=act) if act in Act.values else Q()
    today = timezone.localdate()
    narrowed &= {
        "soon": Q(expires_on__gt=today, expires_on__lte=today + SOON),
        "ended": Q(expires_on__lte=today),
        "force": RemitGroupGrant.in_force(today),
        "coming": Q(begins_on__gt=today),
    }.get(state, Q())
    page = page_of(request, _both_kinds(place or membership.division, narrowed, asked))
    passed_over = not_reached(row["holder_pk"] for row in page.object_list if row["holder_kind"] == "department")
    page.object_list = [_line(row, today, passed_over) for row in page.object_list]
    return render(
        request,
        "accounts/grant/list.html",
        {
            "page": page,
            "place": place,
            "q": asked,
            "act": act,
            "state": state,
            "states": STATES,
            "acts": Act.choices,
            "divisions": divisions_of(membership),
            "may_change": membership.role == Role.ADMINISTRATOR,
        },
    )


def _both_kinds(place: Division, narrowed: Q, asked: str) -> QuerySet:
    """Departments' and officers' grants as one query of plain columns."""
    parts = []
    for rows, holder_kind, name, pk in zip(
        grants_in(place),
        ("department", "person"),
        ("group__organisation__name", "user__full_name"),
        ("group__organisation", "user"),
        strict=True,
    ):
        found = rows.select_related(None).filter(narrowed, **({f"{name}__icontains": asked} if asked else {}))
        parts.append(
            found.annotate(
                holder_kind=Value(holder_kind, CharField()),
                holder=F(name),
                holder_pk=F(pk),
                act=F("permission__codename"),
                place=F("content_object__division__name"),
                category=F("content_object__category"),
                sort=F("content_object__training_type"),
                giver=F("granted_by__user__full_name"),
                code=F("content_object__division"),
            ).values(*COLUMNS)
        )
    return parts[0].union(parts[1], all=True).order_by("code", "act", "category", "sort", "holder_kind", "holder", "pk")


def _line(row: dict[str, Any], today: Any, passed_over: dict[int, list[str]]) -> dict[str, Any]:
    ends = row["expires_on"]
    if row["awaits_second"]:
        state = "awaits"
    elif row["begins_on"] and row["begins_on"] > today:
        state = "coming"
    else:
        state = "force" if ends is None or ends > today + SOON else "soon" if ends > today else "ended"
    return row | {
        "act_label": Act(row["act"]).label,
        "category_label": remit_label(row["category"], row["sort"]),
        "state": state,
        "key": str(row["pk"]),
        "not_reached": passed_over.get(row["holder_pk"], []) if row["holder_kind"] == "department" else [],
    }


@membership_required(Role.ADMINISTRATOR)
def new(request: Request) -> HttpResponse:
    """Several acts for several categories at once; what is refused is said line by line and stands in the trail."""
    by: Membership = request.membership
    place = place_asked(request, by) or by.division
    form = GrantForm(request.POST or None, by=by, place=place, initial=_asked_for(request))
    refused: list[str] = []
    if request.method == "POST" and form.is_valid():
        given, refused = _give(form, by)
        if given:
            messages.success(request, _("已授予 %(count)d 项权限。") % {"count": given})
            if set(form.cleaned_data["acts"]) & set(SECOND_PERSON_ACTS):
                messages.warning(request, _("人员数据导出权限待另一名管理员在“待复核的权限”里确认后生效。"))
            if passed_over := _passed_over(form.cleaned_data["grantee"]):
                messages.warning(request, passed_over)
        if not refused:
            return redirect("grants")
    return render(
        request,
        "accounts/grant/new.html",
        {"form": form, "refused": refused, "place": place, "divisions": divisions_of(by)},
        status=409 if refused else 200,
    )


def _asked_for(request: Request) -> dict[str, Any]:
    """What the address has chosen already, as the coverage page links to it."""
    asked = {name: request.GET.getlist(name) for name in ("acts", "categories", "training_types")}
    return {"grantee": request.GET.get("to", ""), **{name: chosen for name, chosen in asked.items() if chosen}}


def _passed_over(to: Organisation | User) -> str:
    """The sentence that names whom a department's grant does not reach, or ""."""
    names = not_reached([to]).get(to.pk, []) if isinstance(to, Organisation) else []
    return (
        _("授予部门的权限不及于该部门的超级管理员：%(names)s。确需办理的，由其他管理员授予个人。")
        % {"names": "、".join(names)}
        if names
        else ""
    )


def _give(form: GrantForm, by: Membership) -> tuple[int, list[str]]:
    """How many were given, and a sentence for each kind of refusal."""
    data, given = form.cleaned_data, 0
    refused: dict[str, list[str]] = {}
    for act in data["acts"]:
        for category, training_type in product(data["categories"], data["training_types"]):
            try:
                grant(
                    act,
                    to=data["grantee"],
                    division=data["division"],
                    category=category,
                    training_type=training_type,
                    by=by,
                    begins_on=data["begins_on"],
                    expires_on=data["expires_on"],
                )
                given += 1
            except Refused as why:
                refused.setdefault(str(why), []).append(f"{Act(act).label}·{remit_label(category, training_type)}")
    return given, [f"{'、'.join(lines)}：{why}" for why, lines in refused.items()]


@post_only("grants")
@membership_required(Role.ADMINISTRATOR)
def take_back(request: Request, holder_kind: str, pk: int) -> HttpResponse:
    """Revoke a grant, with a reason."""
    tables = dict(zip(("department", "person"), grants_in(request.membership.division), strict=True))
    if holder_kind not in tables:
        raise Http404
    given = get_object_or_404(tables[holder_kind], pk=pk)
    form = ReasonForm(request.POST)
    revoke(given, by=request.membership, reason=form.cleaned_data["reason"] if form.is_valid() else "")
    messages.success(request, _("权限已收回。"))
    return redirect("grants")
