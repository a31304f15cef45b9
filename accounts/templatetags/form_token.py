"""{% csrf_token %} of this house: beside Django's own field, for whom the form was drawn (accounts.submissions).

It is built in, so that no form of the portal can be without: a form that lacks it is refused by Django already.
"""

from __future__ import annotations

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.domain.form_tokens import FIELD
from accounts.submissions import page_address, token_of

register = template.Library()


class FormTokenNode(CsrfTokenNode):
    def render(self, context: Context) -> str:
        request = context.get("request")
        own = format_html('<input type="hidden" name="{}" value="{}">', FIELD, token_of(request)) if request else ""
        return super().render(context) + own


@register.tag
def csrf_token(parser: Parser, token: Token) -> Node:
    return FormTokenNode()


@register.simple_tag(takes_context=True)
def form_token(context: Context) -> str | SafeString:
    """The token alone, for what htmx sends."""
    return token_of(context["request"]) if "request" in context else ""


@register.simple_tag(takes_context=True)
def this_page(context: Context) -> str:
    """The address of the page that is shown, also where a refused form's answer stands at another address."""
    return page_address(context["request"])
