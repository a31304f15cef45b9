"""A profile of our own variant of a row: where the time goes by function, and by query."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.measure import Line

MOST_FUNCTIONS, MOST_QUERIES, LONGEST_QUERY = 45, 25, 300


class Profiler:
    """Runs our variant twice and writes what the second run did; `files` are the profiles written."""

    def __init__(self, folder: Path, scale: str) -> None:
        self.folder, self.scale, self.files = folder, scale, list[Path]()

    def run(self, line: Line, work: Callable[[], object]) -> None:
        work()
        with CaptureQueriesContext(connection) as captured:
            profile = cProfile.Profile()
            profile.enable()
            work()
            profile.disable()
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"profile-{line.row}-{self.scale}.txt"
        profile.dump_stats(file.with_suffix(".prof"))
        file.write_text(
            f"{line.row} {line.what} ({self.scale})\n\n{by_function(profile)}\n{by_query(captured.captured_queries)}",
            encoding="utf-8",
        )
        self.files.append(file)


def by_function(profile: cProfile.Profile) -> str:
    text = io.StringIO()
    stats = pstats.Stats(profile, stream=text)
    stats.strip_dirs().sort_stats("cumulative").print_stats(MOST_FUNCTIONS)
    stats.sort_stats("tottime").print_stats(MOST_FUNCTIONS)
    return text.getvalue()


def by_query(queries: list[dict[str, str]]) -> str:
    """The queries of this thread, the slowest first."""
    slowest = sorted(queries, key=lambda query: -float(query["time"]))[:MOST_QUERIES]
    lines = [f"{float(query['time']) * 1000:8.1f} ms  {query['sql'][:LONGEST_QUERY]}" for query in slowest]
    return "\n".join(
        [f"{len(queries)} queries, {sum(float(query['time']) for query in queries) * 1000:.1f} ms", *lines, ""]
    )
