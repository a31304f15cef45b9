"""The unit's pages of its account change; everything after that is the case page's (R-SUB-7)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.enums import Role
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from casework.enums import WITH_APPLICANT
from casework.http import overtaken, posted_version, shown_version
from kit.versions import Stale, unchanged
from training.domain.classes.versions import change_version
from training.domain.units.accounts import FIELDS, KIND, account_of, amend_change, begin_change, open_change
from training.forms.units import AccountForm
from training.models import AccountChange
from training.views.units import own_unit


@membership_required(Role.OPERATOR)
def account_new(request: Request) -> HttpResponse:
    """Ask for another account; one that is open already is gone on with."""
    unit = own_unit(request)
    found = open_change(unit)
    if found and request.method != "POST":
        return redirect("case", KIND, found.pk)
    return _account(request, None, {"holder": unit.organisation.name})


@membership_required(Role.OPERATOR)
def account_edit(request: Request, pk: int) -> HttpResponse:
    """Alter what is asked while it is with the unit."""
    change = get_object_or_404(AccountChange.objects.visible_to(request.membership).select_related("applicant"), pk=pk)
    return _account(request, change, {name: getattr(change, name) for name in FIELDS})


def _account(request: Request, change: AccountChange | None, initial: dict[str, object]) -> HttpResponse:
    membership, version = request.membership, change_version(change.pk) if change else ""
    form, stale = AccountForm(request.POST or None, initial=initial), None
    if request.method == "POST" and form.is_valid():
        try:
            with unchanged(
                f"accountchange {change.pk if change else ''}",
                lambda: change_version(change.pk) if change else "",
                posted_version(request),
            ):
                saved = (
                    amend_change(change, by=membership, **form.cleaned_data)
                    if change
                    else begin_change(own_unit(request), by=membership, **form.cleaned_data)
                )
        except Stale as newer:
            stale = newer
            overtaken(form, AccountForm(initial=initial), stale)
        else:
            return redirect("case", KIND, saved.pk)
    if change is not None and change.state not in WITH_APPLICANT and request.method != "POST":
        return redirect("case", KIND, change.pk)
    organisation = membership.organisation
    return render(
        request,
        "training/account/edit.html",
        {
            "form": form,
            "change": change,
            "account": account_of(organisation),
            "registered": organisation.name,
            "version": shown_version(request, version, stale),
        },
        status=status_of(form, stale=stale),
    )
