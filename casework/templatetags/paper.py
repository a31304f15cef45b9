"""{% paper number address data %}…{% endpaper %}: what every official print carries: number, time, the digest of its
data, QR code, pages.
"""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kit import printed, qr

register = template.Library()


class PaperNode(Node):
    def __init__(self, nodelist: NodeList, *given: FilterExpression) -> None:
        self.nodelist, (self.number, self.address, self.data) = nodelist, given

    def render(self, context: Context) -> SafeString:
        shown, number = self.nodelist.render(context), str(self.number.resolve(context))
        digest = printed.paper_digest(number, self.data.resolve(context))
        address = context["request"].build_absolute_uri(str(self.address.resolve(context)))
        membership = context.get("membership")
        mark = render_to_string(
            "components/_paper.html",
            {
                "number": number,
                "at": timezone.localtime(),
                "short": printed.short(digest),
                "digest": digest,
                "who": membership.user.full_name if membership else "",
                "qr": mark_safe(qr.svg_of(address)),  # noqa: S308 - drawn by us, no text in it
                "foot": css_text(f"{number}  {printed.short(digest)}"),
                "pages": page_numbers(),
            },
        )
        return mark_safe(shown + mark)  # noqa: S308 - two rendered templates


def css_text(text: str) -> SafeString:
    """A text as a CSS string: whatever could end the string or the style is left out."""
    return mark_safe('"' + "".join(c for c in text if c not in '"\\<>\n\r\f') + '"')  # noqa: S308 - quoted above


def page_numbers() -> SafeString:
    """第 1 页，共 3 页 as the `content` of a page margin."""
    words = _("第 %(page)s 页，共 %(pages)s 页") % {"page": "\0page\0", "pages": "\0pages\0"}
    parts = words.split("\0")
    shown = (f"counter({part})" if part in ("page", "pages") else css_text(part) for part in parts)
    return mark_safe(" ".join(shown))  # noqa: S308 - quoted above


@register.tag
def paper(parser: Parser, token: Token) -> PaperNode:
    _name, number, address, data = token.split_contents()
    nodelist = parser.parse(("endpaper",))
    parser.delete_first_token()
    return PaperNode(nodelist, *map(parser.compile_filter, (number, address, data)))
