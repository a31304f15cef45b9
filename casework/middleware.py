"""Every request has a number and is counted and timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from secrets import token_hex

from django.http import HttpRequest, HttpResponse

from casework.domain.metrics import observe
from kit.logs import REQUEST


class MeasureMiddleware:
    """Gives a request its number: it stands in the answer (X-Request-ID), in every line of the log and on the page of
    an unforeseen error. A number sent along is not taken over: it would be written to the log as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number, begun = token_hex(8), time.perf_counter()
        kept = REQUEST.set(number)
        try:
            answer = self.get_response(request)
        finally:
            REQUEST.reset(kept)
        view = request.resolver_match.view_name if request.resolver_match else ""
        observe(view or "none", answer.status_code, time.perf_counter() - begun)
        answer["X-Request-ID"] = number
        return answer
