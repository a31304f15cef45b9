"""Print the rule book from the tables, in Chinese or English (R-ELG-4)."""

import argparse
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eligibility.engine.dates import parse_day
from eligibility.rulebook import LANGUAGES, markdown, rule_book
from eligibility.rules.table import TABLES, NoTable, table_named, table_on


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"YYYY-MM-DD: {text}") from error


class Command(BaseCommand):
    """The rule book of one table: by name, or the one in force on a day (without either: the newest in force)."""

    help = "打印规则手册 / Print the rule book from the rule tables."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--table", metavar="NAME", help=", ".join(TABLES))
        parser.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="the table in force on this day")
        parser.add_argument("--lang", choices=LANGUAGES, default="zh")
        parser.add_argument("--json", action="store_true", help="the data of the page instead of Markdown")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            table = table_named(options["table"]) if options["table"] else table_on(options["on"] or date.max)
        except NoTable as error:
            raise CommandError(f"没有规则表 / no such table: {error} ({', '.join(TABLES)})") from error
        if options["json"]:
            self.stdout.write(json.dumps(rule_book(table, options["lang"]), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(markdown(table, options["lang"]))
