"""Whatever is imported from a module of the repository is there: demo and benchmark are imported by no quick test."""

import ast
from functools import cache
from pathlib import Path

from tests.architecture.code import ROOMS, ROOT, files, tree

WALKED = [*ROOMS, "config", "demo", "bench", "beat", "devtools", "registry_simulator", "tests"]


@cache
def names(path: Path) -> frozenset[str]:
    """All that a module defines, sets or imports."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return frozenset(found)


def missing(module: ast.Module) -> list[str]:
    """What is imported from a package of the repository that has no such module or name."""
    found = []
    for node in ast.walk(module):
        if not isinstance(node, ast.ImportFrom) or node.level or (node.module or "").split(".")[0] not in WALKED:
            continue
        place = ROOT / node.module.replace(".", "/")
        source = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
        inside = names(source) if source.exists() else frozenset()
        found += [
            f"{node.module}.{alias.name}"
            for alias in node.names
            if alias.name not in inside
            and not (place / f"{alias.name}.py").exists()
            and not (place / alias.name).is_dir()
        ]
    return found


def test_every_name_that_is_imported_is_there():
    wrong = [
        f"{path.relative_to(ROOT)} {name}" for room in WALKED for path in files(room) for name in missing(tree(path))
    ]
    assert wrong == []


def test_a_name_that_is_not_there_is_found():
    code = "from subsidies.domain.bank import BANK_HEADERS, gone\nfrom kit.nowhere import x\n"
    assert missing(ast.parse(code)) == ["subsidies.domain.bank.gone", "kit.nowhere.x"]
