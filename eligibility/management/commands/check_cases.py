"""Judge files of policy cases, without a server, a network or a database (R-ELG-9)."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eligibility.engine import RuleTable
from eligibility.rules.table import TABLES, NoTable, table_named
from eligibility.scenarios import FileError, Outcome, read_scenarios, run_scenario


class Command(BaseCommand):
    """One line a case: id, verdict, failed checks, open checks; exit status 1 if any expectation is missed."""

    help = "按规则表判定政策案例文件 / Judge files of policy cases by the portal's own rules."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="JSON list of cases")
        parser.add_argument("--json", action="store_true", help="print a JSON list, one object a case")
        parser.add_argument("--table", metavar="NAME", help=f"another rule table: {', '.join(TABLES)}")

    def handle(self, *_args: Any, **options: Any) -> None:
        table = _table(options["table"])
        rows: list[dict[str, Any]] = []
        for name in options["files"]:
            for row, line in self._judge(name, table):
                rows.append(row)
                if not options["json"]:
                    self.stdout.write(line)
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        missed = [row["id"] or row["file"] for row in rows if row["ok"] is False]
        if missed:
            raise CommandError(
                f"{len(missed)} / {len(rows)} 个案例与预期不符或无法判定 / missed or unreadable: {', '.join(missed)}"
            )

    def _judge(self, name: str, table: RuleTable | None) -> list[tuple[dict[str, Any], str]]:
        """The cases of one file; a file nobody can read is one row of its own."""
        try:
            cases = read_scenarios(Path(name))
        except FileError as error:
            problem = str(error)
            row = {"id": None, "file": name, "verdict": None, "failed": [], "open": [], "ok": False}
            return [({**row, "error": {"field": None, "message": problem}}, f"{name}\t{problem}")]
        outcomes = [run_scenario(raw, number, table) for number, raw in enumerate(cases, start=1)]
        return [({**outcome.to_json(), "file": name}, describe(outcome)) for outcome in outcomes]


def describe(outcome: Outcome) -> str:
    """One case on one line, tab-separated."""
    row = outcome.to_json()
    if outcome.error:
        return f"{outcome.id}\tmalformed\t{outcome.error.field}\t{outcome.error.problem}"
    parts = [
        outcome.id,
        row["verdict"],
        f"failed={','.join(row['failed']) or '-'}",
        f"open={','.join(row['open']) or '-'}",
    ]
    if outcome.ok is not None:
        parts.append("ok" if outcome.ok else f"MISSED expected={json.dumps(row['expected'], ensure_ascii=False)}")
    return "\t".join(parts)


def _table(name: str | None) -> RuleTable | None:
    if name is None:
        return None
    try:
        return table_named(name)
    except NoTable as error:
        raise CommandError(f"没有此规则表 / no such table: {name} ({', '.join(TABLES)})") from error
