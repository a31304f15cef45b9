"""The code base read as syntax trees, once for all architecture tests."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["kit", "accounts", "casework", "eligibility", "training", "subsidies", "reports"]


@dataclass(frozen=True)
class Import:
    """One import: where it stands, what it names, and whether it stands inside a function."""

    path: Path
    line: int
    module: str
    inside: bool


@cache
def files(room: str) -> tuple[Path, ...]:
    return tuple(sorted(p for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def typing_only(module: ast.Module) -> set[int]:
    """Lines that only the type checker sees (`if TYPE_CHECKING:`)."""
    lines: set[int] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            lines |= {child.lineno for child in ast.walk(node) if hasattr(child, "lineno")}
    return lines


@cache
def imports(path: Path) -> tuple[Import, ...]:
    module, found = tree(path), []
    skipped = typing_only(module)
    inside = {
        child.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.walk(node)
        if isinstance(child, ast.Import | ast.ImportFrom)
    }
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(module):
        if getattr(node, "lineno", None) in skipped:
            continue
        if isinstance(node, ast.Import):
            found += [Import(path, node.lineno, alias.name, node.lineno in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level]) if node.level else []
            name = ".".join([*base, node.module] if node.module else base)
            found.append(Import(path, node.lineno, name, node.lineno in inside))
            found += [
                Import(path, node.lineno, f"{name}.{alias.name}", node.lineno in inside)
                for alias in node.names
                if (ROOT / name.replace(".", "/") / f"{alias.name}.py").exists()
                or (ROOT / name.replace(".", "/") / alias.name).is_dir()
            ]
    return tuple(found)


def room_of(module: str) -> str:
    return module.split(".", 1)[0]


def layer_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def place(found: Import) -> str:
    return f"{found.path.relative_to(ROOT)}:{found.line} imports {found.module}"
