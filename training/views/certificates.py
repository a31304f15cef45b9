"""The unit's form of a certificate put right; everything after that is the case page's (R-CMP-2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.domain.authority import applies_for
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from casework.enums import WITH_APPLICANT
from casework.http import overtaken, posted_version, shown_version
from kit.refusals import NotAllowed
from kit.versions import Stale, unchanged
from training.domain.classes.versions import certificate_version
from training.domain.decision.certificate_changes import (
    KIND,
    OF_ENROLMENT,
    amend,
    begin,
    open_change,
    whole,
    why_not_asked,
)
from training.forms.results import CertificateForm
from training.models import CertificateChange, Enrolment

PAGE = "training/certificate/edit.html"


@membership_required()
def certificate_new(request: Request, pk: int) -> HttpResponse:
    """Ask for another number for one trainee's certificate; one that is open already is gone on with."""
    rows = Enrolment.objects.visible_to(request.membership).select_related(
        "person",
        "training_class__project",
        "training_class__institution",
        "training_class__employer",
        "training_class__applicant",
    )
    enrolment = get_object_or_404(rows, pk=pk)
    found = open_change(enrolment)
    if found and request.method != "POST" and applies_for(request.membership, found.applicant_id):
        return redirect("case", KIND, found.pk)
    why_not_asked(enrolment, by=request.membership)
    said = {name: getattr(enrolment, name) for name in OF_ENROLMENT}
    return _form_page(request, enrolment, None, said)


@membership_required()
def certificate_edit(request: Request, pk: int) -> HttpResponse:
    """The same form while the case is with the unit."""
    change = get_object_or_404(whole().visible_to(request.membership), pk=pk)
    if not applies_for(request.membership, change.applicant_id):
        raise NotAllowed(_("只有提出更正的单位可以修改。"))
    if change.state not in WITH_APPLICANT and request.method != "POST":
        return redirect("case", KIND, change.pk)
    said = {
        "certificate_kind": change.new_kind,
        "certificate_number": change.new_number,
        "certificate_on": change.new_on,
        "reason": change.reason,
    }
    return _form_page(request, change.enrolment, change, said)


def _form_page(
    request: Request, enrolment: Enrolment, change: CertificateChange | None, said: dict[str, Any]
) -> HttpResponse:
    """Show the form, or save it; what was typed stays beside what is wrong with it."""
    form, stale = CertificateForm(request.POST or None, initial=said), None
    version = certificate_version(change.pk) if change else ""
    if request.method == "POST" and form.is_valid():
        try:
            with unchanged(
                f"certificatechange {change.pk if change else ''}",
                lambda: certificate_version(change.pk) if change else "",
                posted_version(request),
            ):
                saved = _save(request, enrolment, change, form.cleaned_data)
        except Stale as newer:
            stale = newer
            overtaken(form, CertificateForm(initial=said), stale)
        else:
            return redirect("case", KIND, saved.pk)
    return render(
        request,
        PAGE,
        {
            "enrolment": enrolment,
            "change": change,
            "form": form,
            "version": shown_version(request, version, stale),
        },
        status=status_of(form, stale=stale),
    )


def _save(
    request: Request, enrolment: Enrolment, change: CertificateChange | None, said: dict[str, Any]
) -> CertificateChange:
    typed = said["certificate_kind"], said["certificate_number"], said["certificate_on"], said["reason"]
    if change is None:
        return begin(enrolment, *typed, by=request.membership)
    return amend(change, *typed, by=request.membership)
