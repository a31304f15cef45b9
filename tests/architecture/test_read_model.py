"""What was read of a case is in its file (`casework/domain/case_file.py`), which is handed on; nothing of it is put on
the instance it was read of, where it would grow old unseen.
"""

import ast

from tests.architecture.code import ROOMS, ROOT, files, tree

KEPT = {
    "class_file",
    "claim_file",
    "folder",
    "kept_authority",
    "kept_files",
    "kept_lines",
    "sheet",
}


def kept_on_another(module: ast.Module) -> list[tuple[int, str]]:
    """Line and name of each attribute of these put on something else than `self`, and of each `__dict__` of another."""
    found = []
    for node in ast.walk(module):
        if not isinstance(node, ast.Attribute) or (isinstance(node.value, ast.Name) and node.value.id == "self"):
            continue
        if node.attr == "__dict__" or (isinstance(node.ctx, ast.Store) and node.attr in KEPT):
            found.append((node.lineno, node.attr))
    return found


def test_nothing_that_was_read_is_kept_on_an_instance():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for room in ROOMS[1:]
        for path in files(room)
        for line, name in kept_on_another(tree(path))
    ]
    assert wrong == []


def test_what_is_kept_on_an_instance_is_found():
    kept = (
        "application.kept_files = files\nsubsidy.sheet: Sheet = ClaimFile(subsidy)\nbatch.__dict__['lines'] = lines\n"
    )
    assert [name for _line, name in kept_on_another(ast.parse(kept))] == ["kept_files", "sheet", "__dict__"]
    assert kept_on_another(ast.parse("self.folder = folder\nlines = self.__dict__\nprint(lesson.sheet)\n")) == []
