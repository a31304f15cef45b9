"""Pages of units: the officer's list and account opening, the unit's own profile, teachers and venues (R-REG-1 …
R-REG-5).
"""

from __future__ import annotations

import copy
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain import shown_once
from accounts.enums import HANDS_ON, OFFICE_ROLES, Role
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership
from casework.domain.keyset import PAGE
from casework.enums import ENDED, WITH_APPLICANT
from casework.http import overtaken, posted_version, shown_version
from kit.refusals import NotAllowed
from kit.versions import Stale, unchanged
from training.domain.classes.versions import row_version, unit_version
from training.domain.units.accounts import open_change
from training.domain.units.profiles import proposed
from training.domain.units.registrations import what_is_missing, what_is_wrong
from training.domain.units.upkeep import (
    begin_amendment,
    may_open_units,
    open_case,
    open_unit,
    profile_is_editable,
    save_teacher,
    save_venue,
    update_unit,
)
from training.filters import UnitFilter
from training.forms.units import OpenUnitForm, TeacherForm, UnitForm, VenueForm
from training.models import AccountChange, Registration, Teacher, Unit, UnitAccount, Venue


def own_unit(request: Request) -> Unit:
    """The unit of the operator who asks; 404 for an organisation that has none."""
    return get_object_or_404(
        Unit.objects.visible_to(request.membership).select_related("organisation__division"),
        organisation=request.membership.organisation,
    )


@membership_required(*OFFICE_ROLES)
def unit_list(request: Request) -> HttpResponse:
    """Units of the scope with where their registration stands."""
    latest = Registration.objects.filter(unit=OuterRef("pk")).order_by("-id")
    rows = (
        Unit.objects.visible_to(request.membership)
        .select_related("organisation__division")
        .annotate(registration_id=Subquery(latest.values("pk")[:1]), state=Subquery(latest.values("state")[:1]))
        .annotate(
            is_readable=Exists(
                Registration.objects.visible_to(request.membership).filter(pk=OuterRef("registration_id"))
            )
        )
        .order_by("-id")
    )
    chosen = UnitFilter(request.GET, rows)
    page = Paginator(chosen.qs, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "training/units/list.html",
        {"page": page, "filter": chosen, "may_open": may_open_units(request.membership)},
    )


@membership_required(*HANDS_ON)
def unit_open(request: Request) -> HttpResponse:
    """Open an account on request; its first password is told on the page this leads to (R-REG-1)."""
    if not may_open_units(request.membership):
        raise NotAllowed(_("只有人社部门的审核人员可以为单位开通账号。"))
    form = OpenUnitForm(request.POST or None, by=request.membership)
    if request.method == "POST" and form.is_valid():
        names = ("kind", "name", "uscc", "division", "username", "full_name", "phone")
        opened = open_unit(
            **{name: form.cleaned_data[name] for name in names},
            requested=form.request_words(),
            by=request.membership,
        )
        shown_once.keep(
            request.session,
            f"unit {opened.unit.pk}",
            password=opened.password,
            username=opened.user.username,
            full_name=opened.user.full_name,
            registration=opened.registration.number,
        )
        return redirect("unit_opened", opened.unit.pk)
    return render(request, "training/units/open.html", {"form": form}, status=status_of(form))


@never_cache
@require_safe
@membership_required(*HANDS_ON)
def unit_opened(request: Request, pk: int) -> HttpResponse:
    """The first password of a unit's account, to whoever just opened it, once."""
    unit = get_object_or_404(Unit.objects.visible_to(request.membership).select_related("organisation"), pk=pk)
    told = shown_once.take_out(request.session, f"unit {pk}") if request.method == "GET" else {}
    if told is None:
        messages.info(request, _("初始密码已经显示过，不能再次查看。没有记下的，请本地超级管理员重置。"))
        return redirect("unit", pk)
    return render(request, "training/units/opened.html", {"unit": unit, **told})


@membership_required()
def unit_page(request: Request, pk: int) -> HttpResponse:
    """A unit on file: profile, accounts, conditions, registrations."""
    membership, unit = (
        request.membership,
        get_object_or_404(Unit.objects.visible_to(request.membership).select_related("organisation__division"), pk=pk),
    )
    return render(
        request,
        "training/units/detail.html",
        {
            "unit": unit,
            "teachers": unit.teachers.order_by("-is_active", "name"),
            "venues": unit.venues.order_by("-is_active", "name"),
            "registrations": unit.registrations.order_by("-id"),
            "accounts": accounts_shown(unit, membership),
            "change": (
                unit.account_changes.visible_to(membership)
                .exclude(state__in=WITH_APPLICANT + ENDED)
                .select_related("desk")
                .first()
            ),
            "readable": set(unit.registrations.visible_to(membership).values_list("pk", flat=True)),
            "listings": unit.organisation.listings.order_by("-since"),
        },
    )


def accounts_shown(unit: Unit, membership: Membership) -> QuerySet[UnitAccount]:
    """The unit's accounts, newest first, each with whether the reader may open the application it came by."""
    readable = AccountChange.objects.visible_to(membership).filter(pk=OuterRef("change_id"))
    return unit.accounts.visible_to(membership).annotate(is_readable=Exists(readable)).order_by("-id")


def draft_shown(unit: Unit) -> Unit:
    """The unit as its latest draft has it; never to be saved."""
    registration = open_case(unit)
    if registration is None:
        return copy.copy(unit)
    registration.unit = unit
    return proposed(registration)


@membership_required(Role.OPERATOR)
def unit_profile(request: Request) -> HttpResponse:
    """The approved file, or the draft beside it while one is with the unit; it may be saved at any time (R-SEC-4)."""
    unit = own_unit(request)
    registration = open_case(unit)
    if registration:
        registration.unit = unit
    editable = profile_is_editable(unit)
    form, stale = UnitForm(request.POST or None, instance=draft_shown(unit)), None
    if request.method == "POST" and form.is_valid():
        try:
            with unchanged(f"unit {unit.pk}", lambda: unit_version(unit.pk), posted_version(request)):
                update_unit(unit, by=request.membership, **form.cleaned_data)
        except Stale as newer:
            stale = newer
            overtaken(form, UnitForm(instance=draft_shown(own_unit(request))), stale)
    if request.method == "POST" and not form.errors:
        messages.success(request, _("已保存。"))
        return redirect("unit_profile")
    return render(
        request,
        "training/units/profile.html",
        {
            "unit": unit,
            "form": form,
            "editable": editable,
            "registration": registration,
            "missing": (
                [*what_is_missing(registration), *what_is_wrong(registration)] if registration and editable else []
            ),
            "accounts": accounts_shown(unit, request.membership),
            "change": open_change(unit),
            "version": shown_version(request, unit_version(unit.pk), stale),
        },
        status=status_of(form, stale=stale),
    )


@membership_required(Role.OPERATOR)
def unit_amend(request: Request) -> HttpResponse:
    """Open the approved profile for changes."""
    if request.method == "POST":
        begin_amendment(own_unit(request), by=request.membership)
        messages.info(request, _("现在可以修改基本信息，改好后请再次提交审核。"))
    return redirect("unit_profile")


@membership_required(Role.OPERATOR)
def unit_resources(request: Request) -> HttpResponse:
    """Teachers and venues of the unit."""
    unit = own_unit(request)
    return render(
        request,
        "training/units/resources.html",
        {
            "unit": unit,
            "teachers": unit.teachers.order_by("-is_active", "name"),
            "venues": unit.venues.order_by("-is_active", "name"),
        },
    )


@membership_required(Role.OPERATOR)
def teacher_edit(request: Request, pk: int | None = None) -> HttpResponse:
    unit = own_unit(request)
    teacher = get_object_or_404(unit.teachers, pk=pk) if pk else Teacher(unit=unit)
    return _resource(request, TeacherForm, teacher, save_teacher, _("教师"))


@membership_required(Role.OPERATOR)
def venue_edit(request: Request, pk: int | None = None) -> HttpResponse:
    unit = own_unit(request)
    venue = get_object_or_404(unit.venues, pk=pk) if pk else Venue(unit=unit)
    return _resource(request, VenueForm, venue, save_venue, _("场地"))


def _resource(request: Request, shape: Any, thing: Teacher | Venue, save: Any, label: str) -> HttpResponse:
    read, stale, form = row_version(type(thing)), None, shape(request.POST or None, instance=thing)
    if request.method == "POST" and form.is_valid():
        try:
            with unchanged(
                f"{type(thing)._meta.model_name} {thing.pk}", lambda: read(thing.pk), posted_version(request)
            ):
                save(form.save(commit=False), by=request.membership)
        except Stale as newer:
            stale = newer
            overtaken(form, shape(instance=type(thing).objects.get(pk=thing.pk)), stale)
        else:
            messages.success(request, _("已保存。"))
            return redirect("unit_resources")
    return render(
        request,
        "training/units/resource.html",
        {
            "form": form,
            "label": label,
            "is_new": thing.pk is None,
            "version": shown_version(request, read(thing.pk), stale) if thing.pk else "",
        },
        status=status_of(form, stale=stale),
    )
