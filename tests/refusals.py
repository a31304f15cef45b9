"""Where a page that was not taken says what: by field, whether its form or the act refused."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

SAID = re.compile(r'id="wrong-([^"]*)">([^<]*)<')


def said_at(page: Any) -> dict[str, str]:
    """The sentences of a page by field: those of its form, or those the act refused it with."""
    form = (page.context or {}).get("form")
    if form is not None and form.errors:
        return {name: " ".join(sentences) for name, sentences in form.errors.items()}
    return {name: unescape(sentence) for name, sentence in SAID.findall(page.content.decode())}
