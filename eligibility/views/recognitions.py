"""The recognising department's answer about an employer, entered once by the office that decides (R-ELG-5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership
from eligibility.domain.examine import subjects_called
from eligibility.domain.recognitions import Answered, known_of, recognise
from eligibility.forms import RecognitionForm
from kit.refusals import NotAllowed


@require_http_methods(["GET", "POST"])
@membership_required()
def new(request: Request, kind: str, pk: int) -> HttpResponse:
    """What is known of the employer and the form; everybody of its open classes is judged again."""
    membership: Membership = request.membership
    provider = subjects_called(kind)
    described = provider.describe(membership, [pk]).get(pk) if provider and pk < 2**63 else None
    if described is None:
        raise Http404
    if why := provider.why_not(membership, pk):
        raise NotAllowed(why)
    uscc = provider.employer_of(pk)
    if not uscc:
        raise Http404
    form = RecognitionForm(request.POST, request.FILES) if request.method == "POST" else RecognitionForm()
    if form.is_valid():
        given = form.cleaned_data
        recognise(
            kind,
            pk,
            Answered(**{name: value for name, value in given.items() if name != "file"}),
            by=membership,
            upload=given["file"],
        )
        messages.success(request, _("困难企业认定已登记，本企业各班已重新判定。"))
        return redirect(described.url)
    page = {"described": described, "form": form, "uscc": uscc, "known": known_of(uscc)}
    return render(request, "eligibility/recognitions/new.html", page, status=status_of(form))
