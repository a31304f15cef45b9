"""The requirement rows: docs/requirements.md lists them all, and says truly what holds each and
which test drives it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from eligibility.clauses import CLAUSES
from tests.architecture.code import ROOMS, ROOT, files

PAGE = ROOT / "docs/requirements.md"
CITED = re.compile(r"R-([A-Z]+)-(\d+)(?:\s*…\s*R-\1-(\d+))?")
NOT_BUILT = "未建 not built yet"
IN_PART = re.compile(r"部分 in part; missing: \S.*")


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    code: str
    clauses: tuple[str, ...]
    sentence: str
    held_in: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]
    state: str


def parse(text: str) -> list[Row]:
    """Every line of the page's tables; `held in` as (room, module)."""
    found = []
    for line in text.splitlines():
        if line.startswith("| R-"):
            code, clauses, sentence, held_in, tests, state = (cell.strip() for cell in line.strip("|").split("|"))
            rooms = (part.partition(": ") for part in held_in.split("; ") if part)
            held = tuple((room, module) for room, _, modules in rooms for module in re.findall(r"`(\w+)`", modules))
            found.append(
                Row(code, tuple(clauses.split(", ")), sentence, held, tuple(re.findall(r"`([\w/]+)`", tests)), state)
            )
    return found


ROWS = parse(PAGE.read_text(encoding="utf-8"))
BUILT = [row for row in ROWS if row.state != NOT_BUILT]


def cited(paths) -> dict[str, set[Path]]:
    found: dict[str, set[Path]] = {}
    for path in paths:
        for name, first, last in CITED.findall(path.read_text(encoding="utf-8")):
            for number in range(int(first), int(last or first) + 1):
                found.setdefault(f"R-{name}-{number}", set()).add(path)
    return found


IN_CODE = cited(path for room in ROOMS for path in files(room))
IN_TESTS = cited(path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
ELSEWHERE = cited(
    path for room in ("demo", "bench", "devtools", "registry_simulator") for path in (ROOT / room).rglob("*.py")
)


def test_each_row_is_one_sentence_with_clauses_of_the_index_and_a_known_state():
    codes = [row.code for row in ROWS]
    assert len(codes) == len(set(codes))
    assert [row.code for row in ROWS if row.state and row.state != NOT_BUILT and not IN_PART.fullmatch(row.state)] == []
    assert [row.code for row in ROWS if not re.fullmatch(r"[^.]+\.", row.sentence)] == []
    assert {(row.code, clause) for row in ROWS for clause in row.clauses if clause not in CLAUSES} == set()


def test_every_cited_row_is_on_the_page_as_built():
    built = {row.code for row in BUILT}
    assert {code: min(paths) for code, paths in (ELSEWHERE | IN_TESTS | IN_CODE).items() if code not in built} == {}


def test_every_built_row_is_held_by_a_module_and_driven_by_a_test():
    assert [row.code for row in BUILT if row.code not in IN_CODE or row.code not in IN_TESTS] == []


def test_the_modules_and_tests_the_page_names_cite_the_row():
    """A module is named by its room and its file's (or package's) name, so that it may move inside its room."""
    wrong = []
    for row in BUILT:
        wrong += [
            (row.code, f"{room}: {name}")
            for room, name in row.held_in
            if not _any_named(IN_CODE.get(row.code, ()), room, name)
        ]
        wrong += [
            (row.code, name) for name in row.tests if ROOT / "tests" / f"{name}.py" not in IN_TESTS.get(row.code, ())
        ]
        wrong += [(row.code, "names none")] * (not row.held_in or not row.tests)
    wrong += [
        (row.code, "is not built and names one")
        for row in ROWS
        if row.state == NOT_BUILT and (row.held_in or row.tests)
    ]
    assert wrong == []


def _any_named(paths, room: str, name: str) -> bool:
    return any(
        path.is_relative_to(ROOT / room) and name in path.relative_to(ROOT).with_suffix("").parts for path in paths
    )


def test_a_line_of_the_page_is_read_as_it_stands():
    line = (
        "| R-XYZ-1 | N一, M三(二) | One thing. | kit: `ids`, `names`; accounts: `scope` | `kit/test_ids` |"
        f" {NOT_BUILT} |"
    )
    held = (("kit", "ids"), ("kit", "names"), ("accounts", "scope"))
    assert parse(line) == [Row("R-XYZ-1", ("N一", "M三(二)"), "One thing.", held, ("kit/test_ids",), NOT_BUILT)]
