"""Print the day so many working days after (before) another, and whether it is provisional (R-SEC-3)."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from casework.domain.workdays import calendar, waiting_label
from kit.workdays import Calendar


class Command(BaseCommand):
    help = (
        "Prints the day N working days after a day (before it for a negative N), as deadlines and publicity are"
        " counted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", help="2026-12-28")
        parser.add_argument("number", type=int, help="5")

    def known(self) -> Calendar:
        """The calendar with what was entered; where there are no tables yet, without."""
        try:
            return calendar()
        except DatabaseError:
            self.stderr.write("(no database set up: nothing entered is counted)")
            return Calendar()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            due = self.known().add(date.fromisoformat(options["day"]), options["number"])
        except (ValueError, OverflowError) as error:
            raise CommandError(f"{options['day']} {options['number']}: {error}") from error
        with translation.override("zh-hans"):
            self.stdout.write(f"{due.day.isoformat()}{waiting_label(due) or _('（确定）')}")
