"""How the portal runs: for the people who run it, for the load balancer, for the measuring server."""

from __future__ import annotations

from secrets import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError

from accounts.http import Request
from accounts.middleware import membership_required
from casework.domain.metrics import exposition
from casework.domain.operations import Health, lines, may_see_operations
from kit.postgres.schema import migrations_left
from kit.refusals import NotAllowed


@require_safe
@membership_required()
def operations(request: Request) -> HttpResponse:
    """What waits, since when, and where it is mended; what is not well stands first."""
    if not may_see_operations(request.membership):
        raise NotAllowed(_("运行情况供自治区超级管理员和审计人员查看。"))
    order = [Health.BAD, Health.LATE, Health.GOOD]
    found = sorted(lines(), key=lambda line: order.index(line.health))
    return render(request, "casework/operations/list.html", {"lines": found})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when this process can do its work, else 503 with what is missing: the database, its schema, the cache."""
    missing = [name for name, question in QUESTIONS.items() if not question()]
    return JsonResponse(
        {"status": "waiting" if missing else "ready", "missing": missing}, status=503 if missing else 200
    )


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _schema_is_whole() -> bool:
    """Whether every migration of this version was run."""
    try:
        return not migrations_left()
    except DatabaseError:
        return False


def _cache_answers() -> bool:
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        return False
    return True


QUESTIONS = {"database": _database_answers, "schema": _schema_is_whole, "cache": _cache_answers}


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for a Prometheus server that shows FANBU_METRICS_TOKEN; without one there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
