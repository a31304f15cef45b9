"""What the nightly searches found, for the administrators and auditors of the place and of the levels above (R-AUT-5,
R-SEC-2).
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.domain.findings import sentence_of, standing
from accounts.enums import TRAIL_ROLES
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.views.guard import page_of


@require_safe
@membership_required(*TRAIL_ROLES)
def listing(request: Request) -> HttpResponse:
    """The findings that stand, the newest first."""
    membership: Membership = request.membership
    page = page_of(request, standing(membership))
    for finding in page.object_list:
        finding.sentence = sentence_of(finding)
    return render(request, "accounts/finding/list.html", {"page": page})
