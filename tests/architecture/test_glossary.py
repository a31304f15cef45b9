"""docs/glossary.md says each word once, and the names it gives are those of the code today."""

import re
from collections import Counter

from tests.architecture.code import ROOMS, ROOT

PAGE = ROOT / "docs/glossary.md"
NAME = re.compile(r"[A-Za-z_]\w*")


def lines(text: str) -> list[list[str]]:
    """The cells of every term: 中文, English, in code, what it is."""
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip() != "中文"]


TERMS = lines(PAGE.read_text(encoding="utf-8"))


def in_code() -> set[str]:
    """Every identifier of the rooms, and the names of their files."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return {path.stem for path in paths} | {name for text in texts for name in NAME.findall(text)}


def test_every_line_has_its_four_cells_and_each_term_stands_once():
    assert [row for row in TERMS if len(row) != 4 or not row[1] or not row[2] or not row[3]] == []
    assert [term for term, times in Counter(row[1] for row in TERMS).items() if times > 1] == []
    assert [term for term, times in Counter(row[0] for row in TERMS if row[0] != "—").items() if times > 1] == []


def test_the_names_in_code_are_in_the_code():
    known = in_code()
    gone = {row[1]: [name for name in re.findall(r"`([^`]+)`", row[2]) if name not in known] for row in TERMS}
    assert {term: names for term, names in gone.items() if names} == {}
