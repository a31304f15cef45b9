"""What the nightly watch found, grouped by class, for officers (R-ELG-8)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.enums import Role
from casework.views.base import seated
from training.models import Change

PAGE = 100


@require_GET
@seated(Role.OFFICER, Role.ADMINISTRATOR, Role.INSPECTOR, Role.AUDITOR)
def changes(request: HttpRequest) -> HttpResponse:
    """The changes of the scope, the newest night first, class by class; ?class= shows one."""
    rows = Change.objects.visible_to(request.post).filter(enrolment__struck_out_at__isnull=True).select_related(
        "enrolment__person", "enrolment__training_class__opening")
    wanted = request.GET.get("class", "")
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 18:
        rows = rows.filter(enrolment__training_class=int(wanted))
    page = Paginator(rows.order_by("-seen_at", "enrolment__training_class", "enrolment__sequence", "id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "training/watch/list.html", {"page": page})
