"""What the nightly searches found, for the administrators and auditors of the place and of the levels above (R-AUT-5,
R-SEC-2).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.domain.findings import sentence_of, standing
from accounts.enums import Role
from accounts.middleware import seated
from accounts.models import Post
from accounts.views.guard import page_of


@require_safe
@seated(Role.ADMINISTRATOR, Role.AUDITOR)
def listing(request: HttpRequest) -> HttpResponse:
    """The findings that stand, the newest first."""
    post: Post = request.post  # type: ignore[attr-defined]
    page = page_of(request, standing(post))
    for finding in page.object_list:
        finding.sentence = sentence_of(finding)
    return render(request, "accounts/finding/list.html", {"page": page})
