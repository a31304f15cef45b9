"""The rows of docs/performance.md, one module each: CODE, SENTENCE (what is measured), measure(bench) → lines."""

from __future__ import annotations

from typing import Protocol

from bench.measure import Bench, Line
from bench.rows import (
    p1_roster,
    p2_crosscheck,
    p3_forms,
    p4_inbox,
    p5_export,
    p6_known,
    p7_decision,
    p8_moves,
    p9_batch,
    p10_start,
)


class RowModule(Protocol):
    CODE: str
    SENTENCE: str

    def measure(self, bench: Bench) -> list[Line]: ...


ROWS: dict[str, RowModule] = {
    row.CODE: row
    for row in (
        p1_roster,
        p2_crosscheck,
        p3_forms,
        p4_inbox,
        p5_export,
        p6_known,
        p7_decision,
        p8_moves,
        p9_batch,
        p10_start,
    )
}
