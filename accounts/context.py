"""What the frame shows on every page: the membership acted in, the user's other memberships, what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"membership": getattr(request, "membership", None)}
