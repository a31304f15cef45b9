"""Every API error as an RFC 9457 problem, in the reader's language; a refused act (`kit.refusals`) with the sentences
of the page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import psycopg2
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from casework.domain.jobs import no_room_sentence
from kit.logs import REQUEST
from kit.refusals import NotValid, Refused
from kit.storage import is_disk_full
from kit.versions import Stale

MEDIA_TYPE = "application/problem+json"


def problem(code: int, title: str, *, kind: str = "about:blank", detail: str = "", **more: Any) -> Response:
    body = {"type": kind, "title": title, "status": code, "detail": detail, **more}
    return Response(body, status=code, content_type=MEDIA_TYPE)


def refusal_problem(refused: Refused, code: int = 0) -> Response:
    """A refused act: by field where it is to be mended (400), else as what stands in the way."""
    kind, sentences, code = f"urn:fanbu:{refused.kind}", refused.sentences, code or refused.status
    if code == status.HTTP_400_BAD_REQUEST:
        return invalid(refused.by_field, kind=kind, title=refused.title)
    return problem(code, refused.title, kind=kind, detail=" ".join(sentences), obstacles=sentences)


def invalid(errors: Mapping[str, list[str]], *, kind: str = "urn:fanbu:invalid", title: Any = "") -> Response:
    """400 with the sentences by field; "" stands for the whole."""
    whole = " ".join(errors.get("", []))
    return problem(
        400, title or NotValid.title, kind=kind, detail=whole or _("请按各项提示修改后再提交。"), errors=errors
    )


def flat(detail: Any, field: str = "") -> dict[str, list[str]]:
    """DRF's nested error details as {field: sentences}; a field inside a list reads `rows.3.score`."""
    if isinstance(detail, Mapping):
        parts = [
            (f"{field}.{key}".lstrip(".") if key not in ("", "__all__", "non_field_errors") else field, value)
            for key, value in detail.items()
        ]
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        parts = [(f"{field}.{place}".lstrip("."), one) for place, one in enumerate(detail)]
    else:
        return {field: [str(one) for one in (detail if isinstance(detail, list) else [detail])]}
    found: dict[str, list[str]] = {}
    for name, value in parts:
        for key, sentences in flat(value, name).items():
            found.setdefault(key, []).extend(sentences)
    return {key: sentences for key, sentences in found.items() if sentences}


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    answer = _domain_problem(exc)
    if answer is not None:
        set_rollback()
        return answer
    plain = exception_handler(exc, context)
    if plain is None:
        return None
    title = {
        status.HTTP_401_UNAUTHORIZED: _("请先登录"),
        status.HTTP_403_FORBIDDEN: _("无权访问"),
        status.HTTP_404_NOT_FOUND: _("没有找到"),
        status.HTTP_405_METHOD_NOT_ALLOWED: _("不支持这种请求方式"),
        status.HTTP_429_TOO_MANY_REQUESTS: _("请求过于频繁"),
    }.get(plain.status_code, _("请求有误"))
    answer = problem(plain.status_code, title, detail=_words(exc) or title)
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in plain:
            answer[name] = plain[name]
    return answer


def _domain_problem(exc: Exception) -> Response | None:
    if isinstance(exc, Stale):
        return refusal_problem(exc, status.HTTP_412_PRECONDITION_FAILED)
    if isinstance(exc, Refused):
        return refusal_problem(exc)
    if isinstance(exc, exceptions.ValidationError):
        return invalid(flat(exc.detail))
    if isinstance(exc, RequestDataTooBig):
        size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        return problem(413, _("内容过大"), detail=_("内容超过 %(size)s MB，请分次提交。") % {"size": size})
    return None


def _words(exc: Exception) -> str:
    """What may be said of an error: our own sentence, never a look-up's."""
    if isinstance(exc, Http404):
        return ""
    return str(exc) if isinstance(exc, PermissionDenied) else str(getattr(exc, "detail", ""))


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler of unforeseen errors: a problem for the API, the page for people; 507 where the disk is full."""
    if is_disk_full(sys.exc_info()[1]):
        return no_room(request)
    if not request.path.startswith("/api/"):
        page = get_template("500.html").render({"number": REQUEST.get()})
        return HttpResponse(page, status=500)
    body = {
        "type": "urn:fanbu:error",
        "title": _("系统出错"),
        "status": 500,
        "number": REQUEST.get(),
        "detail": _("刚才的操作没有完成，已保存的资料没有丢失，错误已记录。请稍后重试。"),
    }
    return JsonResponse(body, status=500, content_type=MEDIA_TYPE)


def no_room(request: HttpRequest) -> HttpResponse:
    """The answer when the disk is full: nothing was kept of the request, and who is to be told. The page asks nothing
    of the database.
    """
    sentence = no_room_sentence()
    if not request.path.startswith("/api/"):
        return HttpResponse(get_template("507.html").render({"sentence": sentence}), status=507)
    body = {"type": "urn:fanbu:noroom", "title": _("存储空间不足"), "status": 507, "detail": sentence}
    return JsonResponse(body, status=507, content_type=MEDIA_TYPE)


def unstorable(request: HttpRequest) -> HttpResponse:
    """The answer to text with a character no database can hold."""
    sentence = _("提交的内容中有无法保存的字符，没有作任何改动。请删去后重试。")
    if not request.path.startswith("/api/"):
        return render(request, "400.html", {"sentence": sentence}, status=400)
    body = {"type": "urn:fanbu:unstorable", "title": _("请求有误"), "status": 400, "detail": sentence}
    return JsonResponse(body, status=400, content_type=MEDIA_TYPE)


class UnstorableTextMiddleware:
    """A NUL in a search, a form or a body: forms refuse it by themselves, whatever is read without one ends here
    instead of as an error of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        from_driver = isinstance(problem, ValueError) and "NUL (0x00)" in str(problem)
        from_database = isinstance(problem.__cause__, psycopg2.errors.UntranslatableCharacter)
        return unstorable(request) if from_driver or from_database else None
