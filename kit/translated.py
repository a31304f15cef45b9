"""{% translate "…" %} of a text that stands in the template: looked up once a language and not at every showing (P7)."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

register = template.Library()


class ConstantNode(TranslateNode):
    """A translation that hangs on the language alone."""

    def __init__(self, node: TranslateNode) -> None:
        super().__init__(node.filter_expression, noop=False)
        self.said = dict[str | None, str]()

    def render(self, context: Context) -> str:
        language = get_language()
        found = self.said.get(language)
        if found is None:
            found = self.said[language] = super().render(context)
        return found


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's own; kept where it is a text in quotes without filter, context or variable."""
    node: Any = do_translate(parser, token)
    words = token.split_contents()
    return (
        ConstantNode(node) if len(words) == 2 and words[1][0] in "\"'" and not node.filter_expression.filters else node
    )
