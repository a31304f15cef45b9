"""Login lock-out and health."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """After five wrong passwords: 429 with a sentence, for a right password too (R-SEC-1)."""
    return render(request, "account/locked_out.html", status=429)


def healthz(request: HttpRequest) -> JsonResponse:
    """Answers 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
