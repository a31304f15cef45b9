"""manage.py bench: the rows of docs/performance.md, measured on this machine (`./dev bench`)."""

from __future__ import annotations

import json
import traceback
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection

from bench.database import NoDatabaseError, size_on_disk, use
from bench.measure import ROUNDS, Bench, Line, NotBuiltError, Target
from bench.profile import Profiler
from bench.rows import ROWS, RowModule
from bench.scales import SCALES
from bench.table import as_json, growth, keep, markdown, printed
from kit.fast.memory import collect_seldom

BROKEN = "measuring it failed"


class Command(BaseCommand):
    help = "Build the data of a scale once, measure every row beside its naive and its best way, print the table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", choices=list(SCALES), default="small")
        parser.add_argument(
            "--row", action="append", choices=list(ROWS), help="only this row; may be given more than once"
        )
        parser.add_argument(
            "--rounds", type=int, default=ROUNDS, help="how many rounds the medians are taken of (5 or more)"
        )
        parser.add_argument("--fresh", action="store_true", help="make the data anew")
        parser.add_argument(
            "--markdown", action="store_true", help="print the table once more as docs/performance.md keeps it"
        )
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")
        parser.add_argument(
            "--profile", choices=list(ROWS), help="write a profile of our variant of a row instead of measuring"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        scale = SCALES[options["scale"]]
        if options["rounds"] < ROUNDS:
            raise CommandError(f"Medians are of at least {ROUNDS} rounds.")
        try:
            use(scale, fresh=options["fresh"], say=self.say)
        except NoDatabaseError as problem:
            raise CommandError(str(problem)) from problem
        self.say(f"· scale {scale.name}: {scale.enrolments:,} enrolments, {size_on_disk() / 1e9:.1f} GB")
        folder = Path(settings.MEDIA_ROOT) / "bench"
        if options["profile"]:
            self.profile(options["profile"], Bench(scale, profiler=Profiler(folder, scale.name)))
            return
        bench = Bench(scale, rounds=options["rounds"], say=self.say)
        lines: list[Line] = []
        for code in options["row"] or ROWS:
            settle()
            lines += measured(ROWS[code], bench)
            keep(folder, scale.name, lines)
        grown = growth(folder, scale.name)
        self.say("\n".join(printed(lines, grown)))
        if options["markdown"]:
            self.say("\n".join(markdown(lines, grown)))
        if options["json"]:
            self.stdout.write(json.dumps([as_json(line, scale.name) for line in lines], ensure_ascii=False))
        if broken := [line.row for line in lines if line.missing.startswith(BROKEN)]:
            raise CommandError(f"not measured: {', '.join(broken)}")

    def profile(self, code: str, bench: Bench) -> None:
        lines = measured(ROWS[code], bench)
        for line in lines:
            if line.missing:
                self.say(f"{line.row}: not measured: {line.missing}")
        for file in bench.profiler.files:
            self.say(f"profile: {file}")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def settle() -> None:
    """What earlier rows have left is no part of this one's work: neither objects to look through nor pages still to be
    written.
    """
    collect_seldom()  # as every web and worker process does
    with (
        suppress(ProgrammingError),
        connection.cursor() as cursor,
    ):  # on a server of somebody else's it may be forbidden
        cursor.execute("CHECKPOINT")


def measured(row: RowModule, bench: Bench) -> list[Line]:
    """The lines of a row, or one line that says why there are none."""
    bench.say(f"· {row.CODE} {row.SENTENCE}")
    try:
        return row.measure(bench)
    except NotBuiltError as problem:
        return [Line(row.CODE, row.SENTENCE, Target(), missing=str(problem))]
    except Exception as problem:  # noqa: BLE001 - one broken row must not lose the others; the command fails at its end
        bench.say(traceback.format_exc())
        return [
            Line(
                row.CODE,
                row.SENTENCE,
                Target(),
                missing=f"{BROKEN} ({type(problem).__name__}: {str(problem).strip()[:160]})",
            )
        ]
