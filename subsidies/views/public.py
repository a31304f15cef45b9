"""What everybody may read without a login: publicities with the objection form, standards (R-SUB-4, R-OPEN-1)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.middleware import caller_address
from casework.domain.keyset import PAGE
from kit.text import tidy
from subsidies.domain.objections import file_objection
from subsidies.domain.publicity import is_open
from subsidies.forms import ObjectionForm
from subsidies.models import Objection, Publicity, Standard

MOST_AN_HOUR, HOUR = 10, 3600
FILED = "objection.filed"


@login_not_required
@require_GET
def publicities(request: HttpRequest) -> HttpResponse:
    """Everything published, newest first, searchable by number or unit."""
    found = Publicity.objects.select_related("subsidy__division", "subsidy__applicant").order_by("-begins", "-id")
    asked = tidy(request.GET.get("q", ""))[:60]
    if asked:
        found = found.filter(subsidy__applicant__name__contains=asked) | found.filter(subsidy__number__startswith=asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    for one in page:
        one.taken = is_open(one)
    return render(request, "subsidies/publicity/list.html", {"page": page, "q": asked})


@login_not_required
@require_http_methods(["GET", "POST"])
def publicity(request: HttpRequest, pk: int) -> HttpResponse:
    """One publicity as the public sees it, masked, with the objection form while objections are taken."""
    found = get_object_or_404(Publicity.objects.select_related("subsidy__division", "subsidy__desk"), pk=pk)
    form = ObjectionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and too_many(caller_address(request)):
            status = 429
            form.add_error(None, _("您提交得过于频繁，请一小时后再试，或直接联系受理部门。"))
        elif form.is_valid():
            filed = file_objection(found, origin=caller_address(request), **form.cleaned_data)
            return redirect("objection_filed", pk, signing.dumps(filed.pk, salt=FILED))
    return render(
        request,
        "subsidies/publicity/show.html",
        {"publicity": found, "form": form, "taken": is_open(found)},
        status=status,
    )


@login_not_required
@require_safe
def objection_filed(request: HttpRequest, pk: int, mark: str) -> HttpResponse:
    """The number an objection was given, for whoever made it: the address is signed, so that nobody counts objections
    by trying numbers.
    """
    try:
        number = signing.loads(mark, salt=FILED)
    except signing.BadSignature as forged:
        raise Http404 from forged
    filed = get_object_or_404(Objection.objects.select_related("publicity"), pk=number, publicity=pk)
    return render(request, "subsidies/publicity/filed.html", {"publicity": filed.publicity, "objection": filed})


def too_many(address: str) -> bool:
    """Ten objections an hour from one address, so that nobody blocks every payment by machine."""
    key = f"objections:{address}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > MOST_AN_HOUR
    except ValueError:  # the hour ended between the two
        return False


@login_not_required
@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """The subsidy standards, past and present."""
    return render(
        request,
        "subsidies/standard/list.html",
        {"standards": Standard.objects.order_by("-since", "item", "project_code", "pk")},
    )
