"""What was read of a case is in its file (`casework/domain/case_file.py`), which is handed on; nothing of it is put on
the instance it was read of, where it would grow old unseen.
"""

import ast
from functools import cache
from pathlib import Path

from tests.architecture.code import ROOMS, ROOT, files, tree

# Where rows are read and judged; a page may still put words for one table on the rows it shows.
LAYERS = ("domain", "models", "procedures", "tasks")
OF_DJANGO = {"pk", "adding", "db", "select_related", "targets"}  # the last: of a function, `leads_to`
# Rows of a list with what that one list shows of each, put on by the function that reads them, for its template.
SHOWN = {
    "casework/domain/jobs.py": {"can_fetch", "can_restart"},
    "reports/domain/public.py": {"paid"},
    "subsidies/domain/finance_home.py": {"why_not"},
    "subsidies/domain/returns.py": {"is_ours", "why_not"},
    "subsidies/procedures/batch.py": {"correction_kind", "masked"},
    "subsidies/procedures/claim.py": {"taken"},
}


def attributes(found: ast.ClassDef) -> set[str]:
    """What a class declares: its own names, and what its methods put on `self`."""
    names: set[str] = set()
    for node in ast.walk(found):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            names.add(node.attr)
    for node in found.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            names |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return names


@cache
def classes(layer_is_models: bool) -> dict[str, set[str]]:
    """The classes of the rooms and what they declare, by name."""
    return {
        node.name: attributes(node)
        for room in ROOMS
        for path in files(room)
        if ("models" in path.relative_to(ROOT).with_suffix("").parts) is layer_is_models
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    }


def fields() -> set[str]:
    """The names of all fields and columns."""
    names = set().union(*classes(True).values())
    return names | {f"{name}_id" for name in names} | OF_DJANGO


def kept_on_another(module: ast.Module, known: set[str]) -> list[tuple[int, str]]:
    """Line and name of each attribute put on something else than `self` that is neither a field nor declared by a
    class that stands in the module or is imported into it; and of each `__dict__` of another.
    """
    named = {node.name for node in ast.walk(module) if isinstance(node, ast.ClassDef)}
    named |= {one.name for node in ast.walk(module) if isinstance(node, ast.ImportFrom) for one in node.names}
    own = [attributes(node) for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    allowed = known.union(*own, *(of for name, of in classes(False).items() if name in named))
    found = []
    for node in ast.walk(module):
        if not isinstance(node, ast.Attribute) or (
            isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
        ):
            continue
        if node.attr == "__dict__" or (isinstance(node.ctx, ast.Store) and node.attr not in allowed):
            found.append((node.lineno, node.attr))
    return found


def walked() -> list[Path]:
    return [
        path
        for room in ROOMS[1:]
        for path in files(room)
        if path.relative_to(ROOT / room).with_suffix("").parts[0] in LAYERS
    ]


def test_nothing_that_was_read_is_kept_on_an_instance():
    known = fields()
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in walked()
        for line, name in kept_on_another(tree(path), known)
        if name not in SHOWN.get(str(path.relative_to(ROOT)), ())
    ]
    assert wrong == []


def test_every_exception_is_still_there():
    known = fields()
    found = {(path, name) for path in walked() for _line, name in kept_on_another(tree(path), known)}
    assert [(path, name) for path, names in SHOWN.items() for name in names if (ROOT / path, name) not in found] == []


def test_what_is_kept_on_an_instance_is_found():
    kept = (
        "application.kept_files = files\nsubsidy.sheet: Sheet = ClaimFile(subsidy)\nbatch.__dict__['lines'] = lines\n"
        "row.examination.brief = row.brief\n"
    )
    known = fields()
    found = [name for _line, name in sorted(kept_on_another(ast.parse(kept), known))]
    assert found == ["kept_files", "sheet", "__dict__", "brief"]
    fine = "self.folder = folder\nlines = self.__dict__\nprint(lesson.sheet)\nenrolment.verdict = verdict\n"
    assert kept_on_another(ast.parse(fine), known) == []


def test_what_a_class_of_the_module_declares_may_be_set():
    own = "class Outcome:\n    taken: int = 0\n\noutcome = Outcome()\noutcome.taken += 1\noutcome.lost = 1\n"
    assert [name for _line, name in kept_on_another(ast.parse(own), fields())] == ["lost"]
