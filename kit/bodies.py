"""JSON as programs send it: whatever cannot be kept is refused (400) before anything is done with it."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from kit.whole import LARGEST

DEEPEST = 32


class BodyParser(JSONParser):
    """JSON nested no deeper than `DEEPEST`, its numbers such as the database holds, its text such as can be written
    down.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError as endless:
            raise too_deep() from endless
        except ParseError as broken:
            raise ParseError(_("内容不是有效的 JSON%(where)s。") % {"where": _where(broken.__context__)}) from broken
        if body is None:
            raise ParseError(_("没有内容：请按接口说明填写后再提交。"))
        layer = [body]
        for _depth in range(DEEPEST):
            layer = [inner for one in layer for inner in _inside(one)]
            if not layer:
                return body
        raise too_deep()


def _where(broken: BaseException | None) -> str:
    """Where reading ended, for a sentence."""
    return (
        _("（第%(line)d行第%(column)d个字符处）") % {"line": broken.lineno, "column": broken.colno}
        if isinstance(broken, JSONDecodeError)
        else ""
    )


def too_deep() -> ParseError:
    return ParseError(_("内容嵌套过深（最多 %(most)d 层）。") % {"most": DEEPEST})


def _inside(value: Any) -> list[Any]:
    """What a value holds; refuses one that cannot be kept."""
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, int | float) and not abs(value) <= LARGEST:  # as 1e999, which is read as infinity
        raise ParseError(_("数字过大，无法保存。"))
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as half:
            raise ParseError(_("内容中有无法保存的字符。")) from half
    return []
