"""A user's own API tokens: what is out there, until when, last used; ended with one click (R-SEC-2)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.tokens import revoke_token, tokens_of
from accounts.http import Request
from accounts.middleware import caller_address
from accounts.submissions import post_only
from accounts.views.guard import page_of


@require_safe
def listing(request: Request) -> HttpResponse:
    """The user's tokens, the newest first."""
    page = page_of(request, tokens_of(request.user))  # type: ignore[arg-type]
    return render(
        request, "accounts/token/list.html", {"page": page, "now": timezone.now(), "days": settings.API_TOKEN_DAYS}
    )


@post_only("tokens")
def revoke(request: Request, pk: int) -> HttpResponse:
    """End one of the own tokens; another's is not found."""
    token = get_object_or_404(tokens_of(request.user).select_related("user"), pk=pk)  # type: ignore[arg-type]
    membership = request.membership
    revoke_token(
        token, division=membership.organisation.division_id if membership else "", origin=caller_address(request)
    )
    messages.success(request, _("令牌已作废，用它的程序从现在起不能再使用接口。"))
    return redirect("tokens")
