"""What the frame shows on every page: the post acted in, the user's other posts, what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"post": getattr(request, "post", None)}
