"""Every template is used, and what a template names is there."""

import ast
import re
from pathlib import Path

from django.template.utils import get_app_template_dirs

from tests.architecture.code import ROOMS, ROOT, files, tree

FOLDER = ROOT / "templates"
TEMPLATES = {str(path.relative_to(FOLDER)): path for path in FOLDER.rglob("*") if path.is_file()}
OF_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}  # shown by its handlers
OF_ALLAUTH = {"account/password_reset_help_text.html"}  # in the place of its link to a page that is closed here
NAMED = re.compile(r"""["']([\w/.-]+\.(?:html|txt))["']""")


def texts(path: Path) -> set[str]:
    """The strings of a module as expressions: a string itself, or an f-string with anything in its places."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = (re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w-]+" for part in node.values)
            found.add("".join(parts))
    return {text for text in found if text.endswith((r"\.html", r"\.txt"))}


def in_code() -> set[str]:
    return set().union(*(texts(path) for room in [*ROOMS, "config", "demo"] for path in files(room)))


def test_every_template_is_used():
    """Named by a module, by another template, or standing in for one of Django's or of a library."""
    named = {name for path in TEMPLATES.values() for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    patterns = [re.compile(text) for text in in_code()]
    unused = [
        name
        for name in TEMPLATES
        if name not in named | OF_DJANGO | OF_ALLAUTH
        and not any(pattern.fullmatch(name) for pattern in patterns)
        and not any((folder / name).exists() for folder in get_app_template_dirs("templates"))
    ]
    assert sorted(unused) == []


def test_every_fragment_a_template_names_is_there():
    gone = {
        f"{name}: {wanted}"
        for name, path in TEMPLATES.items()
        for wanted in re.findall(r"""\{% (?:include|extends) ["']([^"']+)["']""", path.read_text(encoding="utf-8"))
        if wanted not in TEMPLATES and not any((one / wanted).exists() for one in get_app_template_dirs("templates"))
    }
    assert gone == set()
