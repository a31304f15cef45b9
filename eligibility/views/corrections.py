"""Asking for a correction of who somebody is: one form, then the case (R-AUT-4, R-SEC-1, R-SEC-2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership
from casework.domain.flow import file_of
from casework.domain.moves import take
from casework.http import overtaken, posted_version, shown_version
from eligibility.domain import corrections as acts
from eligibility.domain.examine import Entry
from eligibility.forms import CorrectionForm
from eligibility.models import Correction, Person
from kit.refusals import NotNow
from kit.versions import Stale, unchanged


@membership_required()
def correction_new(request: Request, pk: int) -> HttpResponse:
    """What shall be otherwise on the record of one person, for offices; a stranger to the scope is not found."""
    try:
        return _form_page(request, acts.recorded_for(pk, request.membership), None)
    except Person.DoesNotExist as none:
        raise Http404 from none


@membership_required()
def correction_of_entry(request: Request, kind: str, pk: int) -> HttpResponse:
    """What shall be otherwise in what a unit entered itself; nothing shows whose number it is (R-SEC-1)."""
    try:
        entry = acts.entered_by(request.membership, kind, pk)
    except Person.DoesNotExist as none:
        raise Http404 from none
    return _form_page(request, entry, None)


@membership_required()
def correction_edit(request: Request, pk: int) -> HttpResponse:
    """The same form while the case is with whoever asked."""
    membership: Membership = request.membership
    rows = Correction.objects.visible_to(membership).select_related("person", "division", "applicant")
    correction = get_object_or_404(rows, pk=pk)
    acts.refuse_unless_amendable(correction, by=membership)
    return _form_page(request, acts.entry_of(correction), correction)


def _form_page(request: Request, entry: Entry, correction: Correction | None) -> HttpResponse:
    """Show the form; or save what was typed and, where asked, submit it. What was typed stays beside what is wrong with
    it.
    """
    form = CorrectionForm(request.POST or None, request.FILES or None, initial=_said(correction))
    page = {
        "entry": entry,
        "correction": correction,
        "form": form,
        "files": file_of(correction).attached(acts.EVIDENCE) if correction else None,
        "version": shown_version(request, acts.draft_version(correction.pk) if correction else ""),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "eligibility/corrections/edit.html", page, status=status_of(form))
    try:
        saved = _save(request, entry, correction, form.cleaned_data)
    except Stale as stale:
        correction.refresh_from_db()  # type: ignore[union-attr]
        overtaken(form, CorrectionForm(initial=_said(correction)), stale)
        return render(request, "eligibility/corrections/edit.html", page | {"version": stale.version}, status=409)
    return _submitted(request, saved) if "submit" in request.POST else _kept(request, saved)


def _said(correction: Correction | None) -> dict[str, str] | None:
    return (
        {"name": correction.new_name, "number": correction.new_number or "", "reason": correction.reason}
        if correction
        else None
    )


def _save(request: Request, entry: Entry, correction: Correction | None, given: dict) -> Correction:
    typed = (given["name"], given["number"], given["reason"], given["file"])
    if correction is None:
        return acts.draft(entry, *typed, by=request.membership)
    with unchanged(f"correction {correction.pk}", lambda: acts.draft_version(correction.pk), posted_version(request)):
        return acts.amend(correction, *typed, by=request.membership)


def _kept(request: Request, saved: Correction) -> HttpResponse:
    messages.success(request, _("已存为草稿，尚未提交。"))
    return redirect("case", acts.KIND, saved.pk)


def _submitted(request: Request, saved: Correction) -> HttpResponse:
    """Saved in any case; what is missing for submission stands on the form that edits it."""
    try:
        take(saved, "submit", by=request.membership)
    except NotNow as refused:
        form = CorrectionForm(
            initial={"name": saved.new_name, "number": saved.new_number or "", "reason": saved.reason}
        )
        return render(
            request,
            "eligibility/corrections/edit.html",
            {
                "entry": acts.entry_of(saved),
                "correction": saved,
                "form": form,
                "files": file_of(saved).attached(acts.EVIDENCE),
                "sentences": refused.sentences,
                "version": acts.draft_version(saved.pk),
            },
            status=409,
        )
    messages.success(request, _("更正申请%(number)s已提交，由另一名有权限的工作人员审核。") % {"number": saved.number})
    if Correction.objects.visible_to(request.membership).filter(pk=saved.pk).exists():
        return redirect("case", acts.KIND, saved.pk)
    return redirect("home")
