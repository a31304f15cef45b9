"""Offices and units in scope: list, open with a first account, mend, close, one more membership (R-REG-1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.memberships import (
    change_organisation,
    open_account,
    open_membership,
    open_organisation,
    set_organisation_active,
)
from accounts.enums import OrganisationKind, Role
from accounts.forms import OFFICE_KINDS, AccountForm, ChangeForm, MembershipForm, OfficeForm, ReasonForm, divisions_of
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership, Organisation
from accounts.submissions import post_only
from accounts.views.guard import page_of, place_asked
from accounts.views.users import tell_once
from kit.refusals import NotValid
from kit.versions import unchanged, version_of


def _mine(request: Request, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.membership).select_related("division"), pk=pk)


@require_safe
@membership_required(Role.ADMINISTRATOR)
def listing(request: Request) -> HttpResponse:
    """Organisations of the administrator's place by division, with how many people sit there now."""
    membership: Membership = request.membership
    asked, kind, place = request.GET.get("q", "").strip(), request.GET.get("kind", ""), place_asked(request, membership)
    rows = Organisation.objects.visible_to(membership).select_related("division")
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(short_name__icontains=asked) | Q(uscc=asked.upper()))
    if kind in OrganisationKind.values:
        rows = rows.filter(kind=kind)
    if place:
        rows = rows.within(place)
    now = Q(memberships__in=Membership.objects.current())
    page = page_of(
        request,
        rows.annotate(people=Count("memberships__user", filter=now, distinct=True)).order_by(
            "division_id", "kind", "id"
        ),
    )
    return render(
        request,
        "accounts/organisation/list.html",
        {
            "page": page,
            "q": asked,
            "kind": kind,
            "place": place,
            "kinds": OrganisationKind.choices,
            "divisions": divisions_of(membership),
        },
    )


@never_cache
@membership_required(Role.ADMINISTRATOR)
def new(request: Request) -> HttpResponse:
    """Open an office or department together with its first account, whose password is told once (R-REG-1)."""
    by: Membership = request.membership
    office = OfficeForm(request.POST or None, by=by)
    account = AccountForm(request.POST or None, kinds=OFFICE_KINDS, prefix="account")
    if request.method == "POST" and office.is_valid() and account.is_valid():
        with transaction.atomic():
            organisation = open_organisation(
                by=by,
                asked=account.asked(),
                **(office.cleaned_data | {"uscc": office.cleaned_data["uscc"] or None}),
            )
            user, password = open_account(organisation=organisation, by=by, **account.account())
        return tell_once(request, user, password)
    return render(
        request,
        "accounts/organisation/new.html",
        {"office": office, "account": account},
        status=status_of(office, account),
    )


def _page(request: Request, organisation: Organisation, **forms: Any) -> HttpResponse:
    by: Membership = request.membership
    facts = {"name": organisation.name, "short_name": organisation.short_name, "uscc": organisation.uscc or ""}
    memberships = organisation.memberships.select_related("user").order_by("until", "user__full_name", "id")
    current = set(Membership.objects.current().filter(organisation=organisation).values_list("pk", flat=True))
    return render(
        request,
        "accounts/organisation/show.html",
        {
            "organisation": organisation,
            "version": _version(organisation.pk),
            "memberships": [(membership, membership.pk in current) for membership in memberships],
            "change_form": ChangeForm(initial=facts, needs_uscc=organisation.is_unit),
            "membership_form": MembershipForm(by=by, kind=organisation.kind),
            **forms,
        },
        status=400 if forms else 200,
    )


@require_safe
@membership_required(Role.ADMINISTRATOR)
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, _mine(request, pk))


@post_only("organisation", "pk")
@membership_required(Role.ADMINISTRATOR)
def change(request: Request, pk: int) -> HttpResponse:
    """Mend name or code, with a reason."""
    organisation = _mine(request, pk)
    form = ChangeForm(request.POST, needs_uscc=organisation.is_unit)
    if form.is_valid():
        with unchanged(f"organisation {pk}", lambda: _version(pk), request.POST.get("version", "")):
            change_organisation(organisation, by=request.membership, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("organisation", pk)
    return _page(request, _mine(request, pk), change_form=form)


def _version(pk: int) -> str:
    """What the form of an organisation shows of it."""
    return version_of(*Organisation.objects.values_list("name", "short_name", "uscc").get(pk=pk))


@post_only("organisation", "pk")
@membership_required(Role.ADMINISTRATOR)
def switch(request: Request, pk: int) -> HttpResponse:
    """Close an organisation or open it again, as the form says: of two who close it, the second is told."""
    organisation, form, wanted = _mine(request, pk), ReasonForm(request.POST), request.POST.get("active", "")
    if wanted not in ("0", "1"):
        raise NotValid(_("没有执行：表单没有注明是停用还是恢复。请刷新页面后重新办理。"))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    set_organisation_active(organisation, wanted == "1", by=request.membership, reason=reason)
    messages.success(
        request, _("单位已恢复。") if organisation.is_active else _("单位已停用，其人员不能再以该单位身份办理。")
    )
    return redirect("organisation", pk)


@post_only("organisation", "pk")
@membership_required(Role.ADMINISTRATOR)
def add_membership(request: Request, pk: int) -> HttpResponse:
    """One more membership here for somebody who has an account already."""
    organisation, by = _mine(request, pk), request.membership
    form = MembershipForm(request.POST, by=by, kind=organisation.kind)
    if form.is_valid():
        data = form.cleaned_data
        membership = open_membership(
            data["username"], organisation=organisation, role=data["role"], by=by, title=data["title"]
        )
        messages.success(request, _("已设立岗位：%(membership)s") % {"membership": membership})
        return redirect("organisation", pk)
    return _page(request, organisation, membership_form=form)
