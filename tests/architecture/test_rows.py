"""The requirement rows: whatever the code cites exists, and whatever a room claims to decide is named by a test."""

import re

from tests.architecture.code import ROOMS, ROOT, files

KNOWN = {
    "LVL": 2, "AUT": 7, "REG": 5, "CAT": 2, "PUB": 1, "OPN": 9, "ELG": 9, "SUP": 5, "CMP": 5, "SUB": 7, "AFT": 1, "RPT": 9, "OPEN": 2,
    "SEC": 4, "RISK": 1,
}  # fmt: skip
ROW = re.compile(r"R-([A-Z]+)-(\d+)(?:\s*…\s*R-\1-(\d+))?")


def cited(paths) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for path in paths:
        for name, first, last in ROW.findall(path.read_text(encoding="utf-8")):
            for number in range(int(first), int(last or first) + 1):
                found.setdefault((name, number), str(path.relative_to(ROOT)))
    return found


IN_CODE = cited(path for room in ROOMS for path in files(room))
IN_TESTS = cited((ROOT / "tests").rglob("*.py"))


def test_every_cited_row_exists():
    unknown = {f"R-{name}-{number}": place for (name, number), place in (IN_CODE | IN_TESTS).items() if number > KNOWN.get(name, 0)}
    assert unknown == {}


def test_every_row_the_code_decides_is_named_by_a_test():
    untested = {f"R-{name}-{number}": place for (name, number), place in IN_CODE.items() if (name, number) not in IN_TESTS}
    assert untested == {}
