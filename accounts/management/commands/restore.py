"""`manage.py restore COPY`: bring a copy back into an empty database and an empty folder, and compare (R-SEC-2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.backup import BackupError, restore


class Command(BaseCommand):
    help = "Bring a copy back: run it as the owner of an empty database, with the keys the copy was written with."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("copy", type=Path, help="the copy's own folder, e.g. copies/20261201-020000")

    def handle(self, *args: Any, copy: Path, **options: Any) -> None:
        try:
            for sentence in restore(copy):
                self.stdout.write(sentence)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(self.style.SUCCESS("restored; run migrate, then start the portal"))
