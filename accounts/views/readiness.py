"""开通准备: what is still missing before the first class can be opened and paid, each with the page that mends it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.readiness import readiness
from accounts.enums import Role
from accounts.http import Request
from accounts.middleware import membership_required
from kit.refusals import NotAllowed


@require_safe
@membership_required(Role.ADMINISTRATOR)
def show(request: Request) -> HttpResponse:
    """The same list as `manage.py install --check` prints, for the region's administrators."""
    if not request.membership.administers_region:
        raise NotAllowed(_("开通准备由自治区人社部门的超级管理员办理。"))
    found = readiness()
    return render(
        request,
        "accounts/readiness/show.html",
        {
            "missing": [standing for standing in found if standing.missing],
            "done": [standing for standing in found if not standing.missing],
            "blocking": sum(bool(standing.missing) and standing.check.blocks for standing in found),
        },
    )
