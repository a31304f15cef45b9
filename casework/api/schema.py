"""The OpenAPI description of every operation, with the problems it may answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from casework.problems import MEDIA_TYPE

MEMBERSHIP_HEADER = OpenApiParameter(
    "X-Membership",
    int,
    OpenApiParameter.HEADER,
    description=(
        "以哪个岗位办理（岗位编号见 /api/v1/auth/memberships/）；不填时查询为第一个在任岗位，有多个岗位的，办理（POST、PUT、"
        "PATCH、DELETE）必须填写。 The membership to act in. Reading: the user's first by default; whoever has several must"
        " name one to change anything."
    ),
)
LANGUAGE_HEADER = OpenApiParameter(
    "Accept-Language",
    str,
    OpenApiParameter.HEADER,
    enum=["zh-hans", "en"],
    description="提示文字的语言。 The language of all sentences.",
)
KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description=(
        "自选的一次性标识：同一标识再次提交不会重复办理，返回第一次的结果。 Your own key of this one act: sent again,"
        " it is done once."
    ),
)
VERSION_HEADER = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description=(
        "读取时得到的 ETag；其后他人已修改的返回 412，不作改动。 The ETag you read; 412 and no change where it was"
        " changed since."
    ),
)
WORDS = {
    400: "内容有误：errors 按字段说明。 The content is not acceptable; `errors` by field.",
    401: "没有登录或令牌无效。 Nobody, or an unknown token.",
    403: "看得到但无权办理。 Inside your scope but not yours.",
    404: "没有，或不在您的范围内。 Not there, or outside your scope.",
    409: "现在不能办理：obstacles 说明原因。 Allowed but not now; `obstacles` say why.",
    412: "读取以后他人已修改。 Changed by somebody else since you read it.",
    413: "内容过大。 Too large.",
    429: "请求过于频繁。 Too many requests; see Retry-After.",
}


class MembershipSessionScheme(SessionScheme):
    """The browser's session, as our own authentication class reads it."""

    target_class = "accounts.api.authentication.MembershipSessionAuthentication"
    priority = 0


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. `obstacles` are the sentences the page would show; `errors` the sentences by field
    ("" for the whole).
    """

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    obstacles = serializers.ListField(child=serializers.CharField(), required=False)
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class ProblemSchema(AutoSchema):
    """drf-spectacular's description, plus our headers and our problems."""

    def get_override_parameters(self) -> list[Any]:
        headers = [LANGUAGE_HEADER, *([MEMBERSHIP_HEADER] if self.get_auth() else [])]
        if self.method == "POST" and self.get_auth():
            headers.append(KEY_HEADER)
        if self.is_versioned():
            headers.append(VERSION_HEADER)
        return headers

    def is_versioned(self) -> bool:
        return self.method in getattr(self.view, "changed_by", ())

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        for code in self.problem_codes():
            bodies.setdefault(str(code), {"description": WORDS[code], "content": {MEDIA_TYPE: {"schema": problem}}})
        return bodies

    def problem_codes(self) -> list[int]:
        """What can go wrong at this operation."""
        known, writes = bool(self.get_auth()) or self.path.endswith("/token/"), self.method != "GET"
        asked = writes or not self.path.endswith("}/")
        return [
            code
            for code, applies in (
                (400, asked),
                (401, known),
                (403, known),
                (404, "{" in self.path),
                (409, writes),
                (412, self.is_versioned()),
                (413, writes),
                (429, bool(self.view.get_throttles())),
            )
            if applies
        ]
