"""The English catalogue: which Chinese sentences the code and the templates say, and which of them have no English yet.

`python -m devtools.messages` brings locale/en up to date: new sentences are added empty, vanished ones are dropped. No
gettext tools are needed.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.template import engines
from django.template.base import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import trim_whitespace

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("kit", "accounts", "casework", "eligibility", "training", "subsidies", "reports", "config")
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"""_\((["'])(.+?)\1\)""")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Message = tuple[str, str]  # (msgid, plural msgid or "")


def from_code(path: Path) -> Iterator[Message]:
    """Messages of a Python file: calls of gettext and its kin with literal text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    meant = {one.asname: one.name for node in imports for one in node.names if one.asname}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        name = meant.get(name, name)
        texts = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args[:2]]
        if name in SINGULAR and texts[0]:
            yield texts[0], ""
        elif name in PLURAL and texts[0] and len(texts) > 1 and texts[1]:
            yield texts[0], texts[1]


def from_template(path: Path) -> Iterator[Message]:
    """Messages of a template: translate, blocktranslate, and _("…") in arguments."""
    source = path.read_text(encoding="utf-8")
    template: Template = engines["django"].from_string(source).template  # type: ignore[attr-defined]
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        literal = getattr(node.filter_expression.var, "literal", None)
        if literal:
            yield str(literal), ""
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        texts = [node.render_token_list(tokens)[0] if tokens else "" for tokens in (node.singular, node.plural)]
        if node.trimmed:
            texts = [trim_whitespace(text) for text in texts]
        yield texts[0], texts[1]
    for _quote, text in IN_TEMPLATE.findall(source):
        yield text, ""


def collect() -> dict[Message, list[str]]:
    """Every message with the files that say it. Messages without Chinese (Django's own) are left to Django."""
    found: dict[Message, list[str]] = defaultdict(list)
    places = [
        (p, from_code) for room in ROOMS for p in sorted((ROOT / room).rglob("*.py")) if "migrations" not in p.parts
    ]
    places += [(p, from_template) for p in sorted((ROOT / "templates").rglob("*.html"))]
    for path, read in places:
        for message in read(path):
            name = str(path.relative_to(ROOT))
            if CHINESE.search(message[0]) and name not in found[message]:
                found[message].append(name)
    return dict(found)


def catalogue() -> polib.POFile:
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=0)
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = {
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return fresh


def is_translated(entry: polib.POEntry) -> bool:
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return all(texts) and "fuzzy" not in entry.flags


def placeholders_agree(entry: polib.POEntry) -> bool:
    """An English sentence uses the placeholders of the Chinese one, neither more nor fewer."""
    asked = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return all(set(PLACEHOLDER.findall(text)) <= asked for text in texts) and (
        bool(entry.msgid_plural) or set(PLACEHOLDER.findall(entry.msgstr)) == asked
    )


def update() -> tuple[int, int]:
    """Bring the catalogue in line with the code; returns (messages, without English)."""
    found, book = collect(), catalogue()
    known = {(entry.msgid, entry.msgid_plural): entry for entry in book}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = book.metadata
    for (text, plural), places in sorted(found.items()):
        entry = known.get((text, plural)) or polib.POEntry(
            msgid=text, msgid_plural=plural, msgstr="", msgstr_plural={0: "", 1: ""} if plural else {}
        )
        entry.occurrences = [(place, "") for place in places]
        entry.flags = [flag for flag in entry.flags if flag != "python-format"]
        if "%" in text and PLACEHOLDER.search(text):
            entry.flags.append("python-format")
        fresh.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(CATALOGUE))
    return len(fresh), sum(1 for entry in fresh if not is_translated(entry))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("FANBU_MODE", "test")
    django.setup()
    total, missing = update()
    sys.stdout.write(f"{total} messages, {missing} without English\n")
