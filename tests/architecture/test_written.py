"""Whether somebody wrote something is asked of `kit.text.written`: `strip()` takes invisible characters for words."""

import ast

from tests.architecture.code import ROOMS, ROOT, files, tree

DECIDES = ("domain", "forms", "imports", "procedures", "forms.py", "tasks", "tasks.py")


def bare_strips(module: ast.Module) -> list[int]:
    """Lines that call `.strip()` without saying of what."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "strip"
        and not node.args
    ]


def test_where_something_is_decided_nothing_typed_is_only_stripped():
    deciding = [path for room in ROOMS[1:] for path in files(room) if path.relative_to(ROOT).parts[1] in DECIDES]
    assert {path.relative_to(ROOT).parts[0] for path in deciding} == set(ROOMS[1:])
    assert [f"{path.relative_to(ROOT)}:{line}" for path in deciding for line in bare_strips(tree(path))] == []


def test_a_bare_strip_is_found():
    assert bare_strips(ast.parse('if not reason.strip():\n    pass\nserial.strip(" ")')) == [1]
