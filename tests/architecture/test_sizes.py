"""Files fit in a head, functions on a screen, lines on a line; modules and public functions say what they do."""

import ast
import re

from tests.architecture.code import ROOMS, ROOT, files, tree

MOST_LINES, MOST_FUNCTION, MOST_TEMPLATE = 500, 70, 300
LONGEST, LONGEST_OF_TEMPLATE = 120, 200
AROUND = ["config", "demo", "bench", "beat", "devtools", "registry_simulator"]
PATHS = [path for room in [*ROOMS, *AROUND] for path in files(room)]


def short(path) -> str:
    return str(path.relative_to(ROOT))


def test_files_are_short():
    long = [p for p in PATHS if len(p.read_text(encoding="utf-8").splitlines()) > MOST_LINES]
    long += [p for p in (ROOT / "templates").rglob("*.html") if len(p.read_text().splitlines()) > MOST_TEMPLATE]
    assert [short(path) for path in long] == []


def test_lines_are_short():
    """In characters: the formatter counts a Chinese one double and leaves strings and comments as they are."""
    of_templates = [(path, LONGEST_OF_TEMPLATE) for path in (ROOT / "templates").rglob("*.html")]
    long = [
        f"{short(path)}:{number}"
        for path, longest in [*((path, LONGEST) for path in [*PATHS, *files("tests")]), *of_templates]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > longest
    ]
    assert long == []


def test_functions_fit_on_a_screen():
    long = [
        f"{short(path)}:{node.lineno} {node.name}"
        for path in PATHS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno > MOST_FUNCTION
    ]
    assert long == []


def test_modules_with_code_begin_with_a_docstring():
    silent = [
        str(path.relative_to(ROOT))
        for path in PATHS
        if path.name not in {"__init__.py", "apps.py"} and tree(path).body and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_no_unfinished_words_and_no_machine_paths():
    found = []
    for path in [*PATHS, *(ROOT / "templates").rglob("*.html")]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"#.*\b(TODO|FIXME|XXX)\b|raise NotImplementedError", line) or re.search(
                r"(?<![\w/])/(work/(main|shared|notes)|farm/|root/\w)", line
            ):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []
