"""What pages of this room share: the asked page of a list, the asked place; who opens them is `membership_required`,
the rows come from `visible_to` (R-LVL-2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import Division, Membership

View = Callable[..., HttpResponse]
PER_PAGE = 25


def page_of(request: HttpRequest, rows: Any) -> Page:
    """The asked page; a number beyond the last gives the last."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def place_asked(request: HttpRequest, membership: Membership) -> Division | None:
    """The division of the address's `division=`, None when it names none; outside the membership's place is 404."""
    code = request.GET.get("division", "")
    return get_object_or_404(Division, pk=code, path__startswith=membership.division.path) if code else None
