"""Every API error as an RFC 9457 problem, in the reader's language, with the sentences people would see on the page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from casework.domain.moves import MoveRefused, NoSuchMove, NotYours, Overtaken

MEDIA_TYPE = "application/problem+json"


def problem(code: int, title: str, *, kind: str = "about:blank", detail: str = "", **more: Any) -> Response:
    body = {"type": kind, "title": title, "status": code, "detail": detail, **more}
    return Response(body, status=code, content_type=MEDIA_TYPE)


def move_problem(refused: MoveRefused) -> Response:
    """404 for no such move, 403 for another's, 409 for not now."""
    if isinstance(refused, NoSuchMove):
        code, title = 404, _("没有这样的操作")
    elif isinstance(refused, NotYours):
        code, title = 403, _("无权办理")
    else:
        code, title = 409, _("他人已办理") if isinstance(refused, Overtaken) else _("现在不能办理")
    return problem(code, title, kind=f"urn:fanbu:{type(refused).__name__.lower()}", detail=" ".join(refused.sentences),
                   obstacles=refused.sentences)


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    if isinstance(exc, MoveRefused):
        set_rollback()
        return move_problem(exc)
    if isinstance(exc, exceptions.ValidationError):
        set_rollback()
        return problem(400, _("提交的内容有误"), kind="urn:fanbu:invalid", detail=_("请按各项提示修改后再提交。"), errors=exc.detail)
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
    detail = "" if isinstance(exc, Http404 | PermissionDenied) else str(getattr(exc, "detail", ""))
    answer = problem(plain.status_code, title, detail=detail or title)
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in plain:
            answer[name] = plain[name]
    return answer
