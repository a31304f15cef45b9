"""Login lock-out, the membership a user acts in, health."""

from __future__ import annotations

from typing import Any

from axes.conf import settings as axes_settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.logins import record_failure
from accounts.http import Request
from accounts.middleware import SESSION_KEY, caller_address
from accounts.submissions import can_be_shown, post_only
from kit.whole import whole


def locked_out(
    request: Request, response: HttpResponse | None = None, credentials: Any = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """After five wrong passwords: 429 with a sentence, for a right password too (R-SEC-1)."""
    if getattr(request, "axes_failures_since_start", None):  # only the failure that locked the account was counted
        record_failure(str((credentials or {}).get("username") or "")[:60], caller_address(request), locked=True)
    minutes = round(axes_settings.AXES_COOLOFF_TIME * 60)
    if not request.path.startswith("/api/"):
        return render(request, "account/locked_out.html", {"minutes": minutes}, status=429)
    detail = _("密码错误次数过多，已暂停登录。请于%(minutes)d分钟后再试，或联系本地超级管理员解锁。") % {
        "minutes": minutes
    }
    problem = {"type": "urn:fanbu:lockedout", "title": _("登录已锁定"), "status": 429, "detail": detail}
    return JsonResponse(
        problem, status=429, content_type="application/problem+json", headers={"Retry-After": str(minutes * 60)}
    )


@post_only("home")
def switch_membership(request: Request) -> HttpResponse:
    """Act in another of the user's own memberships from now on."""
    asked = request.POST.get("membership", "")
    membership = get_object_or_404(
        request.user.memberships.current().select_related("user", "organisation__division"), pk=whole(asked) or 0
    )
    membership.origin = caller_address(request)
    request.session[SESSION_KEY] = membership.pk
    record("membership.taken", by=membership, on=membership, division=membership.organisation.division_id)
    messages.success(
        request,
        _("现在以“%(membership)s”身份办理。")
        % {"membership": f"{membership.organisation.name} · {membership.get_role_display()}"},
    )
    request.membership = membership
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if safe and can_be_shown(request, wanted) else "home")


@login_not_required
def closed_door(request: Request, *args: str) -> HttpResponse:
    """allauth's ways by mail are shut: a forgotten password is reset by an administrator who knows the person
    (R-REG-1).
    """
    raise Http404


@login_not_required
def favicon(request: Request) -> HttpResponse:
    """Browsers ask for /favicon.ico on pages that name no icon (a PDF, the API)."""
    return redirect(static("favicon.svg"), permanent=True)


@login_not_required
def healthz(request: Request) -> JsonResponse:
    """Answers 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
