"""What every view of the API behind the login shares: a membership, its scope, pages, problems (R-LVL-2, R-SEC-1)."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, ExitStack
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import BasePagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.utils.urls import replace_query_param

from accounts.domain.authority import applies_for
from accounts.domain.submissions import answered, one_at_a_time, remember_answer
from accounts.middleware import caller_address
from accounts.models import Membership
from casework.domain.keyset import page_of
from kit.bodies import BodyParser
from kit.crypto import file_digest
from kit.refusals import NotAllowed
from kit.sheets import XLSX
from kit.versions import unchanged
from kit.whole import whole

PAGE, OK, BAD = 50, 200, 400


class WithMembership(IsAuthenticated):
    """A login and a membership in office; a user without one gets 403 with the sentence."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.membership is None:
            raise exceptions.PermissionDenied(_("您的账号没有在任岗位，请联系开通账号的部门。"))
        return True


class Pages(BasePagination):
    """Fifty rows a page by a unique column (`cursor_field` of the view), newest first unless the view is `ascending`.

    `next` is the whole address of the following page; the database walks an index from there, however long the list.
    """

    cursor = "after"

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Any]:
        field, up = getattr(view, "cursor_field", "id"), getattr(view, "ascending", False)
        if after := request.query_params.get(self.cursor, ""):
            queryset = queryset.filter(
                **{f"{field}__{'gt' if up else 'lt'}": self.read(after, getattr(view, "cursor_is_text", False))}
            )
        rows = list(queryset.order_by(field if up else f"-{field}")[: PAGE + 1])
        self.next = self.link(request, getattr(rows[PAGE - 1], field)) if len(rows) > PAGE else None
        return rows[:PAGE]

    def read(self, after: str, is_text: bool) -> str | int:
        """The value the next page begins behind; 400 for what no page ever gave."""
        if is_text and after.isalnum():
            return after
        number = None if is_text else whole(after)
        if number is None:
            raise exceptions.ValidationError({self.cursor: [_("翻页标记有误，请从第一页重新开始。")]})
        return number

    def link(self, request: Request, after: Any) -> str:
        return replace_query_param(request.build_absolute_uri(), self.cursor, after)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": {"type": "string", "format": "uri", "nullable": True}, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": self.cursor,
                "required": False,
                "in": "query",
                "schema": {"type": "string"},
                "description": "下一页的标记（取自 next）。 Where the next page begins, from `next`.",
            }
        ]


class OfficePages(Pages):
    """Pages of the desk, by (deadline, id) or by (last move, id); the view says which with `order(request)`."""

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Any]:
        field, descending = view.order(request)
        page = page_of(
            queryset, field, descending=descending, after=request.query_params.get(self.cursor, ""), size=PAGE
        )
        self.next = self.link(request, page.after) if page.after else None
        return page.rows


class Repeated(Exception):
    """The same request with the same key as before; `answer` is what that was answered."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class ApiView(GenericAPIView):
    """Base of all views: rows come from `model` inside the membership's scope.

    A POST with an `Idempotency-Key` is done once; the same again gets the first answer (R-OPN-5).
    """

    permission_classes = (WithMembership,)
    parser_classes = (BodyParser,)
    pagination_class = Pages
    model: ClassVar[type[models.Model]]
    related: ClassVar[tuple[str, ...]] = ()
    filter_class: ClassVar[type[Serializer] | None] = None
    key: str = ""
    content: str = ""

    @property
    def membership(self) -> Membership:
        """The membership this request acts in."""
        return self.request.membership

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self.held:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        given = request.headers.get("Idempotency-Key", "")[:200] if request.method == "POST" else ""
        if given:
            whose = self.membership.pk if self.membership else f"visitor {caller_address(request._request)}"
            self.key = _digest(given, whose, request.path)
            self.content = _digest(json.dumps(request.data, default=_plain, sort_keys=True))
            self.held.enter_context(one_at_a_time(self.key))
            if before := answered(self.key):
                if before.content != self.content:
                    raise exceptions.ValidationError(
                        {"Idempotency-Key": [_("这个 Idempotency-Key 已用于另一次提交，内容不同。")]}
                    )
                raise Repeated(before.answer)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Repeated):
            self.key = ""
            return Response(
                exc.answer["data"],
                status=exc.answer["status"],
                headers={**exc.answer["headers"], "Idempotent-Replayed": "true"},
            )
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self.key and answer.status_code < BAD and isinstance(answer, Response):
            headers = {name: answer[name] for name in ("Location",) if name in answer}
            remember_answer(
                self.key,
                self.content,
                {
                    "data": json.loads(JSONRenderer().render(answer.data) or "null"),
                    "status": answer.status_code,
                    "headers": headers,
                },
            )
        return answer

    def get_queryset(self) -> QuerySet:
        return self.model._default_manager.visible_to(getattr(self.request, "membership", None)).select_related(
            *self.related
        )

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Narrow a list by the query string, as far as `filter_class` knows its words."""
        if self.filter_class is None or self.kwargs:
            return queryset
        asked = self.filter_class(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return queryset.filter(
            **{name: value for name, value in asked.validated_data.items() if value not in ("", None)}
        )

    def given(self, shape: type[Serializer], **options: Any) -> Any:
        """The request's body in the shape of a serializer, or 400."""
        asked = shape(data=self.request.data, **options)
        asked.is_valid(raise_exception=True)
        return asked.validated_data


def _digest(*parts: Any) -> str:
    return salted_hmac("api", "\0".join(map(str, parts)), algorithm="sha256").hexdigest()


def _plain(value: Any) -> str:
    return f"{value}/{file_digest(value)}" if isinstance(value, UploadedFile) else str(value)


def quoted(version: str) -> str:
    return f'"{version}"'


class Versioned(ApiView):
    """One draft: every answer carries its version as `ETag`; a change with `If-Match` is refused (412) when it was
    changed since.

    `changed_by` are the methods that change it. `draft` and `which` are the names the page's form uses, too: both wait
    for each other.
    """

    draft: ClassVar[str]
    read_version: ClassVar[Any]
    changed_by: ClassVar[tuple[str, ...]] = ("PUT", "PATCH")

    @property
    def which(self) -> Any:
        """What `read_version` asks for."""
        return self.kwargs["pk"]

    def version(self) -> str:
        return self.read_version(self.which)

    def unchanged(self) -> AbstractContextManager[None]:
        """One transaction in which the draft is in the version the caller read, if it said which."""
        expected = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        return unchanged(f"{self.draft} {self.which}", self.version, "" if expected == "*" else expected)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        of_the_draft = getattr(self, "action", None) in (None, "retrieve", "partial_update")
        if answer.status_code == OK and of_the_draft and request.method in ("GET", *self.changed_by):
            answer["ETag"] = quoted(self.version())
        return answer


def only(membership: Membership, *roles: str) -> None:
    """403 for every other role."""
    if membership.role not in roles:
        raise NotAllowed(_("您现在的岗位不办理这项工作。有多个岗位的，请用 X-Membership 指定。"))


def applicant_only(membership: Membership, thing: Any) -> None:
    """403 for everyone but the operator of the unit that applies (`thing` is an application or a class)."""
    if not applies_for(membership, thing.applicant_id):
        raise NotAllowed(_("只有申请单位的经办人可以办理。"))


def workbook(content: bytes, name: str) -> HttpResponse:
    """An xlsx made for this answer, kept by nobody on the way."""
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
